import { clusterAddresses, clusterMasters } from './cluster.ts';
import type { AdminContext } from './command.ts';

/** Deletes a topic from the masters of one cluster, then from the NameServers, and tells. */
export async function deleteTopicOfCluster(context: AdminContext, topic: string, clusterName: string): Promise<void> {
  const { operator, namesrvAddrs, print } = context;
  for (const master of await clusterMasters(context, clusterName)) await operator.deleteTopic(master, topic);
  print(`delete topic [${topic}] from cluster [${clusterName}] success.\n`);
  for (const namesrv of namesrvAddrs) await operator.deleteTopicInNamesrv(namesrv, topic, clusterName);
  print(`delete topic [${topic}] from NameServer success.\n`);
}

/** Deletes a topic from every broker of one cluster, from the NameServers whatever the cluster, and its order; tells nothing. */
export async function eraseTopic(context: AdminContext, topic: string, clusterName: string): Promise<void> {
  const { operator, namesrvAddrs } = context;
  for (const broker of await clusterAddresses(context, clusterName)) await operator.deleteTopic(broker, topic);
  for (const namesrv of namesrvAddrs) await operator.deleteTopicInNamesrv(namesrv, topic, null);
  for (const namesrv of namesrvAddrs) await operator.deleteKvConfig(namesrv, 'ORDER_TOPIC_CONFIG', topic);
}
