import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import { RaftCode, type RaftRequest, type RaftResponse } from '../raft/messages.ts';
import { dledgerTimings } from '../raft/options.ts';
import type { StoreDisk } from './disk.ts';
import { DLedgerStore } from './dledger-store.ts';
import { RaftDriver } from './driver.ts';

/** A disk that keeps its texts; `flush` is the caller's. */
function memoryDisk(texts: Map<string, string>, flush: () => Promise<void>): StoreDisk {
  return {
    name: 'memory',
    open: () => ({ starts: [], read: () => Buffer.alloc(0), write() {}, truncate() {}, flush, close() {} }),
    readText: (file) => texts.get(file) ?? null,
    replaceText: (file, text) => texts.set(file, text),
  };
}

const raft = {
  group: 'grp',
  selfId: 'n0',
  segmentBytes: 512,
  timings: dledgerTimings,
  kind: 'STATE_MACHINE',
} as const;

test('a checkpoint calls nothing committed that is not on disk yet', async () => {
  const texts = new Map<string, string>();
  const flushing: (() => void)[] = [];
  const disk = memoryDisk(
    texts,
    () =>
      new Promise((resolve) => {
        flushing.push(resolve);
      }),
  );
  const timers = new Map<number, () => void>();
  const clock: Clock = {
    nowMs: () => 0,
    after: () => ({ cancel() {} }),
    every(periodMs, callback) {
      timers.set(periodMs, callback);
      return { cancel() {} };
    },
  };
  const applied: number[] = [];
  const driver = new RaftDriver({
    raft: { ...raft, peerIds: ['n0', 'n1', 'n2'], random: seededRandom(1) },
    store: new DLedgerStore({ disk, segmentBytes: 512, plausible: () => true }),
    clock,
    log: silentLog,
    send: () => new Promise(() => {}),
    apply: ({ index }) => applied.push(index),
  });
  driver.start();
  const fromLeader = { group: 'grp', localId: 'n1', remoteId: 'n0', leaderId: 'n1', term: 0 };
  await driver.request({ kind: 'heartBeat', ...fromLeader });
  const entry = { index: 0, term: 0, pos: 0, body: new Uint8Array(0) };
  const pushed = driver.request({ kind: 'push', ...fromLeader, type: 'APPEND', commitIndex: 0, entries: [entry] });
  assert.equal(driver.status.commitIndex, 0);
  timers.get(3000)!();
  assert.ok(!texts.get('checkpoint')?.includes('committedIndex=0'), 'the entry is still being written');
  for (const done of flushing) done();
  await pushed;
  assert.deepEqual(applied, [0]);
  timers.get(3000)!();
  assert.match(texts.get('checkpoint')!, /committedIndex=0/);
});

/** Answers of a member that agrees with everything, until it acknowledges an entry that it never got. */
function lyingPeer(request: RaftRequest): RaftResponse {
  const { kind, term } = request;
  const code = RaftCode.SUCCESS;
  if (kind === 'vote') return { kind, code, term, voteResult: 'ACCEPT' };
  if (kind === 'heartBeat') return { kind, code, term };
  if (request.type === 'COMPARE') {
    return { kind, code: RaftCode.INCONSISTENT_STATE, term, index: 0, count: 1, beginIndex: -1, endIndex: -1 };
  }
  const index = request.type === 'TRUNCATE' ? 0 : 99;
  return { kind, code, term, index, count: 1, beginIndex: 0, endIndex: index };
}

test('a member whose invariants are broken takes no part any more', async () => {
  const errors: string[] = [];
  const never: Clock = { nowMs: () => 0, after: () => ({ cancel() {} }), every: () => ({ cancel() {} }) };
  const disk = memoryDisk(new Map(), () => Promise.resolve());
  const driver = new RaftDriver({
    raft: { ...raft, peerIds: ['n0', 'n1'], random: seededRandom(1) },
    store: new DLedgerStore({ disk, segmentBytes: 512, plausible: () => true }),
    clock: never,
    log: { ...silentLog, error: (fields: { err?: unknown }) => errors.push(String(fields.err)) },
    send: (_, request) => Promise.resolve(lyingPeer(request)),
    apply() {},
  });
  const serving = new Promise<void>((resolve) => {
    driver.onStatus(() => driver.status.serving && resolve());
  });
  driver.start();
  await serving;
  await assert.rejects(driver.propose([Buffer.from('x')]), { code: 'CONTROLLER_APPEND_FAILED' });
  assert.deepEqual(errors, ['AssertionFailure: a follower acknowledged an entry that the leader does not have']);
  assert.deepEqual([driver.status.role, driver.status.serving], ['CANDIDATE', false]);
  await assert.rejects(driver.propose([Buffer.from('x')]), { code: 'CONTROLLER_APPEND_FAILED' });
});
