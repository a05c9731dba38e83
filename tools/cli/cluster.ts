import { styleText } from 'node:util';
import { Command } from 'commander';
import { interruptedCode, interruption } from '../lab/interrupts.ts';
import { Inconclusive } from '../lab/inconclusive.ts';
import { readProfile } from '../lab/profile.ts';
import { SetupError } from '../lab/setup-error.ts';
import { endAll } from '../lab/standing/life.ts';
import { readStanding, removeStandingFolder, type StandingCluster, standingFolder } from '../lab/standing/state.ts';
import { type GroupStatus, groupsOf, isComplete, serversOf, type ServerStatus } from '../lab/standing/status.ts';
import { standUp } from '../lab/standing/up.ts';
import { parseTargets } from '../lab/targets.ts';
import { Unsupported } from '../lab/unsupported.ts';
import { commandsToTry } from './commands-to-try.ts';

interface UpOptions {
  readonly target: string;
  readonly guest?: string;
  readonly profile?: string;
}

const program = new Command('cluster')
  .description('A cluster for people, on loopback, that goes on until it is taken down. One at a time.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3));

program
  .command('up <topology...>')
  .description('Starts it: a whole topology such as pair, or its parts; `npm run list -- topologies` names all.')
  .option('--target <list>', 'reference, apache:<new>[,apache:<old>], dist:<folder> or a target file', 'reference')
  .option('--guest <target>', 'who takes the places of a guest, in a topology that has some')
  .option('--profile <name>', 'compressed, tuned or documented timings (default: by target)')
  .action((topology: string[], options: UpOptions) => attempt(() => up(topology, options)));

program
  .command('status')
  .description('Which processes live and answer; who is master of each group, and who is in its SyncStateSet.')
  .option('--json', 'as JSON: npm run -s cluster -- status --json')
  .addHelpText('after', '\nExit codes: 0 everything is as it should be, 1 something is not, or no cluster is up.')
  .action(({ json }: { json?: true }) => attempt(() => status(json ?? false)));

program
  .command('down')
  .description('Ends its processes, and removes their logs and data.')
  .action(() => attempt(down));

async function up(topology: readonly string[], options: UpOptions): Promise<number> {
  const interrupted = interruption();
  const targets = parseTargets(options.target, options.guest ?? null);
  const profile = readProfile(options.profile ?? targets.defaultProfile);
  await targets.prepare();
  try {
    const cluster = await standUp({
      topology,
      target: options.target,
      targets,
      profile,
      interrupted,
      say: console.log,
    });
    console.log(`\n${renderStatus(await serversOf(cluster), await groupsOf(cluster))}`);
    console.log(`\n${commandsToTry(cluster).join('\n')}`);
    console.log(`\nLogs, configuration and data: ${standingFolder()}`);
    return 0;
  } catch (thrown) {
    if (!interrupted.aborted) throw thrown;
    console.error(`Interrupted (${String(interrupted.reason)}): everything that was started has ended.`);
    return interruptedCode(interrupted);
  }
}

async function status(json: boolean): Promise<number> {
  const cluster = readStanding();
  const servers = cluster === null ? [] : await serversOf(cluster);
  const groups = cluster === null ? [] : await groupsOf(cluster);
  if (json) console.log(JSON.stringify({ cluster, servers, groups }, null, 1));
  else if (cluster === null) console.log('No cluster is up: `npm run cluster -- up pair` starts one.');
  else console.log(`${describe(cluster)}\n\n${renderStatus(servers, groups)}`);
  const whole = servers.length > 0 && servers.every(({ ready }) => ready) && groups.every(isComplete);
  return whole ? 0 : 1;
}

async function down(): Promise<number> {
  const cluster = readStanding();
  if (cluster === null) {
    console.log('No cluster is up.');
    return 0;
  }
  const killed = await endAll(cluster.processes, cluster.stopMs);
  removeStandingFolder();
  for (const { name } of killed) console.log(`${name} did not end when asked to, and was killed`);
  console.log(`Down: ${cluster.processes.map(({ name }) => name).join(', ') || 'it had no process'}.`);
  return 0;
}

function describe({ topology, target, profile, since }: StandingCluster): string {
  return `${topology.join(' ')} on ${target}, profile ${profile}, up since ${since.slice(0, 19).replace('T', ' ')} UTC`;
}

/** Colours on a terminal only. */
function renderStatus(servers: readonly ServerStatus[], groups: readonly GroupStatus[]): string {
  const width = Math.max(4, ...servers.map(({ name }) => name.length)) + 2;
  const word = ({ alive, ready }: ServerStatus) =>
    ready ? styleText('green', 'ready') : styleText('red', alive ? 'alive, no answer' : 'dead');
  const lines = servers.map(
    (server) =>
      `${server.name.padEnd(width)}${server.role.padEnd(12)}${server.address.padEnd(18)}pid ${String(server.pid).padEnd(9)}${word(server)}`,
  );
  return [...lines, ...groups.map(renderGroup)].join('\n');
}

function renderGroup({ group, master, slaves, syncStateSet, masterEpoch, elected }: GroupStatus): string {
  const listed = `group ${group}: master ${master ?? 'none'}, slaves ${slaves.join(' ') || 'none'}`;
  if (!elected) return listed;
  return `${listed}, SyncStateSet ${syncStateSet?.join(' ') ?? 'unknown'}, epoch ${masterEpoch ?? 'unknown'}`;
}

async function attempt(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (thrown) {
    const usage = [SetupError, Unsupported, Inconclusive].some((kind) => thrown instanceof kind);
    console.error(thrown instanceof Error ? thrown.message : thrown);
    process.exitCode = usage ? 3 : 2;
  }
}

await program.parseAsync();
