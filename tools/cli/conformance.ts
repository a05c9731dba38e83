import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Command, Option } from 'commander';
import { execa } from 'execa';
import { labDefectNames } from '../lab/lab-defects.ts';
import { temporaryFolder } from '../lab/folders.ts';
import { readProfile } from '../lab/profile.ts';
import { reapOrphans } from '../lab/process-registry.ts';
import { type RunSettings, settingsToEnv } from '../lab/run-settings.ts';
import { SetupError } from '../lab/setup-error.ts';
import { knowsBrokersByAddress } from '../lab/support.ts';
import { absoluteTargets, parseTargets, type RoleTexts, type Targets } from '../lab/targets.ts';
import type { Target } from '../lab/targets/target.ts';
import { startToxiproxy } from '../lab/toxiproxy-server.ts';
import { startWatcher } from '../lab/watcher.ts';
import { compareVersions } from '../lab/version-range.ts';
import type { JudgedRelease } from '../report/deviations.ts';
import { withEvidence } from '../report/evidence.ts';
import { messagesFile, readScenarioResults } from '../report/messages.ts';
import { readRegressions, renderRegressions, withRegressionTags } from '../report/regressions.ts';
import { parseRequirements } from '../report/requirements.ts';
import { byPlace } from '../report/scenario-names.ts';
import { reportSchema, type RunReport, type ScenarioResult, type Shard } from '../report/types.ts';
import { stockClientNames, stockClientVersions } from '../stock-clients/stock-client.ts';
import { positiveInteger, shardOf } from './arguments.ts';
import { finish, resultsFolder, runFolderOf } from './finish.ts';
import { judgedReleases, judgeOf } from './judge-results.ts';
import { interruptedCode, interruption } from '../lab/interrupts.ts';
import { projectRoot } from './run.ts';
import { assertSelects, pathsOfShard, selectScenarios } from './select-scenarios.ts';

interface Options {
  readonly target: string;
  readonly guest?: string;
  readonly namesrvTarget?: string;
  readonly controllerTarget?: string;
  readonly brokerTarget?: string;
  readonly clientTarget?: string;
  readonly profile?: string;
  readonly tags?: string;
  readonly seed: number;
  readonly parallel: number;
  readonly name?: string;
  readonly labDefect?: string;
  readonly json?: true;
  readonly shard?: Shard;
}

/** Runs without a name of their own that are kept in `test-results`; older ones go, so that a laptop does not fill up. */
const runsKept = 20;
const ownName = /^\d{4}-\d\d-\d\dT[\d-]+Z-/;
const clientFeature = 'features/compatibility/table.feature';
const interrupted = interruption();

