import { encodeSyncStateSet } from '../../remoting/bodies/sync-state-set.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import { controllerGetReplicaInfo } from '../../remoting/commands/controller-get-replica-info.ts';
import { writeFastjson } from '../../remoting/fastjson-writer.ts';
import { encodeHeader, type HeaderOf, required } from '../../remoting/header.ts';
import type { BrokerSet } from '../state/replicas.ts';
import { answer, type Decision, type DecisionContext, refuse } from './decision.ts';

/** 1004: who leads a set. */
export function getReplicaInfo(
  { replicas }: DecisionContext,
  request: HeaderOf<typeof controllerGetReplicaInfo.request>,
): Decision {
  const set = replicas.set(required(request.brokerName, 'brokerName'));
  if (set === undefined) {
    return refuse(ResponseCode.CONTROLLER_BROKER_METADATA_NOT_EXIST, 'Broker metadata is not existed', {});
  }
  const { masterBrokerId, masterEpoch } = set;
  const masterAddress = masterBrokerId === null ? null : set.brokers.get(masterBrokerId)?.address;
  const header = encodeHeader(controllerGetReplicaInfo.response, { masterBrokerId, masterAddress, masterEpoch });
  return answer(header, encodeSyncStateSet(set));
}

/** 1006: everything about the named sets; unknown ones are left out, and no name is no answer. */
export function getSyncStateData(context: DecisionContext, brokerNames: readonly string[]): Decision {
  if (brokerNames.length === 0) return refuse(ResponseCode.SYSTEM_ERROR, 'not set any response code');
  const known = brokerNames.flatMap((name) => {
    const set = context.replicas.set(name);
    return set === undefined ? [] : [[name, replicasInfo(context, name, set)] as const];
  });
  return answer(null, Buffer.from(writeFastjson({ replicasInfoTable: Object.fromEntries(known) })));
}

function replicasInfo({ living }: DecisionContext, brokerName: string, set: BrokerSet): object {
  const { masterBrokerId, masterEpoch, syncStateSet, syncStateSetEpoch } = set;
  const replica = (brokerId: number) => ({
    alive: living(set.clusterName, brokerName, brokerId) !== undefined,
    brokerAddress: set.brokers.get(brokerId)?.address,
    brokerId,
    brokerName,
  });
  const ids = [...set.brokers.keys()].sort((a, b) => a - b);
  return {
    inSyncReplicas: ids.filter((id) => syncStateSet.includes(id)).map(replica),
    masterAddress: masterBrokerId === null ? null : set.brokers.get(masterBrokerId)?.address,
    masterBrokerId,
    masterEpoch,
    notInSyncReplicas: ids.filter((id) => !syncStateSet.includes(id)).map(replica),
    syncStateSetEpoch,
  };
}
