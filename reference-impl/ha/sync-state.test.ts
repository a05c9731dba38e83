import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../base/random.ts';
import { SyncState } from './sync-state.ts';
import type { SyncStateSet } from './types.ts';

const self = 1;

function setOf(epoch: number, ...members: number[]): SyncStateSet {
  return { members: new Set(members), epoch };
}

function masterAlone(allAckInSyncStateSet: boolean, writtenOffset: number): SyncState {
  const options = {
    selfBrokerId: self,
    allAckInSyncStateSet,
    haMaxTimeSlaveNotCatchup: 15000,
    epochStartOffset: 0,
    confirmOffset: 0,
  };
  return new SyncState(options, setOf(1, self), writtenOffset);
}

function masterOfPair(writtenOffset: number): SyncState {
  const state = masterAlone(true, writtenOffset);
  state.connected(2, false, 0);
  state.acknowledged(2, writtenOffset, 0);
  assert.deepEqual(state.nextProposal(0), new Set([1, 2]));
  state.answered(setOf(2, 1, 2), 0);
  return state;
}

test('whatever acknowledgements wait for, a replica joins with all that is confirmed, and not before', () => {
  const state = masterAlone(false, 1000);
  state.connected(2, false, 0);
  state.written(2000);
  state.acknowledged(2, 1000, 1000);
  assert.equal(state.nextProposal(1000), null);
  state.acknowledged(2, 2000, 1100);
  assert.deepEqual(state.nextProposal(1100), new Set([1, 2]));
});

test('a replica that has everything is proposed once, and counts from then on', () => {
  const state = masterAlone(true, 100);
  assert.equal(state.allAckOffset, 100);
  state.connected(2, false, 10);
  state.acknowledged(2, 60, 20);
  assert.equal(state.nextProposal(0), null);
  state.acknowledged(2, 100, 30);
  assert.deepEqual(state.nextProposal(0), new Set([1, 2]));
  assert.equal(state.nextProposal(0), null);
  state.written(150);
  assert.equal(state.allAckOffset, 100);
  state.acknowledged(2, 130, 40);
  assert.equal(state.allAckOffset, 130);
  state.answered(setOf(2, 1, 2), 50);
  assert.deepEqual(state.agreed, setOf(2, 1, 2));
  assert.deepEqual(state.counted, [2]);
});

test('under load a close replica holds the acknowledged offset, reaches it and is proposed', () => {
  const state = masterAlone(true, 1000);
  state.connected(2, false, 0);
  for (let now = 1; now < 50; now++) {
    state.written(1000 + now * 10);
    state.acknowledged(2, 1000 + now * 10 - 30, now);
  }
  assert.deepEqual(state.nextProposal(0), new Set([1, 2]));
});

test('a learner is never proposed', () => {
  const state = masterAlone(true, 100);
  state.connected(2, true, 0);
  state.acknowledged(2, 100, 0);
  assert.equal(state.nextProposal(0), null);
});

test('nobody joins before it has reached the epoch of this master', () => {
  const options = {
    selfBrokerId: 1,
    allAckInSyncStateSet: false,
    haMaxTimeSlaveNotCatchup: 15000,
    epochStartOffset: 100,
    confirmOffset: 0,
  };
  const state = new SyncState(options, setOf(1, 1), 50);
  state.connected(2, false, 0);
  state.acknowledged(2, 50, 0);
  assert.equal(state.nextProposal(0), null);
});

test('a lost connection is proposed at once, and the lost member counts until that is agreed', () => {
  const state = masterOfPair(100);
  state.disconnected(2);
  assert.deepEqual(state.nextProposal(0), new Set([1]));
  state.written(200);
  assert.equal(state.allAckOffset, 100);
  state.answered(setOf(3, 1), 10);
  assert.equal(state.allAckOffset, 200);
});

test('two members lost together both leave', () => {
  const state = masterOfPair(100);
  state.connected(3, false, 0);
  state.acknowledged(3, 100, 0);
  state.nextProposal(0);
  state.answered(setOf(3, 1, 2, 3), 0);
  state.disconnected(2);
  assert.deepEqual(state.nextProposal(0), new Set([1, 3]));
  state.disconnected(3);
  state.answered(setOf(4, 1, 3), 1);
  assert.deepEqual(state.nextProposal(0), new Set([1]));
});

test('an answer that never came keeps the proposed member counted until a newer set is known', () => {
  const state = masterAlone(true, 100);
  state.connected(2, false, 0);
  state.acknowledged(2, 100, 0);
  state.nextProposal(0);
  state.answered('UNKNOWN', 0);
  state.disconnected(2);
  assert.equal(state.nextProposal(0), null);
  state.written(200);
  assert.equal(state.allAckOffset, 100);
  assert.deepEqual(state.counted, [2]);
  state.install(setOf(2, 1, 2), 0);
  assert.deepEqual(state.nextProposal(0), new Set([1]));
  state.answered(setOf(3, 1), 0);
  assert.equal(state.allAckOffset, 200);
});

