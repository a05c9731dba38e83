import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { cacheFolder } from '../lab/folders.ts';
import { interruptedCode, interruption } from '../lab/interrupts.ts';
import { SetupError } from '../lab/setup-error.ts';
import { absoluteTargets } from '../lab/targets.ts';
import { lineUpOf, reportOf } from '../matrix/assemble.ts';
import { CellCache, copyEvidence, type PlayedCell } from '../matrix/cache.ts';
import { hashOfJudge } from '../matrix/content-hash.ts';
import { coverWithin } from '../matrix/covering.ts';
import { renderMatrixHtml } from '../matrix/html.ts';
import { lineUpsOf } from '../matrix/line-up.ts';
import { type Budget, type Matrix, matrixSchema, type Source } from '../matrix/result.ts';
import { overallOf } from '../matrix/summary.ts';
import { renderText } from '../matrix/text.ts';
import { type PlannedLineUp, planWork, type Work } from '../matrix/work.ts';
import { readCompatibilityTable } from '../report/compatibility.ts';
import { itemsOfShard, readDurations, timeEach } from '../report/shards.ts';
import type { Shard } from '../report/types.ts';
import { writeReports } from '../report/write.ts';
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
/** Of a run for each of its cells: it prepares targets and starts its own runner and Toxiproxy. */
const setUpSeconds = 1;
const interrupted = interruption();
const table = readCompatibilityTable();
const listed = (list: string) => absoluteTargets(list).split(',');

