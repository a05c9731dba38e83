import { addressOf } from '../lab/plan-servers.ts';
import type { Profile } from '../lab/profile.ts';
import { Replicas } from '../lab/replicas.ts';
import type { Settings } from '../lab/settings-file.ts';
import type { Targets } from '../lab/targets.ts';
import { readTopology } from '../lab/topology.ts';
import { Trial } from '../lab/trial.ts';
import { until } from '../lab/until.ts';
import type { JavaClient } from './java-client.ts';
import { judgeTools } from './mqadmin.ts';
import { playStockTraffic } from './stock-traffic.ts';

/** One stock client against one cluster. */
export interface Round {
  readonly title: string;
  readonly topology: readonly string[];
  readonly brokerConfig: Settings;
  /** Kills the master halfway through the production. */
  readonly killsMaster: boolean;
  /** Asks the stock tools of the client's release about the cluster afterwards, with the killed master back. */
  readonly asksTools: boolean;
}

export interface RoundOptions {
  readonly client: JavaClient;
  readonly targets: Targets;
  readonly profile: Profile;
  /** Evidence of this round. */
  readonly folder: string;
  readonly print: (line: string) => void;
}

const topic = { topicName: 'StockTopic', readQueueNums: 4, writeQueueNums: 4, perm: 6 };

/** Plays a round. Throws `ConditionFailure` when a promise is broken. */
export async function playRound(round: Round, options: RoundOptions): Promise<void> {
  const { client, targets, profile, folder, print } = options;
  await using trial = await Trial.start({
    topology: readTopology(...round.topology),
    targets,
    profile,
    seed: 1,
    toxiproxyUrl: null,
    evidenceFolder: folder,
    config: { broker: round.brokerConfig },
    observe: () => undefined,
  });
  await trial.isOnline();
  const master = await new Replicas(trial).master();
  await createTopic(trial, addressOf(master));
  const process = trial.cluster.process(master.name);
  const kill = round.killsMaster ? () => process.kill() : null;
  print(await playStockTraffic({ trial, topic: topic.topicName, client, folder, kill }));
  if (round.asksTools) {
    await process.start();
    await trial.isOnline();
    print(await judgeTools({ trial, topic, client, folder }));
  }
  trial.cluster.assertNoUnexpectedExit();
}

/** Resolves when every NameServer has the route and every replica the topic: a switch must not find one without it. */
async function createTopic(trial: Trial, master: string): Promise<void> {
  const { cluster, group, views } = trial;
  await views.operator.createTopic(master, topic);
  const look = async () => {
    for (const replica of cluster.replicas(group)) await views.operator.topicStats(addressOf(replica), topic.topicName);
    return await views.route(topic.topicName);
  };
  const known = (routes: Awaited<ReturnType<typeof look>>) => routes.every((route) => route.master === master);
  await until('every server knows the topic', look, known, trial.within('online'));
}
