import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { addressOf, type PlannedServer } from '../lab/plan-servers.ts';
import { Replicas } from '../lab/replicas.ts';
import type { Trial } from '../lab/trial.ts';
import { ConditionFailure } from '../lab/until.ts';
import { hostsOf } from './hosts.ts';
import { type JavaClient, prepareJavaClient } from './java-client.ts';
import { differences, type PairFacts, toolCommands } from './mqadmin-output.ts';

interface ToolsOptions {
  readonly trial: Trial;
  readonly client: JavaClient;
}

const version = '5.3.3';
const mainClass = 'org.apache.rocketmq.tools.command.MQAdminStartup';
/** A command computes for half a second and then takes several to shut its client down. */
const commandDeadlineMs = 45_000;
/** A tool gives up on its own requests after 3 s, which a busy machine can make it wait. */
const tries = 2;

/** The mqadmin of a release, asked about the group of a trial. */
export class StockTools {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /**
   * One JVM for each command, all at once: they wait more than they compute. Their exit codes say nothing, so the texts are
   * judged; they are in the evidence. The group: two in controller mode, both in the SyncStateSet; its traffic is stopped.
   * Throws `ConditionFailure` with the differences.
   */
  async tellHowThingsAre(): Promise<void> {
    const trial = this.#trial;
    const client = await prepareJavaClient(version);
    await trial.traffic.stop();
    const options = { trial, client };
    const commands = Object.keys(toolCommands(await factsOf(options)));
    let wrong = await ask(commands, options);
    for (let tried = 1; tried < tries && wrong.size > 0; tried++) wrong = await ask([...wrong.keys()], options);
    if (wrong.size > 0) throw new ConditionFailure([...wrong.values()].join('\n'));
    trial.options.observe('tools', true, `mqadmin ${version}: ${commands.join(', ')} print what is so`);
  }
}

/** The differences of each command that has some. */
async function ask(commands: readonly string[], options: ToolsOptions): Promise<Map<string, string>> {
  const { trial, client } = options;
  const folder = trial.options.evidenceFolder;
  const facts = await factsOf(options);
  const wrong = new Map<string, string>();
  const asked = commands.map(async (command) => {
    const known = toolCommands(facts)[command]!;
    const run = {
      mainClass,
      args: [command, '-n', trial.cluster.addresses('namesrv').join(';'), ...known.args],
      folder: path.join(folder, 'mqadmin', command),
      hosts: hostsOf(trial.cluster),
    };
    const { stdout, stderr } = await client.output(run, commandDeadlineMs);
    writeFileSync(path.join(folder, `mqadmin-${command}.txt`), stdout);
    const found = differences(stdout, known);
    if (found.length > 0) wrong.set(command, `mqadmin ${command}: ${found.join('\n  ')}\n${stderr.slice(0, 2000)}`);
  });
  await Promise.all(asked);
  return wrong;
}

async function factsOf({ trial }: ToolsOptions): Promise<PairFacts> {
  const { cluster, group, views } = trial;
  const master = await new Replicas(trial).master();
  const slave = cluster.replicas(group).find((replica) => replica !== master)!;
  const controller = cluster.plan.servers.find(({ role }) => role === 'controller')!;
  const configured = (server: PlannedServer, key: string) =>
    String(cluster.plan.processes.find(({ name }) => name === server.process)!.config[key]);
  // Ids were given in the order of starting.
  const replica = (server: PlannedServer) => ({ address: addressOf(server), controllerId: server.member!.index + 1 });
  const { epochList, maxOffset } = await views.operator.brokerEpoch(addressOf(master));
  const sets = await views.operator.syncStateSet(addressOf(controller), [group]);
  return {
    clusterName: configured(master, 'brokerClusterName'),
    group,
    master: replica(master),
    slave: replica(slave),
    // The reference takes after 5.3.3, and a target that does not say so is asked to be like it.
    version: master.target.apacheVersion ?? version,
    topic: { topicName: trial.traffic.topic, readQueueNums: 4, writeQueueNums: 4 },
    // That of the consumer of the lab.
    consumerGroups: ['CG_reader'],
    controllerGroup: configured(controller, 'controllerDLegerGroup'),
    controllerAddress: addressOf(controller),
    syncStateSetEpoch: sets.get(group)!.syncStateSetEpoch,
    epochs: epochList,
    maxOffset,
  };
}
