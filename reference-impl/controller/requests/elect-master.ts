import { ResponseCode } from '../../remoting/codes.ts';
import { controllerElectMaster } from '../../remoting/commands/controller-elect-master.ts';
import { writeFastjson } from '../../remoting/fastjson-writer.ts';
import { encodeHeader, type HeaderOf, required } from '../../remoting/header.ts';
import { electMaster } from '../state/election.ts';
import type { BrokerSet } from '../state/replicas.ts';
import { answer, type Decision, type DecisionContext, refuse, withEvent } from './decision.ts';

export type ElectMasterRequest = Pick<
  HeaderOf<typeof controllerElectMaster.request>,
  'brokerName' | 'brokerId' | 'designateElect'
>;

/** Broker id of a request that the controller makes itself. */
export const controllerTrigger = -1;

/** 1002: a broker, a tool or the controller itself asks for a master. */
export function electMasterOf(context: DecisionContext, request: ElectMasterRequest): Decision {
  const brokerName = required(request.brokerName, 'brokerName');
  const brokerId = request.brokerId ?? controllerTrigger;
  const set = context.replicas.set(brokerName);
  if (set === undefined) return unregistered(`Broker-set ${brokerName} hasn't been registered`);
  const elected = choose(context, set, brokerName, brokerId, request.designateElect ?? false);
  if (elected === 'UNREGISTERED') return unregistered(`Broker ${brokerId} of ${brokerName} hasn't been registered`);
  if (elected !== null && elected === set.masterBrokerId) return stillThere(set, brokerName, elected);
  if (elected !== null) return newMaster(set, brokerName, elected);
  // A tool that names no broker (-1) asks for nothing that could be fenced.
  if (brokerId !== controllerTrigger || request.designateElect === true) {
    return refuse(ResponseCode.CONTROLLER_ELECT_MASTER_FAILED, 'Failed to elect a new master', {});
  }
  // The old master is known to be gone: an event without a master fences it and what it may still send.
  const remark = 'Old master has down and failed to elect a new broker master';
  const event = {
    eventType: 'ELECT_MASTER_EVENT',
    brokerName,
    newMasterBrokerId: null,
    newMasterElected: false,
  } as const;
  return withEvent(refuse(ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE, remark, {}), event);
}

function choose(
  context: DecisionContext,
  set: BrokerSet,
  brokerName: string,
  brokerId: number,
  designateElect: boolean,
): number | null | 'UNREGISTERED' {
  // A set that never had a master has nothing to lose: whoever asks first gets it.
  if (set.masterEpoch === 0 && brokerId !== controllerTrigger)
    return set.brokers.has(brokerId) ? brokerId : 'UNREGISTERED';
  return electMaster({
    set,
    living: (id) => context.living(set.clusterName, brokerName, id),
    designated: designateElect ? brokerId : null,
    unclean: context.enableElectUncleanMaster,
  });
}

function unregistered(remark: string): Decision {
  return refuse(ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED, remark, {});
}

function stillThere(set: BrokerSet, brokerName: string, master: number): Decision {
  const remark = `The old master ${master} is still alive, not need to elect new master for broker ${brokerName}`;
  const header = responseHeader(set, master, set.masterEpoch, set.syncStateSetEpoch);
  const body = Buffer.from(writeFastjson({ syncStateSet: set.syncStateSet }));
  const code = ResponseCode.CONTROLLER_MASTER_STILL_EXIST;
  return { response: { code, remark, extFields: header, body }, events: [] };
}

function newMaster(set: BrokerSet, brokerName: string, master: number): Decision {
  const header = responseHeader(set, master, set.masterEpoch + 1, set.syncStateSetEpoch + 1);
  const addresses = [...set.brokers].sort(([a], [b]) => a - b).map(([id, { address }]) => [id, address] as const);
  const brokerMemberGroup = { brokerAddrs: new Map(addresses), brokerName, cluster: set.clusterName };
  const body = Buffer.from(writeFastjson({ brokerMemberGroup, syncStateSet: [master] }));
  const event = {
    eventType: 'ELECT_MASTER_EVENT',
    brokerName,
    newMasterBrokerId: master,
    newMasterElected: true,
  } as const;
  return withEvent(answer(header, body), event);
}

function responseHeader(set: BrokerSet, masterBrokerId: number, masterEpoch: number, syncStateSetEpoch: number) {
  const masterAddress = set.brokers.get(masterBrokerId)?.address;
  return encodeHeader(controllerElectMaster.response, {
    masterBrokerId,
    masterAddress,
    masterEpoch,
    syncStateSetEpoch,
  });
}
