import { ResponseCode } from '../../remoting/codes.ts';
import type { cleanBrokerData } from '../../remoting/commands/clean-broker-data.ts';
import { type HeaderOf, required } from '../../remoting/header.ts';
import { answer, type Decision, type DecisionContext, refuse, withEvent } from './decision.ts';

/** 1011: forgets a set, or some of its brokers. With `isCleanLivingBroker` the list of ids does not count: the set goes. */
export function cleanBrokers(
  { replicas, living }: DecisionContext,
  request: HeaderOf<typeof cleanBrokerData.request>,
): Decision {
  const brokerName = required(request.brokerName, 'brokerName');
  const set = replicas.set(brokerName);
  if (set === undefined) return fail(`Broker ${brokerName} is not existed, clean broker data failure`);
  const ids = request.isCleanLivingBroker ? '' : (request.brokerControllerIdsToClean ?? '').trim();
  if (!request.isCleanLivingBroker && ids === '' && set.masterBrokerId !== null) return alive(brokerName);
  const brokerIds = ids === '' ? [] : ids.split(';').map((text) => text.trim());
  if (!brokerIds.every((text) => /^\d{1,15}$/.test(text))) {
    return fail(`brokerControllerIdsToClean "${ids}" must be ids with ";" between them`);
  }
  const brokerIdSetToClean = brokerIds.map(Number);
  const livingId = brokerIdSetToClean.find((id) => living(set.clusterName, brokerName, id) !== undefined);
  if (livingId !== undefined) return alive(`[${brokerName}, ${livingId}]`);
  const event = { brokerName, brokerIdSetToClean: ids === '' ? null : brokerIdSetToClean };
  return withEvent(answer(null), { eventType: 'CLEAN_BROKER_DATA_EVENT', ...event });
}

function alive(who: string): Decision {
  return fail(`Broker ${who} is still alive, clean up failure`);
}

function fail(remark: string): Decision {
  return refuse(ResponseCode.CONTROLLER_INVALID_CLEAN_BROKER_METADATA, remark);
}
