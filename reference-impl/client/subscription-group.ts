// SubscriptionGroupConfig as tools send it (code 200): JSON with keys in alphabetical order, absent ones left out.

/** What a retry waits between attempts, ms. Brokers take the type's own defaults for a policy without values. */
export interface GroupRetryPolicy {
  readonly type: 'CUSTOMIZED' | 'EXPONENTIAL';
  readonly customizedRetryPolicy?: { readonly next: readonly number[] };
  readonly exponentialRetryPolicy?: { readonly initial: number; readonly max: number; readonly multiplier: number };
}

export interface SubscriptionGroup {
  readonly groupName: string;
  readonly consumeEnable: boolean;
  readonly consumeFromMinEnable: boolean;
  readonly consumeBroadcastEnable: boolean;
  readonly retryQueueNums: number;
  readonly retryMaxTimes: number;
  readonly brokerId: number;
  readonly whichBrokerWhenConsumeSlowly: number;
  readonly notifyConsumerIdsChangedEnable: boolean;
  /** What new knows besides. */
  readonly added?: {
    readonly consumeMessageOrderly: boolean;
    readonly groupRetryPolicy: GroupRetryPolicy;
    readonly groupSysFlag: number;
    /** minutes */
    readonly consumeTimeoutMinute: number;
    readonly attributes: Readonly<Record<string, string>>;
  };
}

/** Body of UPDATE_AND_CREATE_SUBSCRIPTIONGROUP. */
export function subscriptionGroupJson({ added, ...shared }: SubscriptionGroup): string {
  return JSON.stringify(sorted({ ...shared, ...added }));
}

/** The same value, with the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, field]) => [key, sorted(field)]));
}
