// Answers about the role (new only):
//   GET_BROKER_HA_STATUS (907)   body HARuntimeInfo {haClientRuntimeInfo{lastReadTimestamp,lastWriteTimestamp,masterAddr?,
//                                masterFlushOffset,maxOffset,transferredByteInSecond},haConnectionInfo[{addr,diff,inSync,
//                                slaveAckOffset,transferFromWhere,transferredByteInSecond}],inSyncSlaveNums,master,
//                                masterCommitLogMaxOffset}
//   GET_BROKER_EPOCH_CACHE (1007)  body {brokerId (role id),brokerName,clusterName,epochList[{endOffset,epoch,startOffset}],
//                                maxOffset}; the last endOffset is Long.MAX_VALUE. Outside controller mode: code 1.
//   NOTIFY_BROKER_ROLE_CHANGED (1008)  oneway, see its command file
import { assert } from '../../base/assert.ts';
import type { BrokerConfig } from '../../config/broker.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { writeFastjson } from '../../remoting/fastjson-writer.ts';
import type { RequestHandler } from '../../remoting/types.ts';
import type { StoreProgress } from '../../store/types.ts';
import type { BrokerRole, ControlledBrokerRole } from './types.ts';

const longMax = 9223372036854775807n;

/** What these answers are made of. */
export interface RoleView {
  readonly config: () => Readonly<BrokerConfig>;
  readonly role: BrokerRole | ControlledBrokerRole;
  readonly store: StoreProgress & { readonly maxPhyOffset: number };
}

/** Handlers by request code, for a new broker; an old one knows none of them. */
export function roleHandlers(view: RoleView): Readonly<Record<number, RequestHandler>> {
  const { role } = view;
  return {
    [RequestCode.GET_BROKER_HA_STATUS]: () => ({ code: ResponseCode.SUCCESS, body: Buffer.from(haStatus(view)) }),
    [RequestCode.GET_BROKER_EPOCH_CACHE]: () =>
      isControlled(role)
        ? { code: ResponseCode.SUCCESS, body: Buffer.from(epochCache(view, role)) }
        : { code: ResponseCode.SYSTEM_ERROR, remark: 'this request only for controllerMode ' },
    [RequestCode.NOTIFY_BROKER_ROLE_CHANGED]: (request) => {
      if (isControlled(role)) role.roleChanged(request);
      return { code: ResponseCode.SUCCESS };
    },
  };
}

function isControlled(role: BrokerRole | ControlledBrokerRole): role is ControlledBrokerRole {
  return 'roleChanged' in role;
}

/** Body of 907. In sync: in the SyncStateSet, or outside controller mode nearer than haMaxGapNotInSync. */
export function haStatus({ config, role, store }: RoleView): string {
  const master = role.name !== 'SLAVE';
  assert(role.ha !== null, 'a new broker has no DLedger group');
  const { slave } = role.ha;
  const connections = master ? role.replicas.map((replica) => connectionInfo(replica)) : [];
  function connectionInfo({ brokerId, address, ackOffset, ...replica }: BrokerRole['replicas'][number]) {
    const diff = store.maxPhyOffset - ackOffset;
    return {
      addr: address,
      diff,
      inSync: isControlled(role) ? role.ha.syncStateSet.members.has(brokerId) : diff < config().haMaxGapNotInSync,
      slaveAckOffset: ackOffset,
      transferFromWhere: replica.transferFromWhere,
      transferredByteInSecond: replica.transferredByteInSecond,
    };
  }
  return writeFastjson({
    haClientRuntimeInfo: {
      lastReadTimestamp: slave.lastReadTimestamp,
      lastWriteTimestamp: slave.lastWriteTimestamp,
      masterAddr: slave.masterHaAddress,
      masterFlushOffset: 0,
      maxOffset: master ? 0 : store.maxPhyOffset,
      transferredByteInSecond: slave.transferredByteInSecond,
    },
    haConnectionInfo: connections,
    inSyncSlaveNums: connections.filter((connection) => connection.inSync).length,
    master,
    masterCommitLogMaxOffset: master ? store.maxPhyOffset : 0,
  });
}

/** Body of 1007. */
export function epochCache({ config, store }: RoleView, role: ControlledBrokerRole): string {
  const { brokerName, brokerClusterName } = config();
  const epochList = role.ha.epochs.map(({ epoch, startOffset, endOffset }) => ({
    endOffset: endOffset === Infinity ? longMax : endOffset,
    epoch,
    startOffset,
  }));
  const { brokerId } = role;
  return writeFastjson({
    brokerId,
    brokerName,
    clusterName: brokerClusterName,
    epochList,
    maxOffset: store.maxPhyOffset,
  });
}