test('a refused proposal counts no more and is repeated some time later only', () => {
  const state = masterAlone(true, 100);
  state.connected(2, false, 0);
  state.acknowledged(2, 100, 0);
  state.nextProposal(0);
  state.answered('REFUSED', 0);
  assert.equal(state.nextProposal(1499), null);
  assert.deepEqual(state.nextProposal(1500), new Set([1, 2]));
});

test('a member leaves when it did not catch up for the time allowed, and not in an idle cluster', () => {
  const state = masterOfPair(100);
  state.check(60_000);
  assert.equal(state.nextProposal(0), null);
  state.written(200);
  state.acknowledged(2, 150, 61_000);
  state.check(75_000);
  assert.deepEqual(state.nextProposal(0), new Set([1]));
});

test('a member that is behind but reaches every mark in time stays, whatever the distance', () => {
  const state = masterOfPair(100);
  let written = 100;
  for (let now = 0; now < 100_000; now += 1000) {
    written += 1_000_000;
    state.written(written);
    state.acknowledged(2, written - 5_000_000, now);
    state.check(now);
    assert.equal(state.nextProposal(0), null, `at ${now}`);
  }
});

test('members that never came leave at a check', () => {
  const options = {
    selfBrokerId: 1,
    allAckInSyncStateSet: true,
    haMaxTimeSlaveNotCatchup: 15000,
    epochStartOffset: 0,
    confirmOffset: 70,
  };
  const state = new SyncState(options, setOf(5, 1, 2), 100);
  assert.equal(state.allAckOffset, 70);
  assert.equal(state.nextProposal(0), null);
  state.check(3000);
  assert.deepEqual(state.nextProposal(0), new Set([1]));
});

test('a joining replica that freezes stops holding up acknowledgements', () => {
  const state = masterAlone(true, 1000);
  state.connected(2, false, 0);
  state.acknowledged(2, 1000, 0);
  state.nextProposal(0);
  state.answered('REFUSED', 0);
  state.written(2000);
  assert.equal(state.allAckOffset, 1000);
  state.expireJoins(3100);
  assert.equal(state.allAckOffset, 2000);
});

test('a new epoch of the same master takes its replicas in again without waiting for a report', () => {
  const state = masterOfPair(100);
  state.beginEpoch(100);
  state.install(setOf(3, 1), 5);
  assert.deepEqual(state.nextProposal(0), new Set([1, 2]));
});

// The controller applies or loses requests and answers at random; replicas come, go, lag and freeze at random.
// Whoever is in the set that the controller really holds may be elected: it must have everything acknowledged.
test('what is acknowledged is in every member of the set that the controller holds, and never shrinks', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed);
      const state = masterAlone(true, 0);
      let held = setOf(1, self);
      let now = 0;
      let written = 0;
      let acknowledged = 0;
      const logs = new Map([2, 3, 4].map((id) => [id, 0]));
      const online = new Set<number>();
      const requests: { members: ReadonlySet<number>; epoch: number }[] = [];
      const apply = (request: { members: ReadonlySet<number>; epoch: number }) => {
        if (request.epoch !== held.epoch) return 'REFUSED' as const;
        held = { members: request.members, epoch: held.epoch + 1 };
        return held;
      };
      for (let step = 0; step < 300; step++) {
        now += random.int(800);
        const id = 2 + random.int(3);
        const dice = random.int(10);
        if (dice < 3) state.written((written += random.int(50)));
        else if (dice < 7 && online.has(id)) {
          const log = Math.min(written, logs.get(id)! + random.int(80));
          logs.set(id, log);
          state.acknowledged(id, log, now);
        } else if (dice === 7) {
          if (online.delete(id)) state.disconnected(id);
          else {
            online.add(id);
            state.connected(id, false, now);
          }
        } else if (dice === 8) {
          state.check(now);
          state.expireJoins(now);
        } else if (random.int(2) === 0) state.install(held, now);
        const late = random.int(12) === 0 ? requests.pop() : undefined;
        if (late !== undefined) apply(late);
        const members = state.nextProposal(now);
        if (members !== null) {
          const request = { members, epoch: state.agreed.epoch };
          const fate = random.int(4);
          if (fate === 0) requests.push(request);
          if (fate === 1) apply(request);
          state.answered(fate < 2 ? 'UNKNOWN' : apply(request), now);
        }
        assert.ok(state.allAckOffset >= acknowledged);
        acknowledged = state.allAckOffset;
        for (const member of held.members) {
          if (member !== self) assert.ok(logs.get(member)! >= acknowledged, `seed ${seed}, step ${step}`);
        }
      }
    }),
    { numRuns: 300 },
  );
});
