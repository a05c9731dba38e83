// SubscriptionGroupConfig as JSON (config/subscriptionGroup.json, codes 200, 201, 352), keys in alphabetical order.
// New adds attributes, consumeMessageOrderly, consumeTimeoutMinute, groupRetryPolicy, groupSysFlag, subscriptionDataSet.
import type { Release } from '../../base/release.ts';
import { booleanField, fieldsOf, numberField, textField } from '../../remoting/bodies/fields.ts';

export interface GroupConfig {
  readonly groupName: string;
  readonly consumeEnable: boolean;
  readonly consumeFromMinEnable: boolean;
  readonly consumeBroadcastEnable: boolean;
  readonly consumeMessageOrderly: boolean;
  readonly retryQueueNums: number;
  readonly retryMaxTimes: number;
  readonly brokerId: number;
  readonly whichBrokerWhenConsumeSlowly: number;
  readonly notifyConsumerIdsChangedEnable: boolean;
  readonly groupSysFlag: number;
  readonly consumeTimeoutMinute: number;
  readonly groupRetryPolicy: unknown;
  readonly subscriptionDataSet: unknown;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A group with the defaults of the Java class. */
export function groupConfig(groupName: string): GroupConfig {
  return {
    groupName,
    consumeEnable: true,
    consumeFromMinEnable: true,
    consumeBroadcastEnable: true,
    consumeMessageOrderly: false,
    retryQueueNums: 1,
    retryMaxTimes: 16,
    brokerId: 0,
    whichBrokerWhenConsumeSlowly: 1,
    notifyConsumerIdsChangedEnable: true,
    groupSysFlag: 0,
    consumeTimeoutMinute: 15,
    groupRetryPolicy: { type: 'CUSTOMIZED' },
    subscriptionDataSet: null,
    attributes: {},
  };
}

/** Reads a stored or received group; what is missing or null takes its default. Throws BODY_MALFORMED for other types. */
export function readGroupConfig(value: unknown, name: string): GroupConfig {
  const received = fieldsOf(value, 'SubscriptionGroupConfig');
  const group: Record<string, unknown> = { ...groupConfig(name) };
  for (const [key, fallback] of Object.entries(group)) {
    const field = received[key] ?? null;
    if (field === null) continue;
    if (typeof fallback === 'number') group[key] = numberField(received, key, fallback);
    else if (typeof fallback === 'boolean') group[key] = booleanField(received, key);
    else group[key] = typeof fallback === 'string' ? textField(received, key) : field;
  }
  return group as unknown as GroupConfig;
}

/** The fields that `release` writes, in its order. */
export function groupConfigFields(group: GroupConfig, release: Release): Record<string, unknown> {
  const { attributes, consumeMessageOrderly, consumeTimeoutMinute, groupRetryPolicy, groupSysFlag, ...shared } = group;
  const { subscriptionDataSet, ...old } = shared;
  const added = { attributes, consumeMessageOrderly, consumeTimeoutMinute, groupRetryPolicy, groupSysFlag };
  const known: Record<string, unknown> = release === 'old' ? old : { ...old, ...added, subscriptionDataSet };
  const names = Object.keys(known).sort();
  return Object.fromEntries(names.filter((name) => known[name] !== null).map((name) => [name, known[name]]));
}
