import type { Cluster } from '../lab/cluster.ts';
import { GroupViews } from '../lab/group-views.ts';
import { addressOf, type PlannedServer } from '../lab/plan-servers.ts';
import type { Profile } from '../lab/profile.ts';
import type { Settings } from '../lab/settings-file.ts';
import type { Targets } from '../lab/targets.ts';
import { readTopology } from '../lab/topology.ts';
import { Trial } from '../lab/trial.ts';
import { ConditionFailure, until } from '../lab/until.ts';
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
  /** Asks the stock tools of the client's release about the cluster afterwards, with every replica back. */
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

const group = 'broker-a';
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
  const { cluster } = trial;
  await using views = new GroupViews(cluster, group);
  await trial.isOnline();
  await createTopic(cluster, views, profile);
  const master = await masterOf(cluster, views);
  const kill = round.killsMaster ? () => cluster.process(master.name).kill() : null;
  print(await playStockTraffic({ cluster, views, topic: topic.topicName, client, folder, kill }));
  if (round.asksTools) {
    await cluster.process(master.name).start();
    await trial.isOnline();
    print(await judgeTools({ cluster, views, firstMaster: master, topic, client, folder }));
  }
  cluster.assertNoUnexpectedExit();
}

/** Resolves when every NameServer has the route and every replica the topic: a switch must not find one without it. */
async function createTopic(cluster: Cluster, views: GroupViews, profile: Profile): Promise<void> {
  const master = addressOf(await masterOf(cluster, views));
  await views.operator.createTopic(master, topic);
  const look = async () => {
    for (const replica of cluster.replicas(group)) await views.operator.topicStats(addressOf(replica), topic.topicName);
    return await views.route(topic.topicName);
  };
  const known = (routes: Awaited<ReturnType<typeof look>>) => routes.every((route) => route.master === master);
  await until('every server knows the topic', look, known, { deadlineMs: profile.deadlines.online });
}

async function masterOf(cluster: Cluster, views: GroupViews): Promise<PlannedServer> {
  const [view] = await views.clusterInfo();
  const server = cluster.replicas(group).find((replica) => addressOf(replica) === view?.master);
  if (!server) throw new ConditionFailure(`No replica of the group is master: the NameServer lists ${view?.master}.`);
  return server;
}
