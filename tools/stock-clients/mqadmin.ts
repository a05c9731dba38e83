import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { addressOf, type PlannedServer } from '../lab/plan-servers.ts';
import type { Trial } from '../lab/trial.ts';
import { ConditionFailure } from '../lab/until.ts';
import { hostsOf } from './hosts.ts';
import type { JavaClient } from './java-client.ts';
import { differences, type PairFacts, toolCommands } from './mqadmin-output.ts';

export interface ToolsOptions {
  /** One group of two in controller mode, after one switch, with both in the SyncStateSet and nothing written meanwhile. */
  readonly trial: Trial;
  /** The one that was master first. */
  readonly firstMaster: PlannedServer;
  readonly topic: PairFacts['topic'];
  readonly client: JavaClient;
  /** Takes what every command printed. */
  readonly folder: string;
}

const mainClass = 'org.apache.rocketmq.tools.command.MQAdminStartup';
/** A command computes for half a second and then takes several to shut its client down. */
const commandDeadlineMs = 45_000;

/**
 * Asks the stock mqadmin, one JVM for each command, all at once: they wait more than they compute. Its exit code says
 * nothing, so the text is judged. Returns what to print; throws `ConditionFailure` with the differences.
 */
export async function judgeTools(options: ToolsOptions): Promise<string> {
  const { trial, client, folder } = options;
  const { cluster } = trial;
  const commands = Object.entries(toolCommands(await factsOf(options)));
  const found = commands.map(async ([command, { args, prints }]) => {
    const namesrvs = cluster.addresses('namesrv').join(';');
    const run = {
      mainClass,
      args: [command, '-n', namesrvs, ...args],
      folder: path.join(folder, 'mqadmin', command),
      hosts: hostsOf(cluster),
    };
    const { stdout, stderr } = await client.output(run, commandDeadlineMs);
    writeFileSync(path.join(folder, `mqadmin-${command}.txt`), stdout);
    const wrong = differences(stdout, prints);
    return wrong.length === 0 ? [] : [`mqadmin ${command}: ${wrong.join('\n  ')}\n${stderr.slice(0, 2000)}`];
  });
  const wrong = (await Promise.all(found)).flat();
  if (wrong.length > 0) throw new ConditionFailure(wrong.join('\n'));
  return `mqadmin ${client.version}: ${commands.map(([command]) => command).join(', ')} print what is expected`;
}

async function factsOf({ trial, firstMaster, topic }: ToolsOptions): Promise<PairFacts> {
  const { cluster, group, views } = trial;
  const other = cluster.replicas(group).find((replica) => replica !== firstMaster)!;
  const controller = cluster.plan.servers.find(({ role }) => role === 'controller')!;
  const controllerAddress = addressOf(controller);
  const config = cluster.plan.processes.find(({ name }) => name === controller.process)!.config;
  // Ids were given in the order of starting.
  const replica = (server: PlannedServer) => ({ address: addressOf(server), controllerId: server.member!.index + 1 });
  const { epochList, maxOffset } = await views.operator.brokerEpoch(addressOf(other));
  const replicas = await views.operator.syncStateSet(controllerAddress, [group]);
  return {
    clusterName: String(
      cluster.plan.processes.find(({ name }) => name === firstMaster.process)!.config.brokerClusterName,
    ),
    group,
    master: replica(other),
    slave: replica(firstMaster),
    versionDesc: versionDescOf(firstMaster),
    topic,
    controllerGroup: String(config.controllerDLegerGroup),
    controllerAddress,
    syncStateSetEpoch: replicas.get(group)!.syncStateSetEpoch,
    switchOffset: epochList.at(-1)!.startOffset,
    maxOffset,
  };
}

/** `V5_3_3`: of the Apache release, or of the one that the reference takes after. */
function versionDescOf({ target }: PlannedServer): string {
  const version = /^apache:(.*)$/.exec(target.name)?.[1] ?? '5.3.3';
  return `V${version.replaceAll('.', '_')}`;
}
