import type { TopicList } from '../remoting/bodies/topic-list.ts';
import type { QueueData } from '../remoting/commands/get-routeinfo-by-topic.ts';
import { deleteQueueData, Perm, type RouteTable, setQueueData } from './route-table.ts';

/** Bits of `topicSysFlag`. */
const UNIT = 1;
const UNIT_SUB = 2;

export function allTopics(table: RouteTable): TopicList {
  return { brokerAddr: null, topicList: [...table.topicQueueTable.keys()] };
}

/** Topics with queues in any broker of the cluster; none for an unknown cluster. */
export function topicsByCluster(table: RouteTable, cluster: string): TopicList {
  const names = [...(table.clusterAddrTable.get(cluster) ?? [])];
  const topics = [...table.topicQueueTable].filter(([, queues]) => names.some((name) => queues.has(name)));
  return { brokerAddr: null, topicList: topics.map(([topic]) => topic) };
}

/** Names that brokers register as topics of their own: clusters and broker names, with the address of any one broker. */
export function systemTopics(table: RouteTable): TopicList {
  const topicList = [...table.clusterAddrTable].flatMap(([cluster, names]) => [cluster].concat([...names]));
  const set = [...table.brokerAddrTable.values()].find(({ brokerAddrs }) => brokerAddrs.size > 0);
  return { brokerAddr: set?.brokerAddrs.values().next().value ?? null, topicList };
}

/** Kinds of unit topics that 311, 312 and 313 ask for. */
export type UnitKind = 'unit' | 'unit-sub' | 'unit-sub but not unit';

/** Topics whose first queue entry has the flags. */
export function unitTopics(table: RouteTable, kind: UnitKind): TopicList {
  const topics = [...table.topicQueueTable].filter(([, queues]) => {
    const flag = queues.values().next().value?.topicSysFlag ?? 0;
    if (kind === 'unit') return (flag & UNIT) !== 0;
    return (flag & UNIT_SUB) !== 0 && (kind === 'unit-sub' || (flag & UNIT) === 0);
  });
  return { brokerAddr: null, topicList: topics.map(([topic]) => topic) };
}

/** Forgets a topic, or its queues in the brokers of one cluster. */
export function deleteTopic(table: RouteTable, topic: string, clusterName: string | null): void {
  if (clusterName === null || clusterName === '') table.topicQueueTable.delete(topic);
  else for (const name of table.clusterAddrTable.get(clusterName) ?? []) deleteQueueData(table, topic, name);
}

/** Takes queues of one topic over (217). A broker that is not registered ends it: the rest is ignored. */
export function registerTopic(table: RouteTable, topic: string, queueDatas: readonly QueueData[]): void {
  const isKnown = ({ brokerName }: QueueData) => table.brokerAddrTable.has(brokerName);
  const unknownAt = queueDatas.findIndex((data) => !isKnown(data));
  const isNewTopic = !table.topicQueueTable.has(topic);
  if (unknownAt >= 0 && isNewTopic) return;
  const taken = unknownAt < 0 ? queueDatas : queueDatas.slice(0, unknownAt);
  for (const data of taken) setQueueData(table, topic, data);
}

/** Takes the write bit from every topic of a broker (205), or sets read and write whatever was there (327). Counts them. */
export function changeWritePermission(table: RouteTable, brokerName: string, writable: boolean): number {
  let count = 0;
  for (const queues of table.topicQueueTable.values()) {
    const data = queues.get(brokerName);
    if (data === undefined) continue;
    queues.set(brokerName, { ...data, perm: writable ? Perm.READ | Perm.WRITE : data.perm & ~Perm.WRITE });
    count++;
  }
  return count;
}
