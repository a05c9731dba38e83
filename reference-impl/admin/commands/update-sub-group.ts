import type { SubscriptionGroup } from '../../client/subscription-group.ts';
import { clusterMasters } from '../cluster.ts';
import { type AdminCommand, type AdminContext, given, integer, optional } from '../command.ts';
import { longOption, option, type OptionSpec, requiredOption } from '../options.ts';
import { readRetryPolicy, subscriptionGroupText } from '../subscription-group-text.ts';

const retryPolicyHelp = `the json string of retry policy ( exp: ${[
  '{"type":"EXPONENTIAL","exponentialRetryPolicy":{"initial":5000,"max":7200000,"multiplier":2}}',
  '{"type":"CUSTOMIZED","customizedRetryPolicy":{"next":[1000,5000,10000]}}',
].join(' ')} )`;

/** updateSubGroup: 200 to one broker, or to every master of a cluster (106). */
export const updateSubGroup: AdminCommand = {
  name: 'updateSubGroup',
  description: 'Update or create subscription group.',
  javaClass: 'UpdateSubGroupSubCommand',
  releases: ['old', 'new'],
  anyOf: ['b', 'c'],
  notBuilt: ['attributes'],
  options: (release) => [
    option('b', 'brokerAddr', 'create subscription group to which broker'),
    option('c', 'clusterName', 'create subscription group to which cluster'),
    requiredOption('g', 'groupName', 'consumer group name'),
    option('s', 'consumeEnable', 'consume enable'),
    option('m', 'consumeFromMinEnable', 'from min offset'),
    option('d', 'consumeBroadcastEnable', 'broadcast'),
    ...(release === 'new' ? newOptions : []),
    option('q', 'retryQueueNums', 'retry queue nums'),
    option('r', 'retryMaxTimes', 'retry max times'),
    option('i', 'brokerId', 'consumer from which broker id'),
    option('w', 'whichBrokerWhenConsumeSlowly', 'which broker id when consume slowly'),
    option('a', 'notifyConsumerIdsChanged', 'notify consumerId changed'),
  ],
  async run(context) {
    const { operator, release, print, warn } = context;
    const group = groupOf(context);
    const create = async (address: string) => {
      await operator.createSubscriptionGroup(address, group);
      print(`create subscription group to ${address} success.\n`);
    };
    const address = optional(context, 'b');
    if (address !== null) await create(address);
    else for (const master of await clusterMasters(context, given(context, 'c'))) await create(master).catch(warn);
    print(subscriptionGroupText(group, release));
  },
};

const newOptions: readonly OptionSpec[] = [
  option('o', 'consumeMessageOrderly', 'consume message orderly'),
  option('p', 'groupRetryPolicy', retryPolicyHelp),
  longOption('attributes', 'attribute(+a=b,+c=d,-e)'),
];

/** Unlike a group that a broker makes by itself, it neither starts from the first offset nor broadcasts unless told to. */
function groupOf(context: AdminContext): SubscriptionGroup {
  const flag = (short: string, fallback: boolean) => (optional(context, short) ?? String(fallback)) === 'true';
  const number = (short: string, fallback: number) => integer(context, short, fallback);
  const shared = {
    groupName: given(context, 'g'),
    consumeEnable: flag('s', true),
    consumeFromMinEnable: flag('m', false),
    consumeBroadcastEnable: flag('d', false),
    retryQueueNums: number('q', 1),
    retryMaxTimes: number('r', 16),
    brokerId: number('i', 0),
    whichBrokerWhenConsumeSlowly: number('w', 1),
    notifyConsumerIdsChangedEnable: flag('a', true),
  };
  if (context.release === 'old') return shared;
  const added = {
    consumeMessageOrderly: flag('o', false),
    groupRetryPolicy: readRetryPolicy(optional(context, 'p')),
    groupSysFlag: 0,
    consumeTimeoutMinute: 15,
    attributes: {},
  };
  return { ...shared, added };
}
