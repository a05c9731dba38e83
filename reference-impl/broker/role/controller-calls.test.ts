import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SwitchlabError } from '../../base/errors.ts';
import { encodeSyncStateSet } from '../../remoting/bodies/sync-state-set.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import type { RemotingCommand } from '../../remoting/types.ts';
import { ControllerCalls } from './controller-calls.ts';
import type { ControllerList } from './controller-list.ts';

const agreed = { members: new Set([1]), epoch: 4 };

function propose(answer: () => Partial<RemotingCommand> | null) {
  const controllers = { ask: () => Promise.resolve().then(answer) } as unknown as ControllerList;
  const caller = { clusterName: 'C', brokerName: 'b', brokerAddress: 'h:1' };
  return new ControllerCalls(controllers, caller).alterSyncStateSet(1, 2, new Set([1, 2]), agreed);
}

test('a proposal is refused only where it cannot be what the controller has', async () => {
  const code = (value: number) => () => ({ code: value, extFields: null, body: null });
  for (const refusal of ['CONTROLLER_FENCED_MASTER_EPOCH', 'CONTROLLER_INVALID_MASTER'] as const) {
    assert.equal(await propose(code(ResponseCode[refusal])), 'REFUSED');
  }
  // What the second of two equal proposals gets: the controller agreed to the first.
  assert.equal(await propose(code(ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED)), 'UNKNOWN');
  assert.equal(await propose(code(ResponseCode.SYSTEM_ERROR)), 'UNKNOWN');
  assert.equal(await propose(() => null), 'REFUSED');
  const fails = (error: 'REMOTING_CONNECT_FAILED' | 'REMOTING_TIMEOUT') => () => {
    throw new SwitchlabError(error, 'no answer');
  };
  assert.equal(await propose(fails('REMOTING_CONNECT_FAILED')), 'REFUSED');
  assert.equal(await propose(fails('REMOTING_TIMEOUT')), 'UNKNOWN');
});

test('an accepted proposal is the set that the controller answers', async () => {
  const body = encodeSyncStateSet({ syncStateSet: [1, 2], syncStateSetEpoch: 5 });
  const answer = await propose(() => ({ code: ResponseCode.SUCCESS, extFields: {}, body }));
  assert.deepEqual(answer, { members: new Set([1, 2]), epoch: 5 });
});
