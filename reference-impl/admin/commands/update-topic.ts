import type { TopicConfig } from '../../client/broker-calls.ts';
import { SwitchlabError } from '../../base/errors.ts';
import type { Release } from '../../base/release.ts';
import { clusterBrokers, clusterMasters } from '../cluster.ts';
import { type AdminCommand, type AdminContext, given, integer, optional } from '../command.ts';
import { option, requiredOption } from '../options.ts';

/** updateTopic: 17 to one broker, or to every master of a cluster (106), and with -o true 100 to every NameServer. */
export const updateTopic: AdminCommand = {
  name: 'updateTopic',
  description: 'Update or create topic.',
  javaClass: 'UpdateTopicSubCommand',
  releases: ['old', 'new'],
  options: (release) => [
    { ...option('b', 'brokerAddr', 'create topic to which broker'), group: 'where' },
    { ...option('c', 'clusterName', 'create topic to which cluster'), group: 'where' },
    requiredOption('t', 'topic', 'topic name'),
    option('r', 'readQueueNums', 'set read queue nums'),
    option('w', 'writeQueueNums', 'set write queue nums'),
    option('p', 'perm', "set topic's permission(2|4|6), intro[2:W 4:R; 6:RW]"),
    option('o', 'order', "set topic's order(true|false)"),
    option('u', 'unit', 'is unit topic (true|false)'),
    option('s', 'hasUnitSub', 'has unit sub (true|false)'),
    ...(release === 'new' ? [option('a', 'attributes', 'attribute(+a=b,+c=d,-e)')] : []),
  ],
  async run(context) {
    const { operator, release, print } = context;
    const topic = topicOf(context);
    const address = optional(context, 'b');
    if (topic.order && address !== null)
      throw new SwitchlabError('NOT_BUILT', 'mqadmin updateTopic takes no -o true with -b here: name a cluster by -c.');
    const masters = address === null ? await clusterMasters(context, given(context, 'c')) : [address];
    for (const master of masters) {
      await operator.createTopic(master, topic);
      print(`create topic to ${master} success.\n`);
    }
    if (topic.order) await setOrder(context, topic);
    print(`${configText(topic, release)}${release === 'new' ? '\n' : ''}`);
  },
};

/** Tells every NameServer how many queues of the topic each broker of the cluster has. */
async function setOrder(context: AdminContext, { topicName, writeQueueNums, order }: TopicConfig): Promise<void> {
  const { operator, namesrvAddrs, print } = context;
  const names = new Set((await clusterBrokers(context, given(context, 'c'))).map(({ brokerName }) => brokerName));
  const orderConf = Array.from(names, (name) => `${name}:${writeQueueNums}`).join(';');
  for (const namesrv of namesrvAddrs) await operator.putKvConfig(namesrv, 'ORDER_TOPIC_CONFIG', topicName, orderConf);
  print(`set cluster orderConf. isOrder=${order}, orderConf=[${orderConf}]\n`);
}

function topicOf(context: AdminContext): TopicConfig {
  const flag = (short: string) => optional(context, short)?.toLowerCase() === 'true';
  const readQueueNums = integer(context, 'r', 8);
  return {
    topicName: given(context, 't'),
    readQueueNums,
    writeQueueNums: integer(context, 'w', 8),
    perm: integer(context, 'p', 6),
    order: flag('o'),
    topicSysFlag: (flag('u') ? 1 : 0) | (flag('s') ? 2 : 0),
    attributes: context.release === 'new' ? (optional(context, 'a') ?? '') : undefined,
  };
}

/** `TopicConfig.toString`. */
function configText(topic: TopicConfig, release: Release): string {
  const perm = `${topic.perm & 4 ? 'R' : '-'}${topic.perm & 2 ? 'W' : '-'}${topic.perm & 1 ? 'X' : '-'}`;
  const attributes = release === 'new' ? `, attributes={${(topic.attributes ?? '').split(',').join(', ')}}` : '';
  const queues = `readQueueNums=${topic.readQueueNums}, writeQueueNums=${topic.writeQueueNums}`;
  const rest = `topicFilterType=SINGLE_TAG, topicSysFlag=${topic.topicSysFlag ?? 0}, order=${topic.order ?? false}`;
  return `TopicConfig [topicName=${topic.topicName}, ${queues}, perm=${perm}, ${rest}${attributes}]`;
}
