import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import { dledgerTimings } from '../raft/options.ts';
import type { StoreDisk } from './disk.ts';
import { DLedgerStore } from './dledger-store.ts';
import { RaftDriver } from './driver.ts';

test('a checkpoint calls nothing committed that is not on disk yet', async () => {
  const texts = new Map<string, string>();
  const flushing: (() => void)[] = [];
  const disk: StoreDisk = {
    name: 'memory',
    open: () => ({
      starts: [],
      read: () => Buffer.alloc(0),
      write() {},
      truncate() {},
      flush: () =>
        new Promise((resolve) => {
          flushing.push(resolve);
        }),
      close() {},
    }),
    readText: (file) => texts.get(file) ?? null,
    replaceText: (file, text) => texts.set(file, text),
  };
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
    raft: {
      group: 'grp',
      selfId: 'n0',
      peerIds: ['n0', 'n1', 'n2'],
      segmentBytes: 512,
      timings: dledgerTimings,
      random: seededRandom(1),
      kind: 'STATE_MACHINE',
    },
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
