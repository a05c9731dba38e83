import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { ResponseCode } from '../remoting/codes.ts';
import type { RaftStatus } from '../raft/node.ts';
import { DecisionQueue } from './decision-queue.ts';
import { answer } from './requests/decision.ts';
import { ReplicasInfo } from './state/replicas.ts';

/** The code of an answer that changes nothing, and the sizes of the entries that were proposed for it. */
async function answered(readsThroughLog: boolean, propose: () => Promise<void>): Promise<[number, number[]]> {
  const sizes: number[] = [];
  const queue = new DecisionQueue({
    driver: {
      status: { serving: true } as RaftStatus,
      propose: (bodies) => (sizes.push(...bodies.map(({ length }) => length)), propose()),
    },
    context: { replicas: new ReplicasInfo(), living: () => undefined, enableElectUncleanMaster: false },
    readsThroughLog: () => readsThroughLog,
    clock: systemClock,
    log: silentLog,
  });
  return [(await queue.submit(() => answer(null))).code, sizes];
}

test('with processReadEvent an answer that changes nothing waits for an empty entry, and fails with it', async () => {
  const lost = () => Promise.reject(new Error('no leader any more'));
  assert.deepEqual(await answered(false, lost), [ResponseCode.SUCCESS, []]);
  assert.deepEqual(await answered(true, () => Promise.resolve()), [ResponseCode.SUCCESS, [0]]);
  assert.deepEqual(await answered(true, lost), [ResponseCode.SYSTEM_ERROR, [0]]);
});
