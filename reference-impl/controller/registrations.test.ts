import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controllerConfig } from '../config/controller.ts';
import { controllerKeys } from '../config/keys/controller.ts';
import { liveConfig } from '../config/live.ts';
import { silentLog } from '../base/log.ts';
import { encodeSyncStateSet } from '../remoting/bodies/sync-state-set.ts';
import { ResponseCode } from '../remoting/codes.ts';
import { controllerAlterSyncStateSet } from '../remoting/commands/controller-alter-sync-state-set.ts';
import { controllerRegisterBroker } from '../remoting/commands/controller-register-broker.ts';
import { encodeHeader } from '../remoting/header.ts';
import type { Connection, RemotingCommand, RequestHandler, ResponseInit } from '../remoting/types.ts';
import { handleControllerRequests, type HandlerOptions } from './handlers.ts';
import type { Decide } from './decision-queue.ts';
import { ReplicasInfo } from './state/replicas.ts';

/** The handlers of a controller whose decisions are taken at once; broker 1 of `b` is master, 2 lives. */
function controller() {
  const replicas = new ReplicasInfo();
  for (const newBrokerId of [1, 2]) {
    const broker = { brokerName: 'b', clusterName: 'C', brokerAddress: `h:${newBrokerId}`, registerCheckCode: 'x' };
    replicas.apply({ eventType: 'APPLY_BROKER_ID_EVENT', newBrokerId, ...broker });
  }
  replicas.apply({
    eventType: 'ELECT_MASTER_EVENT',
    brokerName: 'b',
    newMasterBrokerId: 1,
    newMasterElected: true,
  });
  const submit = (decide: Decide): Promise<ResponseInit> => {
    const context = { replicas, living: () => ({}), enableElectUncleanMaster: false };
    const { response, events } = decide(context as unknown as Parameters<Decide>[0]);
    for (const event of events) replicas.apply(event);
    return Promise.resolve(response);
  };
  const handlers = new Map<number, RequestHandler>();
  const config = liveConfig(controllerKeys, 'new', controllerConfig(), '', silentLog);
  const options = { queue: { submit }, config } as unknown as HandlerOptions;
  handleControllerRequests({ handle: (code, handler) => void handlers.set(code, handler) }, options);
  const send = async (code: number, extFields: object, body: Uint8Array | null, connectionId: number) => {
    const request = { code, extFields, body: body && Buffer.from(body) } as unknown as RemotingCommand;
    return (await handlers.get(code)!(request, { id: connectionId } as unknown as Connection))!;
  };
  return {
    replicas,
    register: (connectionId: number) => {
      const header = { clusterName: 'C', brokerName: 'b', brokerId: 1, brokerAddress: 'h:1' };
      const extFields = encodeHeader(controllerRegisterBroker.request, header);
      return send(controllerRegisterBroker.code, extFields, null, connectionId);
    },
    alter: (connectionId: number) => {
      const extFields = encodeHeader(controllerAlterSyncStateSet.request, {
        brokerName: 'b',
        masterBrokerId: 1,
        masterEpoch: 1,
      });
      const body = encodeSyncStateSet({ syncStateSet: [1, 2], syncStateSetEpoch: 1 });
      return send(controllerAlterSyncStateSet.code, extFields, body, connectionId);
    },
  };
}

test('a proposal that an earlier life of the master sent is refused', async () => {
  const { replicas, register, alter } = controller();
  await register(4);
  await register(9);
  const answer = await alter(4);
  assert.equal(answer.code, ResponseCode.CONTROLLER_INVALID_REQUEST);
  assert.match(answer.remark!, /registered anew/);
  assert.deepEqual(replicas.set('b')?.syncStateSet, [1]);
});

test('a master proposes over the connection that it registered on, and over later ones', async () => {
  for (const connectionId of [9, 12]) {
    const { register, alter } = controller();
    await register(9);
    assert.equal((await alter(connectionId)).code, ResponseCode.SUCCESS);
  }
});

test('a controller that has not seen a registration believes every connection', async () => {
  assert.equal((await controller().alter(1)).code, ResponseCode.SUCCESS);
});
