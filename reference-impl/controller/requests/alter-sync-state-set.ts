import { encodeSyncStateSet, type SyncStateSet } from '../../remoting/bodies/sync-state-set.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import { controllerAlterSyncStateSet } from '../../remoting/commands/controller-alter-sync-state-set.ts';
import { encodeHeader, type HeaderOf, required } from '../../remoting/header.ts';
import { answer, type Decision, type DecisionContext, refuse, withEvent } from './decision.ts';

type Request = HeaderOf<typeof controllerAlterSyncStateSet.request>;

/** 1001: the master reports a new SyncStateSet. The order of the checks decides which refusal an outdated master sees. */
export function alterSyncStateSet(context: DecisionContext, request: Request, body: SyncStateSet): Decision {
  const brokerName = required(request.brokerName, 'brokerName');
  const set = context.replicas.set(brokerName);
  if (set === undefined)
    return fail(ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED, 'Broker metadata is not existed');
  const { syncStateSet: wanted, syncStateSetEpoch } = body;
  if (wanted.length === set.syncStateSet.length && wanted.every((id) => set.syncStateSet.includes(id))) {
    const remark = 'The newSyncStateSet is equal with oldSyncStateSet, no needed to update syncStateSet';
    return fail(ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED, remark);
  }
  const { masterBrokerId, masterEpoch } = request;
  if (masterBrokerId !== set.masterBrokerId) {
    const because = `the current leader is:{${set.masterBrokerId}}, not {${masterBrokerId}}`;
    return reject(ResponseCode.CONTROLLER_INVALID_MASTER, because);
  }
  if (masterEpoch !== set.masterEpoch) {
    const because = `the current master epoch is:{${set.masterEpoch}}, not {${masterEpoch}}`;
    return reject(ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH, because);
  }
  if (syncStateSetEpoch !== set.syncStateSetEpoch) {
    const because = `the current syncStateSet epoch is:{${set.syncStateSetEpoch}}, not {${syncStateSetEpoch}}`;
    return reject(ResponseCode.CONTROLLER_FENCED_SYNC_STATE_SET_EPOCH, because);
  }
  for (const id of wanted) {
    if (!set.brokers.has(id)) {
      return reject(ResponseCode.CONTROLLER_INVALID_REPLICAS, `the replicas {${id}} don't exist`);
    }
    if (context.living(set.clusterName, brokerName, id) === undefined) {
      return reject(ResponseCode.CONTROLLER_BROKER_NOT_ALIVE, `the replicas {${id}} don't alive`);
    }
  }
  if (!wanted.includes(masterBrokerId!)) {
    const because = `the newSyncStateSet {${wanted.join(',')}} doesn't contain the current leader {${masterBrokerId}}`;
    return reject(ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED, because);
  }
  const newSyncStateSetEpoch = set.syncStateSetEpoch + 1;
  const granted = encodeSyncStateSet({ syncStateSet: wanted, syncStateSetEpoch: newSyncStateSetEpoch });
  const header = encodeHeader(controllerAlterSyncStateSet.response, { newSyncStateSetEpoch });
  const event = { eventType: 'ALTER_SYNC_STATE_SET_EVENT', brokerName, newSyncStateSet: wanted } as const;
  return withEvent(answer(header, granted), event);
}

function reject(code: number, because: string): Decision {
  return fail(code, `Rejecting alter syncStateSet request because ${because}`);
}

function fail(code: number, remark: string): Decision {
  return refuse(code, remark, encodeHeader(controllerAlterSyncStateSet.response, { newSyncStateSetEpoch: 0 }));
}
