import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { cacheFolder } from '../lab/folders.ts';
import { interruptedCode, interruption } from '../lab/interrupts.ts';
import { SetupError } from '../lab/setup-error.ts';
import { absoluteTargets } from '../lab/targets.ts';
import { lineUpOf, reportOf } from '../matrix/assemble.ts';
import { CellCache, copyEvidence } from '../matrix/cache.ts';
import { hashOfJudge } from '../matrix/content-hash.ts';
import { lineUpsOf } from '../matrix/line-up.ts';
import { type Matrix, matrixSchema } from '../matrix/result.ts';
import { startingPoint, uncoveredBy } from '../matrix/starting-point.ts';
import { exitCodeOf } from '../matrix/summary.ts';
import { renderText } from '../matrix/text.ts';
import { type PlannedLineUp, planWork } from '../matrix/work.ts';
import { writeLineUpReport, writeMatrix } from '../matrix/write.ts';
import { readCompatibilityTable } from '../report/compatibility.ts';
import { readDurations, timeEach } from '../report/shards.ts';
import type { Shard } from '../report/types.ts';
import { durationOf, positiveInteger, shardOf } from './arguments.ts';
import { runFolderOf } from './finish.ts';
import { playLineUp } from './play-line-up.ts';
import { selectScenarios } from './select-scenarios.ts';

interface Options {
  readonly old: readonly string[];
  readonly new: readonly string[];
  readonly mixed: boolean;
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
const listOf = (list: string) => absoluteTargets(list).split(',');

const program = new Command('matrix')
  .description('Plays every cell of the compatibility table with every pair of an old and a new target.')
  .option('--old <list>', 'targets of the old release, such as apache:4.9.7', listOf, ['reference:old'])
  .option('--new <list>', 'targets of the new release, such as apache:5.3.3,apache:5.5.0', listOf, ['reference:new'])
  .option('--no-mixed', 'without brokers of one implementation under NameServers and controllers of another')
  .option('--budget <time>', 'at most so long, such as 10m: what shows most is played, the rest is listed', durationOf)
  .option('--no-cache', 'play again what an earlier run has played with the same targets, features and lab')
  .option('--shard <i/n>', 'one of n parts of the cells, as `npm run report -- merge` joins them', shardOf)
  .option('--profile <name>', 'compressed, tuned or documented (default: by target)')
  .option('--seed <number>', 'seed of traffic and faults', positiveInteger, 1)
  .option('--parallel <workers>', 'cells at a time', positiveInteger, 2)
  .option('--name <run>', 'folder of the run in test-results (default: by time)')
  .option('--json', 'print matrix.json, and nothing else')
  .addHelpText(
    'after',
    '\nA run that was interrupted goes on when it is started again: what it has played is in the cache.\nExit codes: 0 nothing differs, 1 a cell differs, 2 something was inconclusive, 3 usage or set-up.',
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
  const secondsOf = await timings(parallel);
  const judge = hashOfJudge();
  const lineUps = lineUpsOf(options.old, options.new, options.mixed);
  const planned = lineUps.map((one) => planWork(one, { cells: table.cells, profile, seed, judge, secondsOf }));
  const cache = new CellCache(await cacheFolder('matrix'));
  const find = (key: string) => (options.cache ? cache.find(key) : null);
  const start = startingPoint(planned, find, { shard, budget });
  const progress = new Map(start.progress);
  const timeIsUp = budget === null ? new AbortController().signal : AbortSignal.timeout(budget * 1000);
  const stop = AbortSignal.any([interrupted, timeIsUp]);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });

  for (const [i, lineUp] of planned.entries()) {
    const todo = lineUp.work.filter(({ key }) => start.todo.has(key) && !progress.has(key));
    if (!options.json) console.log(`[${i + 1}/${planned.length}] ${lineUp.name}: ${announce(lineUp, todo)}`);
    if (todo.length === 0 || stop.aborted) continue;
    const requirements = todo.map(({ cell }) => cell.requirement);
    const quiet = options.json ?? false;
    const play = { run: `${run}/${folderOf(lineUp, i)}`, feature, requirements, seed, parallel, stop, quiet };
    const results = await playLineUp(lineUp, { ...play, profile: lineUp.profile });
    for (const { key, cell } of todo) {
      const result = results.find((one) => one.requirements.includes(cell.requirement));
      if (result === undefined) continue;
      const played = { result, folder: path.join(folder, folderOf(lineUp, i)) };
      progress.set(key, { source: 'played', played });
      cache.keep(key, played);
    }
  }
  cache.prune();
  // The recorded durations are those of another machine.
  const late = timeIsUp.aborted ? [...start.todo].filter((key) => !progress.has(key)) : [];
  for (const key of late) progress.set(key, { source: 'left out', played: null });
  return filled();

  /** The matrix, with the report of each line-up and all its evidence in the folder. */
  function filled(): Matrix {
    const reports = planned.map((lineUp, i) =>
      reportOf(lineUp, progress, { run: `${run}/${folderOf(lineUp, i)}`, seed, feature }),
    );
    const reference = reports[0]!;
    for (const [i, lineUp] of planned.entries()) {
      const own = path.join(folder, folderOf(lineUp, i));
      for (const { key } of lineUp.work) copyEvidence(progress.get(key)?.played ?? null, own);
      writeLineUpReport(reports[i]!, reference, own);
    }
    const filled: Matrix = {
      schema: matrixSchema,
      run,
      seed,
      startedMs,
      durationMs: Date.now() - startedMs,
      shard,
      budget: budget === null ? null : { seconds: budget, uncovered: uncoveredBy(progress, planned) },
      lineUps: planned.map((lineUp, i) => lineUpOf(lineUp, progress, reports[i]!, reference, folderOf(lineUp, i))),
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