const program = new Command('matrix')
  .description('Plays every cell of the compatibility table with every pair of an old and a new target.')
  .option('--old <list>', 'targets of the old release, such as apache:4.9.7', listed, ['reference:old'])
  .option('--new <list>', 'targets of the new release, such as apache:5.3.3,apache:5.5.0', listed, ['reference:new'])
  .option('--no-mixed', 'without brokers of one implementation under NameServers and controllers of another')
  .option('--budget <time>', 'at most so long, such as 10m: what shows most is played, the rest is listed', durationOf)
  .option('--no-cache', 'play again what an earlier run has played with the same targets, features and lab')
  .option('--shard <i/n>', 'one of n parts of the cells, as `npm run report -- merge` joins them', shardOf)
  .option('--profile <name>', 'compressed, tuned or documented (default: by target)')
  .option('--seed <number>', 'seed of traffic and faults', positiveInteger, 1)
  .option('--parallel <workers>', 'cells at a time', positiveInteger, 2)
  .option('--name <run>', 'folder of the run in test-results (default: by time)')
  .option('--json', 'print matrix.json instead of the table')
  .addHelpText(
    'after',
    '\nExit codes: 0 nothing differs, 1 a cell differs, 2 something was inconclusive, 3 usage or set-up.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3));

/** How long each cell takes, by requirement and profile, with what it costs to set up. */
async function timings(parallel: number): Promise<(requirement: string, profile: string) => number> {
  const placed = await Promise.all(
    table.cells.map(async ({ requirement }) => {
      const [scenario] = await selectScenarios([feature], `@${requirement}`);
      if (scenario === undefined) throw new SetupError(`${feature} has no scenario of ${requirement}.`);
      return { ...scenario, requirement };
    }),
  );
  return (requirement, profile) => {
    const timed = timeEach(placed, readDurations(profile));
    return setUpSeconds + timed.find(({ scenario }) => scenario.requirement === requirement)!.seconds / parallel;
  };
}

/** Cells that are different, whatever line-up they stand in. */
function distinct(planned: readonly PlannedLineUp[]): (Work & { readonly name: string })[] {
  const byKey = new Map(
    planned.flatMap(({ work }) => work.map((one) => [one.key, { ...one, name: one.key }] as const)),
  );
  return [...byKey.values()];
}

interface State {
  readonly source: Source;
  readonly played: PlayedCell | null;
}

/** What is to be played, and what stands already: cells of other shards, of earlier runs, and beyond the budget. */
function startingPoint(
  planned: readonly PlannedLineUp[],
  cache: CellCache | null,
  { shard, budget }: Options,
): { readonly states: Map<string, State>; readonly todo: ReadonlySet<string>; readonly uncovered: readonly string[] } {
  const all = distinct(planned);
  const mine = new Set(shard ? itemsOfShard(all, shard) : all);
  const states = new Map<string, State>();
  const open: Work[] = [];
  for (const work of all) {
    const found = mine.has(work) ? (cache?.find(work.key) ?? null) : null;
    if (!mine.has(work)) states.set(work.key, { source: 'other shard', played: null });
    else if (found === null) open.push(work);
    else states.set(work.key, { source: 'cache', played: found });
  }
  if (budget === undefined) return { states, todo: new Set(open.map(({ key }) => key)), uncovered: [] };
  const { chosen, leftOut, uncovered } = coverWithin(open, budget);
  for (const { key } of leftOut) states.set(key, { source: 'left out', played: null });
  const shown = new Set(all.filter(({ key }) => states.get(key)?.played).flatMap(({ facets }) => facets));
  return {
    states,
    todo: new Set(chosen.map(({ key }) => key)),
    uncovered: uncovered.filter((facet) => !shown.has(facet)),
  };
}

async function matrix(options: Options): Promise<number> {
  const startedMs = Date.now();
  const run = options.name ?? `matrix-${new Date(startedMs).toISOString().replaceAll(/[:.]/g, '-')}`;
  const runFolder = runFolderOf(run);
  const secondsOf = await timings(options.parallel);
  const judge = hashOfJudge();
  const { seed, profile = null } = options;
  const planned = lineUpsOf(options.old, options.new, options.mixed).map((lineUp) =>
    planWork(lineUp, { cells: table.cells, profile, seed, judge, secondsOf }),
  );
  rmSync(runFolder, { recursive: true, force: true });
  mkdirSync(runFolder, { recursive: true });
  const cache = new CellCache(await cacheFolder('matrix'));
  const { states, todo, uncovered } = startingPoint(planned, options.cache ? cache : null, options);
  const say = options.json ? () => undefined : console.log;
  const folders = planned.map(({ name }, i) => `${i + 1}-${name.replaceAll(/[^\w.]+/g, '-')}`);

  for (const [i, lineUp] of planned.entries()) {
    const own = lineUp.work.filter(({ key }) => todo.has(key) && !states.has(key));
    const cached = lineUp.work.filter(({ key }) => states.get(key)?.source === 'cache');
    const parts = [
      ...(own.length === 0
        ? []
        : [`${own.length} to play, about ${Math.ceil(own.reduce((s, { seconds }) => s + seconds, 0))} s`]),
      ...(cached.length === 0
        ? []
        : [`${cached.length} from the cache: ${cached.map(({ cell }) => cell.requirement).join(' ')}`]),
    ];
    say(`[${i + 1}/${planned.length}] ${lineUp.name}: ${parts.join('; ') || 'nothing to play'}`);
    const folder = path.join(runFolder, folders[i]!);
    if (own.length > 0 && !interrupted.aborted) {
      const results = await playLineUp(lineUp, {
        ...{ run: `${run}/${folders[i]}`, feature, requirements: own.map(({ cell }) => cell.requirement) },
        ...{ profile: lineUp.profile, seed, parallel: options.parallel, interrupted },
      });
      for (const { key, cell } of own) {
        const result = results.find(({ requirements }) => requirements.includes(cell.requirement));
        if (result === undefined) continue;
        states.set(key, { source: 'played', played: { result, folder } });
        cache.keep(key, { result, folder });
      }
    }
  }
  cache.prune();
  return write();

  /** Reports of every line-up, with evidence from wherever it is, and the matrix over them. */
  function write(): number {
    const reports = planned.map((lineUp, i) =>
      reportOf(lineUp, states, { run: `${run}/${folders[i]}`, seed, feature }),
    );
    for (const [i, report] of reports.entries()) {
      if (report.scenarios.length === 0) continue;
      const folder = path.join(runFolder, folders[i]!);
      mkdirSync(folder, { recursive: true });
      for (const { key } of planned[i]!.work) {
        const played = states.get(key)?.played;
        if (played) copyEvidence(played, folder);
      }
      writeReports(report, i === 0 ? [] : [reports[0]!], folder);
    }
    const budget: Budget | null = options.budget === undefined ? null : { seconds: options.budget, uncovered };
    const filled: Matrix = {
      schema: matrixSchema,
      ...{ run, seed, startedMs, durationMs: Date.now() - startedMs, shard: options.shard ?? null, budget },
      lineUps: planned.map((lineUp, i) => lineUpOf(lineUp, states, reports[i]!, reports[0]!, folders[i]!)),
    };
    writeFileSync(path.join(runFolder, 'matrix.json'), `${JSON.stringify(filled, null, 1)}\n`);
    writeFileSync(path.join(runFolder, 'matrix.html'), renderMatrixHtml(filled, table));
    if (options.json) console.log(JSON.stringify(filled, null, 1));
    else
      console.log(
        `\n${renderText(filled, table)}\nmatrix: ${path.relative(process.cwd(), path.join(runFolder, 'matrix.html'))}`,
      );
    return { pass: 0, deviates: 0, unsupported: 0, fail: 1, inconclusive: 2 }[overallOf(filled)];
  }
}

program.action(async (options: Options) => {
  try {
    const code = await matrix(options);
    process.exitCode = interrupted.aborted ? interruptedCode(interrupted) : code;
    if (interrupted.aborted) console.error(`Interrupted (${interrupted.reason}): the same command goes on from here.`);
  } catch (thrown) {
    const setUp = thrown instanceof SetupError;
    console.error(setUp ? thrown.message : thrown);
    process.exitCode = setUp ? 3 : 2;
  }
});
await program.parseAsync();
