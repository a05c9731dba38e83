import { RefusedError } from '../../client/refused.ts';
import { clusterBrokers } from '../cluster.ts';
import { cell } from '../columns.ts';
import type { AdminCommand, AdminContext } from '../command.ts';
import { switchOption } from '../options.ts';

/** topicList: 206; with -c also 106, and per topic 105 and 300. */
export const topicList: AdminCommand = {
  name: 'topicList',
  description: 'Fetch all topic list from name server.',
  javaClass: 'TopicListSubCommand',
  releases: ['old', 'new'],
  options: () => [switchOption('c', 'clusterModel', 'clusterModel')],
  async run(context) {
    const { operator, options, print } = context;
    if (options.has('c')) return listWithGroups(context);
    for (const topic of await operator.topicList()) print(`${topic}\n`);
  },
};

async function listWithGroups(context: AdminContext): Promise<void> {
  const { operator, print } = context;
  const clusterOf = new Map(
    (await clusterBrokers(context, null)).map((broker) => [broker.brokerName, broker.clusterName]),
  );
  print(`${cell('#Cluster Name', -20)}  ${cell('#Topic', -48)}  ${cell('#Consumer Group', -48)}\n`);
  for (const topic of await operator.topicList()) {
    if (topic.startsWith('%RETRY%') || topic.startsWith('%DLQ%')) continue;
    const { cluster, groups } = await whereAndWho(context, topic, clusterOf);
    for (const group of groups.length === 0 ? [''] : groups) {
      print(`${cell(cluster, -20)}  ${cell(topic, -64)}  ${cell(group, -64)}\n`);
    }
  }
}

async function whereAndWho(
  { operator }: AdminContext,
  topic: string,
  clusterOf: ReadonlyMap<string, string>,
): Promise<{ cluster: string; groups: readonly string[] }> {
  try {
    const route = await operator.topicRoute(topic);
    const set = route.brokerDatas[0];
    const address = set?.brokerAddrs.values().next().value;
    return {
      cluster: clusterOf.get(set?.brokerName ?? '') ?? '',
      groups: address === undefined ? [] : await operator.consumerGroupsOf(address, topic),
    };
  } catch (thrown) {
    // A topic without a route keeps its row, as in the real tool.
    if (thrown instanceof RefusedError) return { cluster: '', groups: [] };
    throw thrown;
  }
}
