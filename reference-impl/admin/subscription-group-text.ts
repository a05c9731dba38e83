import { SwitchlabError } from '../base/errors.ts';
import type { Release } from '../base/release.ts';
import type { GroupRetryPolicy, SubscriptionGroup } from '../client/subscription-group.ts';

/** `SubscriptionGroupConfig.toString`. */
export function subscriptionGroupText(group: SubscriptionGroup, release: Release): string {
  const { added, ...shared } = group;
  const { consumeMessageOrderly, groupRetryPolicy, groupSysFlag, consumeTimeoutMinute } = added ?? {};
  const fields = {
    groupName: shared.groupName,
    consumeEnable: shared.consumeEnable,
    consumeFromMinEnable: shared.consumeFromMinEnable,
    consumeBroadcastEnable: shared.consumeBroadcastEnable,
    consumeMessageOrderly,
    retryQueueNums: shared.retryQueueNums,
    retryMaxTimes: shared.retryMaxTimes,
    groupRetryPolicy: groupRetryPolicy === undefined ? undefined : retryPolicyText(groupRetryPolicy),
    brokerId: shared.brokerId,
    whichBrokerWhenConsumeSlowly: shared.whichBrokerWhenConsumeSlowly,
    notifyConsumerIdsChangedEnable: shared.notifyConsumerIdsChangedEnable,
    groupSysFlag,
    consumeTimeoutMinute,
    subscriptionDataSet: added === undefined ? undefined : 'null',
    attributes: added === undefined ? undefined : '{}',
  };
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  const text = known.map(([name, value]) => `${name}=${value}`).join(', ');
  return release === 'new' ? `SubscriptionGroupConfig{${text}}` : `SubscriptionGroupConfig [${text}]`;
}

function retryPolicyText({ type, exponentialRetryPolicy, customizedRetryPolicy }: GroupRetryPolicy): string {
  const exponential = exponentialRetryPolicy;
  const customized = customizedRetryPolicy;
  const exponentialText =
    exponential === undefined
      ? 'null'
      : `ExponentialRetryPolicy{initial=${exponential.initial}, max=${exponential.max}, multiplier=${exponential.multiplier}}`;
  const customizedText =
    customized === undefined ? 'null' : `CustomizedRetryPolicy{next=[${customized.next.join(', ')}]}`;
  return `GroupRetryPolicy{type=${type}, exponentialRetryPolicy=${exponentialText}, customizedRetryPolicy=${customizedText}}`;
}

/** The policy that -p gives as JSON; without one the broker's own delays. Throws COMMAND_LINE_INVALID. */
export function readRetryPolicy(text: string | null): GroupRetryPolicy {
  if (text === null) return { type: 'CUSTOMIZED' };
  const policy = readJson(text) as Partial<GroupRetryPolicy> | null;
  if (policy?.type === 'CUSTOMIZED' || policy?.type === 'EXPONENTIAL') return policy as GroupRetryPolicy;
  throw new SwitchlabError('COMMAND_LINE_INVALID', `-p ${text} is no retry policy.`);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new SwitchlabError('COMMAND_LINE_INVALID', `-p ${text} is no JSON.`, { cause: thrown });
  }
}
