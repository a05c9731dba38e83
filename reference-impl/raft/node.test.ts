import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../base/random.ts';
import { type Entry, entrySize } from './entry.ts';
import type { StoredLog } from './log.ts';
import { RaftCode, type VoteRequest } from './messages.ts';
import { RaftNode } from './node.ts';
import { dledgerTimings, type RaftOptions } from './options.ts';

const alone: RaftOptions = {
  group: 'grp',
  selfId: 'n0',
  peerIds: ['n0'],
  segmentBytes: 1 << 20,
  timings: dledgerTimings,
  random: seededRandom(1),
  kind: 'STATE_MACHINE',
};
const ofThree: RaftOptions = { ...alone, peerIds: ['n0', 'n1', 'n2'] };

/** A stored log of empty entries of term 1, and a disk that keeps whatever comes. */
class Disk implements StoredLog {
  readonly beginIndex = 0;
  readonly entries: Entry[] = [];

  constructor(count: number) {
    const body = new Uint8Array(0);
    for (let index = 0; index < count; index++)
      this.entries.push({ index, term: 1, pos: index * entrySize(body), body });
  }

  get endIndex(): number {
    return this.entries.length - 1;
  }

  entry(index: number): Entry | undefined {
    return this.entries[index];
  }

  /** Does what the node has to do; returns what it sends. */
  settle(node: RaftNode) {
    const sent = [];
    for (let ready = node.ready(); ready !== null; ready = node.ready()) {
      for (const entry of ready.entries) {
        this.entries.length = entry.index;
        this.entries.push(entry);
      }
      sent.push(...ready.requests);
      node.advance();
    }
    return sent;
  }
}

test('a log of any length can be led again after a restart: all of it is applied, and then it serves', () => {
  const disk = new Disk(25_000);
  const node = new RaftNode(alone, { currTerm: 1, currVoteFor: 'n0' }, disk);
  for (let nowMs = 0; nowMs <= 2000 && !node.status.serving; nowMs += 10) {
    node.tick(nowMs);
    disk.settle(node);
  }
  assert.equal(node.status.serving, true);
  assert.equal(node.status.appliedIndex, 25_000);
  assert.equal(typeof node.propose([new Uint8Array(1)], 3000), 'object');
});

test('what its own term has not committed is bounded', () => {
  const disk = new Disk(0);
  const node = new RaftNode(alone, { currTerm: 0, currVoteFor: null }, disk);
  node.tick(0);
  const bodies = Array.from({ length: 9_999 }, () => new Uint8Array(0));
  assert.equal(typeof node.propose(bodies, 1), 'object');
  assert.equal(node.propose([new Uint8Array(0)], 1), 'LEADER_PENDING_FULL');
});

/** Term of the votes that a node asks for until `untilMs`. */
function termsAskedFor(node: RaftNode, disk: Disk, fromMs: number, untilMs: number): number[] {
  const terms: number[] = [];
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs += 10) {
    node.tick(nowMs);
    for (const { request } of disk.settle(node)) if (request.kind === 'vote') terms.push(request.term);
  }
  return terms;
}

function heartBeat(node: RaftNode, term: number, nowMs: number): void {
  const envelope = { group: 'grp', localId: 'n1', remoteId: 'n0', leaderId: 'n1', term };
  node.step({ kind: 'request', token: 1, request: { kind: 'heartBeat', ...envelope } }, nowMs);
}

test('a follower that is cut off votes in the term of its leader, also when an earlier vote was for the next one', () => {
  const disk = new Disk(3);
  const node = new RaftNode(ofThree, { currTerm: 1, currVoteFor: null }, disk);
  node.tick(0);
  // Everybody votes for itself, so the next vote would be one in term 2. But n1 leads that one before it comes.
  for (const { to, seq, request } of disk.settle(node)) {
    assert.equal(request.kind, 'vote');
    const response = { kind: 'vote', code: RaftCode.SUCCESS, term: 1, voteResult: 'REJECT_ALREADY_VOTED' } as const;
    node.step({ kind: 'answer', from: to, seq, response }, 1);
  }
  heartBeat(node, 2, 2);
  node.tick(3);
  heartBeat(node, 2, 4);
  assert.equal(node.status.role, 'FOLLOWER');
  const asked = termsAskedFor(node, disk, 10, 20_000);
  assert.ok(asked.length > 0);
  assert.deepEqual([...new Set(asked)], [2]);
});

test('a follower that was to take over, and goes on following, votes in the old term first', () => {
  const disk = new Disk(3);
  const node = new RaftNode(ofThree, { currTerm: 2, currVoteFor: 'n1' }, disk);
  heartBeat(node, 2, 0);
  node.takeLeadership();
  heartBeat(node, 2, 1);
  assert.equal(node.status.role, 'FOLLOWER');
  assert.deepEqual([...new Set(termsAskedFor(node, disk, 10, 20_000))], [2]);
});

test('a request of a member that does not name itself is answered: DLedger 0.2', () => {
  const disk = new Disk(3);
  const node = new RaftNode(ofThree, { currTerm: 2, currVoteFor: null }, disk);
  const envelope = { group: 'grp', remoteId: 'n0', leaderId: 'n1', term: 2, ledgerEndIndex: 3, ledgerEndTerm: 1 };
  const answerTo = (localId: string) => {
    node.step({ kind: 'request', token: 7, request: { kind: 'vote', localId, ...envelope } }, 0);
    const { response } = node.ready()!.answers[0]!;
    node.advance();
    return response.code;
  };
  assert.deepEqual([answerTo(''), answerTo('n9')], [RaftCode.SUCCESS, RaftCode.UNKNOWN_MEMBER]);
});

test('a leader that hears of a larger term asks for no votes in its own one again', () => {
  const disk = new Disk(3);
  const node = new RaftNode(ofThree, { currTerm: 1, currVoteFor: null }, disk);
  node.tick(0);
  for (const { to, seq, request } of disk.settle(node)) {
    assert.equal((request as VoteRequest).term, 1);
    node.step(
      {
        kind: 'answer',
        from: to,
        seq,
        response: { kind: 'vote', code: RaftCode.SUCCESS, term: 1, voteResult: 'ACCEPT' },
      },
      1,
    );
  }
  assert.equal(node.status.role, 'LEADER');
  const outside = disk.settle(node).find(({ to, request }) => to === 'n2' && request.kind === 'heartBeat');
  const response = { kind: 'heartBeat', code: RaftCode.EXPIRED_TERM, term: 4 } as const;
  node.step({ kind: 'answer', from: 'n2', seq: outside!.seq, response }, 2);
  assert.equal(node.status.role, 'CANDIDATE');
  const asked = termsAskedFor(node, disk, 3, 5000);
  assert.ok(asked.length > 0);
  assert.deepEqual([...new Set(asked)], [4]);
});