const program = new Command('conformance')
  .description('Judges an implementation of RocketMQ controller mode by the documented behaviour.')
  .argument('[features...]', 'a folder such as features/compatibility, a file, or file:line as a failure prints it', [
    'features',
  ])
  .option(
    '--target <list>',
    'reference, apache:<new>[,apache:<old>], dist:<folder> or a target file such as my-target.yaml',
    'reference',
  )
  .option('--namesrv-target <list>', 'NameServers, and controllers in them, of other targets than the rest')
  .option('--controller-target <list>', 'likewise, controllers apart')
  .option('--broker-target <list>', 'likewise, brokers')
  .addOption(
    new Option(
      '--client-target <client>',
      `a stock client that takes part in ${clientFeature}, beside those of the lab`,
    ).choices(stockClientNames),
  )
  .option('--guest <target>', 'run the mixed features too, where it stands beside the target')
  .option('--profile <name>', 'compressed, tuned or documented (default: by target)')
  .option('--tags <expression>', 'Cucumber tag expression, such as "@CTL-CMP-07"')
  .option('--seed <number>', 'seed of traffic and faults', positiveInteger, 1)
  .option('--parallel <workers>', 'scenarios at a time', positiveInteger, availableParallelism() + 1)
  .option('--shard <i/n>', 'one of n parts of the scenarios, as `npm run report -- merge` joins them', shardOf)
  .option(
    '--name <run>',
    'folder of the run in test-results (default: time and target; the newest 20 of these are kept)',
  )
  .option('--json', 'print report.json in the end, all else on standard error: npm run -s conformance -- --json')
  .addOption(
    new Option('--lab-defect <name>', 'break the reference on purpose: the features must notice').choices([
      ...labDefectNames,
    ]),
  )
  .addHelpText(
    'after',
    '\nExit codes: 0 all pass, 1 a requirement failed, 2 something was inconclusive, 3 usage or set-up.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3));

/** The tags asked for, without what this run has no processes for: a guest of that release, brokers known by their address. */
function tagsOf({ tags }: Options, targets: Targets): string {
  const { guest } = targets;
  const mixed = guest?.release === 'old' ? 'not @mixed or @old-guest' : guest ? 'not @old-guest' : 'not @mixed';
  const expressions = [
    tags && withRegressionTags(tags, readRegressions()),
    mixed,
    knowsBrokersByAddress(targets) ? undefined : 'not @identity-by-address',
    isApache(targets.new) ? undefined : 'not @from-apache',
  ].filter((tag) => tag !== undefined);
  return expressions.map((tag) => `(${tag})`).join(' and ');
}

/** Throws `SetupError` when nothing is selected, or nothing in which a client or a guest that is asked for takes part. */
async function assertSense({ clientTarget, guest }: Options, features: readonly string[], tags: string): Promise<void> {
  await assertSelects(features, tags);
  if (clientTarget !== undefined && !(await selectScenarios(features, tags)).some(({ uri }) => uri === clientFeature))
    throw new SetupError(
      `--client-target ${clientTarget} takes part in ${clientFeature} only, and nothing of it is selected.`,
    );
  if (guest !== undefined && (await selectScenarios(features, `(${tags}) and @mixed`)).length === 0)
    throw new SetupError(`--guest ${guest} takes part in features/mixed only, and nothing of it is selected.`);
}

/** Plays the features in a process of their own; the message stream lands in the run folder. */
async function runCucumber(
  options: Options,
  features: readonly string[],
  settings: RunSettings,
  tags: string,
): Promise<ScenarioResult[]> {
  const paths = options.shard ? await pathsOfShard(features, tags, options.shard, settings.profile) : features;
  if (options.shard && paths.length === 0) return [];
  const args = [
    '--disable-warning=ExperimentalWarning',
    path.join(projectRoot, 'node_modules/@cucumber/cucumber/bin/cucumber.js'),
    ...paths,
    '--import',
    'steps/**/*.ts',
    '--format',
    './tools/cli/run-formatter.ts',
  ];
  args.push('--tags', tags);
  if (options.parallel > 1) args.push('--parallel', String(options.parallel));
  const runner = execa(process.execPath, args, {
    cwd: projectRoot,
    env: settingsToEnv(settings),
    stdio: ['ignore', options.json ? 2 : 'inherit', 'inherit'],
    reject: false,
    cancelSignal: interrupted,
  });
  const { exitCode, signal } = await runner;
  // A runner that was stopped leaves the processes of its scenarios.
  await reapOrphans();
  if (exitCode !== 0 && exitCode !== 1)
    throw new Error(`The feature runner ended with ${signal ?? exitCode}; see its output above.`);
  const results = await readScenarioResults(path.join(settings.runFolder, messagesFile));
  // Something is selected, or this run had not begun.
  if (results.length === 0)
    throw new Error('The feature runner broke down before its first scenario; see its output above.');
  return results;
}

function rolesOf({ namesrvTarget, controllerTarget, brokerTarget }: Options): RoleTexts {
  const named = { namesrv: namesrvTarget, controller: controllerTarget, broker: brokerTarget };
  const given = Object.entries(named).flatMap(([role, list]) => (list === undefined ? [] : [[role, list] as const]));
  return Object.fromEntries(given.map(([role, list]) => [role, absoluteTargets(list)]));
}

/** Controllers, and what went wrong with them, came with 5.0.0. */
function newOnes(judged: readonly JudgedRelease[]): JudgedRelease[] {
  return judged.filter(({ version }) => compareVersions(version, '5.0.0') >= 0);
}

function requirementText(): (id: string) => string {
  const families = parseRequirements(readFileSync(path.join(projectRoot, 'matrix/requirements.yaml'), 'utf8'));
  const all = families.flatMap(({ requirements }) => requirements);
  return (id) => all.find((requirement) => requirement.id === id)?.text ?? '';
}

/** Upgrades from releases that the reference does not play need others of that family to go to. */
function isApache({ name }: Target): boolean {
  return name.startsWith('apache:');
}

function pruneRuns(): void {
  const folders = readdirSync(resultsFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const runs = folders.filter(({ name }) => ownName.test(name)).map(({ name }) => path.join(resultsFolder, name));
  const newestFirst = runs.map((run) => ({ run, atMs: statSync(run).mtimeMs })).sort((a, b) => b.atMs - a.atMs);
  for (const { run } of newestFirst.slice(runsKept)) rmSync(run, { recursive: true, force: true });
}

async function conformance(options: Options, features: readonly string[]): Promise<number> {
  const startedMs = Date.now();
  const roleTexts = rolesOf(options);
  const targets = parseTargets(options.target, options.guest, roleTexts);
  const profile = options.profile ?? targets.defaultProfile;
  const client = options.clientTarget ?? null;
  readProfile(profile);
  const tags = tagsOf(options, targets);
  await assertSense(options, features, tags);
  const judge = judgeOf(targets);
  if (options.labDefect !== undefined && !targets.all.some(({ name }) => name.startsWith('reference')))
    throw new SetupError(`--lab-defect breaks the reference, and ${options.target} is judged.`);
  const run =
    options.name ??
    `${new Date(startedMs).toISOString().replaceAll(/[:.]/g, '-')}-${options.target.replaceAll(/[^\w.-]+/g, '_')}`;
  const runFolder = runFolderOf(run);
  // A named run starts anew: results of the former one must not be taken for its own.
  rmSync(runFolder, { recursive: true, force: true });
  mkdirSync(runFolder, { recursive: true });
  await reapOrphans();
  // Homes and stores of all that this run starts: whoever ends it, the watcher removes them.
  const scratch = await temporaryFolder();
  process.env.TMPDIR = scratch.path;
  await using _watcher = startWatcher([scratch.path]);
  await targets.prepare();
  await using toxiproxy = await startToxiproxy({ runFolder });
  if (toxiproxy.missing) console.error(`Links cannot be cut: ${toxiproxy.missing}`);
  const settings: RunSettings = {
    target: absoluteTargets(options.target),
    guest: options.guest === undefined ? null : absoluteTargets(options.guest),
    roles: roleTexts,
    client,
    profile,
    seed: options.seed,
    runFolder,
    toxiproxyUrl: toxiproxy.url,
    labDefect: options.labDefect ?? null,
  };
  writeFileSync(path.join(runFolder, 'settings.json'), `${JSON.stringify(settings, null, 1)}\n`);
  const results = await runCucumber(options, features, settings, tags);
  const report: RunReport = {
    schema: reportSchema,
    run,
    target: options.target,
    guest: settings.guest,
    roles: { ...roleTexts, ...(client === null ? {} : { client }) },
    ...(options.labDefect === undefined ? {} : { labDefect: options.labDefect }),
    profile: settings.profile,
    seed: options.seed,
    selection: { features, tags: options.tags ?? null },
    shard: options.shard ?? null,
    startedMs,
    durationMs: Date.now() - startedMs,
    versions: { node: process.version, ...targets.versions, ...stockClientVersions(client) },
    scenarios: judge(results)
      .map((result) => withEvidence(result, runFolder))
      .sort(byPlace),
  };
  const table = options.tags?.includes('@regression')
    ? renderRegressions(report.scenarios, readRegressions(), newOnes(judgedReleases(targets)), requirementText())
    : null;
  const code = finish(report, runFolder, { table, print: options.json ? console.error : console.log });
  if (options.json) console.log(JSON.stringify(report));
  pruneRuns();
  return code;
}

program.action(async (features: string[], options: Options) => {
  try {
    process.exitCode = await conformance(options, features);
  } catch (thrown) {
    if (interrupted.aborted) {
      console.error(`Interrupted (${interrupted.reason}): everything that was started has ended.`);
      process.exitCode = interruptedCode(interrupted);
      return;
    }
    const setUp = thrown instanceof SetupError;
    console.error(setUp ? thrown.message : thrown);
    process.exitCode = setUp ? 3 : 2;
  }
});
await program.parseAsync();
