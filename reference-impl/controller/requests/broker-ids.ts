import { encodeSyncStateSet } from '../../remoting/bodies/sync-state-set.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import { controllerApplyBrokerId } from '../../remoting/commands/controller-apply-broker-id.ts';
import { controllerGetNextBrokerId } from '../../remoting/commands/controller-get-next-broker-id.ts';
import { controllerRegisterBroker } from '../../remoting/commands/controller-register-broker.ts';
import { encodeHeader, type HeaderOf, required } from '../../remoting/header.ts';
import { answer, type Decision, type DecisionContext, refuse, withEvent } from './decision.ts';

/** 1012: the id that a new broker of the set should apply for. Reserves nothing. */
export function getNextBrokerId(
  { replicas }: DecisionContext,
  { clusterName, brokerName }: HeaderOf<typeof controllerGetNextBrokerId.request>,
): Decision {
  const nextBrokerId = replicas.nextBrokerId(required(brokerName, 'brokerName'));
  return answer(encodeHeader(controllerGetNextBrokerId.response, { clusterName, brokerName, nextBrokerId }));
}

/** 1013: grants an id that is free, or that the same broker (by its check code) already has. */
export function applyBrokerId(
  { replicas }: DecisionContext,
  request: HeaderOf<typeof controllerApplyBrokerId.request>,
): Decision {
  const clusterName = required(request.clusterName, 'clusterName');
  const brokerName = required(request.brokerName, 'brokerName');
  const newBrokerId = required(request.appliedBrokerId, 'appliedBrokerId');
  const registerCheckCode = required(request.registerCheckCode, 'registerCheckCode');
  const header = encodeHeader(controllerApplyBrokerId.response, { clusterName, brokerName });
  const set = replicas.set(brokerName);
  const holder = set?.brokers.get(newBrokerId);
  const free = set === undefined ? newBrokerId === replicas.nextBrokerId(brokerName) : holder === undefined;
  if (!free && holder?.registerCheckCode !== registerCheckCode) {
    const remark = `Fail to apply brokerId: ${newBrokerId} in broker-set: ${brokerName}`;
    return refuse(ResponseCode.CONTROLLER_BROKER_ID_INVALID, remark, header);
  }
  const brokerAddress = registerCheckCode.split(';')[0]!;
  const event = { brokerAddress, brokerName, clusterName, newBrokerId, registerCheckCode };
  return withEvent(answer(header), { eventType: 'APPLY_BROKER_ID_EVENT', ...event });
}

/** 1003: a broker with an id is there, perhaps at another address; tells it the master if that one lives. */
export function registerBroker(
  { replicas, living }: DecisionContext,
  request: HeaderOf<typeof controllerRegisterBroker.request>,
): Decision {
  const { clusterName } = request;
  const brokerName = required(request.brokerName, 'brokerName');
  const brokerId = required(request.brokerId, 'brokerId');
  const brokerAddress = required(request.brokerAddress, 'brokerAddress');
  const set = replicas.set(brokerName);
  const broker = set?.brokers.get(brokerId);
  if (set === undefined || broker === undefined) {
    const what = set === undefined ? `Broker-set: ${brokerName}` : `BrokerId: ${brokerId} of broker-set: ${brokerName}`;
    const header = encodeHeader(controllerRegisterBroker.response, { clusterName, brokerName });
    return refuse(
      ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED,
      `${what} hasn't been registered in controller`,
      header,
    );
  }
  const { masterBrokerId: id, masterEpoch, syncStateSetEpoch } = set;
  const alive = id !== null && living(set.clusterName, brokerName, id) !== undefined;
  const masterAddress = id === brokerId ? brokerAddress : set.brokers.get(id ?? -1)?.address;
  const header = encodeHeader(controllerRegisterBroker.response, {
    clusterName,
    brokerName,
    ...(alive ? { masterBrokerId: id, masterAddress, masterEpoch, syncStateSetEpoch } : {}),
  });
  const decision = answer(header, encodeSyncStateSet(set));
  if (broker.address === brokerAddress) return decision;
  const event = { brokerAddress, brokerId, brokerName, clusterName: set.clusterName };
  return withEvent(decision, { eventType: 'UPDATE_BROKER_ADDRESS', ...event });
}
