import { addressOf } from '../lab/plan-servers.ts';
import { Replicas } from '../lab/replicas.ts';
import type { Trial } from '../lab/trial.ts';
import { until } from '../lab/until.ts';

/** The topic of the stock clients. */
export const stockTopic = { topicName: 'StockTopic', readQueueNums: 4, writeQueueNums: 4, perm: 6 } as const;

/**
 * Resolves when every NameServer has the route and, where a replica may become master, every replica the topic: a switch must
 * not find one without it.
 */
export async function createStockTopic(trial: Trial): Promise<void> {
  const { cluster, group, views, options } = trial;
  const heirs = options.topology.brokers[0]!.roles === 'fixed' ? [] : cluster.replicas(group);
  const { topicName } = stockTopic;
  const master = addressOf(await new Replicas(trial).master());
  await views.operator.createTopic(master, stockTopic);
  const look = async () => {
    for (const replica of heirs) await views.operator.topicStats(addressOf(replica), topicName);
    return await views.route(topicName);
  };
  const known = (routes: Awaited<ReturnType<typeof look>>) => routes.every((route) => route.master === master);
  await until('every server knows the topic', look, known, trial.within('online'));
}
