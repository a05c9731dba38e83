import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { cacheFolder } from '../lab/folders.ts';
import { interruptedCode, interruption } from '../lab/interrupts.ts';
import { readProfile } from '../lab/profile.ts';
import { SetupError } from '../lab/setup-error.ts';
import { absoluteTargets } from '../lab/targets.ts';
import { lineUpOf, reportOf } from '../matrix/assemble.ts';
import { CellCache, copyEvidence } from '../matrix/cache.ts';
import { hashOfJudge, hashOfSources } from '../matrix/content-hash.ts';
import { lineUpsOf, referenceFor } from '../matrix/line-up.ts';
import { type Matrix, matrixSchema } from '../matrix/result.ts';
import { startingPoint, uncoveredBy } from '../matrix/starting-point.ts';
import { exitCodeOf } from '../matrix/summary.ts';
import { renderText } from '../matrix/text.ts';
import { type PlannedLineUp, planWork } from '../matrix/work.ts';
import { tellGitHubOfMatrix, writeLineUpReport, writeMatrix } from '../matrix/write.ts';
import { readCompatibilityTable } from '../report/compatibility.ts';
import { readDurations, timeEach } from '../report/shards.ts';
import type { Shard } from '../report/types.ts';
import { stockClientNames } from '../stock-clients/stock-client.ts';
import { durationOf, positiveInteger, shardOf } from './arguments.ts';
import { runFolderOf } from './finish.ts';
import { playLineUp } from './play-line-up.ts';
import { selectScenarios } from './select-scenarios.ts';

interface Options {
  readonly old: readonly string[];
  readonly new: readonly string[];
  readonly mixed: boolean;
  /** False: none. */
  readonly clients: readonly string[] | false;
  readonly budget?: number;
  readonly cache: boolean;
  readonly shard?: Shard;
  readonly profile?: string;
  readonly seed: number;
  readonly parallel: number;
  readonly name?: string;
  readonly json?: true;
}

const feature = 'features/compatibility/table.feature';
/** Of a run, for each of its cells: it prepares targets, and starts a runner and a Toxiproxy of its own. */
const setUpSeconds = 1;
const table = readCompatibilityTable();
const interrupted = interruption();
const clientsOf = (list: string) => {
  const names = list.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !stockClientNames.includes(name));
  if (unknown === undefined) return [...new Set(names)];
  throw new InvalidArgumentError(`"${unknown}" is none of ${stockClientNames.join(', ')}`);
};
const listOf = (list: string) => absoluteTargets(list).split(',');

const program = new Command('matrix')
  .description('Plays every cell of the compatibility table with every pair of an old and a new target.')
  .option('--old <list>', 'targets of the old release, such as apache:4.9.7', listOf, ['reference:old'])
  .option('--new <list>', 'targets of the new release, such as apache:5.3.3,apache:5.5.0', listOf, ['reference:new'])
  .option('--no-mixed', 'without brokers of one implementation under NameServers and controllers of another')
  .option('--clients <list>', 'stock clients that each take part in a table of their own', clientsOf, stockClientNames)
  .option('--no-clients', "with the lab's own clients only")
  .option('--budget <time>', 'at most so long, such as 10m: what shows most is played, the rest is listed', durationOf)
  .option('--no-cache', 'play again what an earlier run has played with the same targets, features and lab')
  .option('--shard <i/n>', 'one of n parts of the cells, as `npm run report -- merge` joins them', shardOf)
  .option('--profile <name>', 'compressed, tuned or documented (default: by target)')
  .option('--seed <number>', 'seed of traffic and faults', positiveInteger, 1)
  .option('--parallel <workers>', 'cells at a time', positiveInteger, 2)
  .option('--name <run>', 'folder of the run in test-results (default: by time)')
  .option('--json', 'print matrix.json, and nothing else: npm run -s matrix -- --json')
  .addHelpText(
    'after',
    '\nA run that was interrupted goes on when it is started again: what it has played is in the cache.\nExit codes: 0 nothing differs, 1 a cell differs, 2 something was inconclusive, 3 usage, or a line-up could not start.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3));

/** Seconds that a cell takes with the timings of a profile. */
async function timings(parallel: number): Promise<(requirement: string, profile: string) => number> {
  const scenarios = await Promise.all(
    table.cells.map(async ({ requirement }) => {
      const [scenario] = await selectScenarios([feature], `@${requirement}`);
      if (scenario === undefined) throw new SetupError(`${feature} has no scenario of ${requirement}.`);
      return { ...scenario, requirement };
    }),
  );
  return (requirement, profile) => {
    const timed = timeEach(scenarios, readDurations(profile));
    return setUpSeconds + timed.find(({ scenario }) => scenario.requirement === requirement)!.seconds / parallel;
  };
}

/** Plays what is to be played of every line-up, and writes after each what the matrix knows by then. */
async function matrix(options: Options): Promise<Matrix> {
  const startedMs = Date.now();
  const { seed, parallel, profile = null, shard = null, budget = null } = options;
  const run = options.name ?? `matrix-${new Date(startedMs).toISOString().replaceAll(/[:.]/g, '-')}`;
  const folder = runFolderOf(run);
  if (profile !== null) readProfile(profile);
  const secondsOf = await timings(parallel);
  const judge = hashOfJudge();
  const sources = hashOfSources();
  const lineUps = lineUpsOf({
    olds: options.old,
    news: options.new,
    mixed: options.mixed,
    clients: options.clients || [],
  });
  const planned = lineUps.map((one) => planWork(one, { cells: table.cells, profile, seed, judge, secondsOf }));
  const cache = new CellCache(await cacheFolder('matrix'));
  const find = (key: string) => (options.cache ? cache.find(key) : null);
  const start = startingPoint(planned, find, { shard, budget });
  const progress = new Map(start.progress);
  const timeIsUp = budget === null ? new AbortController().signal : AbortSignal.timeout(budget * 1000);
  const stop = AbortSignal.any([interrupted, timeIsUp]);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });

  const refusals = new Map<string, string>();
  for (const [i, lineUp] of planned.entries()) {
    const todo = lineUp.work.filter(({ key }) => start.todo.has(key) && !progress.has(key));
    if (!options.json) console.log(`[${i + 1}/${planned.length}] ${lineUp.name}: ${announce(lineUp, todo)}`);
    if (todo.length === 0 || stop.aborted) continue;
    const requirements = todo.map(({ cell }) => cell.requirement);
    const quiet = options.json ?? false;
    const play = { run: `${run}/${folderOf(lineUp, i)}`, feature, requirements, seed, parallel, stop, quiet };
    const results = await playLineUp(lineUp, { ...play, profile: lineUp.profile }).catch((thrown: unknown) => {
      if (!(thrown instanceof SetupError)) throw thrown;
      // The others can still be played, and what they showed is not lost.
      console.error(thrown.message);
      for (const { key } of todo) refusals.set(key, thrown.message);
      return [];
    });
    const isAsPlanned = hashOfSources() === sources;
    if (!isAsPlanned) console.error(`${lineUp.name}: sources changed meanwhile, so it is not kept for later runs.`);
    for (const { key, cell } of todo) {
      const result = results.find((one) => one.requirements.includes(cell.requirement));
      // Its turn may never have come.
      if (result === undefined || result.steps.length === 0) continue;
      const played = { result, folder: path.join(folder, folderOf(lineUp, i)) };
      progress.set(key, { source: 'played', played });
      if (isAsPlanned) cache.keep(key, played);
    }
    write([lineUp]);
  }
  cache.prune();
  const missing = [...start.todo].filter((key) => !progress.has(key));
  for (const key of missing) {
    const reason = refusals.get(key);
    if (reason !== undefined) progress.set(key, { source: 'not startable', played: null, reason });
    // The recorded durations are those of another machine.
    else if (timeIsUp.aborted) progress.set(key, { source: 'left out', played: null });
  }
  return write(planned);

  /** The matrix as far as it is known, in its folder; with the reports and all evidence of those line-ups. */
  function write(finished: readonly PlannedLineUp[]): Matrix {
    const reports = planned.map((lineUp, i) =>
      reportOf(lineUp, progress, { run: `${run}/${folderOf(lineUp, i)}`, seed, feature }),
    );
    const referenceOf = (lineUp: PlannedLineUp) => reports[planned.indexOf(referenceFor(planned, lineUp))]!;
    for (const lineUp of finished) {
      const i = planned.indexOf(lineUp);
      const own = path.join(folder, folderOf(lineUp, i));
      for (const { key } of lineUp.work) copyEvidence(progress.get(key)?.played ?? null, own);
      writeLineUpReport(reports[i]!, referenceOf(lineUp), own);
    }
    const filled: Matrix = {
      schema: matrixSchema,
      run,
      seed,
      judge,
      startedMs,
      durationMs: Date.now() - startedMs,
      shard,
      budget: budget === null ? null : { seconds: budget, uncovered: uncoveredBy(progress, planned) },
      lineUps: planned.map((lineUp, i) =>
        lineUpOf(lineUp, progress, reports[i]!, referenceOf(lineUp), folderOf(lineUp, i)),
      ),
    };
    writeMatrix(filled, folder);
    return filled;
  }

  function announce({ work }: PlannedLineUp, todo: PlannedLineUp['work']): string {
    const seconds = Math.ceil(todo.reduce((sum, one) => sum + one.seconds, 0));
    const known = work.filter(({ key }) => progress.get(key)?.source === 'cache').map(({ cell }) => cell.requirement);
    const shared = work.filter(({ key }) => progress.get(key)?.source === 'played').map(({ cell }) => cell.requirement);
    const parts = [
      todo.length === 0 ? '' : `${todo.length} to play, about ${seconds} s`,
      known.length === 0 ? '' : `${known.length} from the cache (${known.join(' ')})`,
      shared.length === 0 ? '' : `${shared.length} as above (${shared.join(' ')})`,
    ];
    return parts.filter((part) => part !== '').join('; ') || 'nothing to play';
  }
}

function folderOf({ name }: PlannedLineUp, index: number): string {
  return `${index + 1}-${name.replaceAll(/[^\w.]+/g, '-')}`;
}

program.action(async (options: Options) => {
  try {
    const filled = await matrix(options);
    const page = path.relative(process.cwd(), path.join(runFolderOf(filled.run), 'matrix.html'));
    tellGitHubOfMatrix(filled, process.env);
    console.log(options.json ? JSON.stringify(filled, null, 1) : `\n${renderText(filled, table)}\nmatrix: ${page}`);
    process.exitCode = interrupted.aborted ? interruptedCode(interrupted) : exitCodeOf(filled);
    if (interrupted.aborted) console.error(`Interrupted (${interrupted.reason}): the same command goes on from here.`);
  } catch (thrown) {
    const setUp = thrown instanceof SetupError;
    console.error(setUp ? thrown.message : thrown);
    process.exitCode = setUp ? 3 : 2;
  }
});
await program.parseAsync();
