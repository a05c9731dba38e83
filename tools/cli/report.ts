import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { SetupError } from '../lab/setup-error.ts';
import { fromUserOrProject } from '../lab/user-folder.ts';
import { mergeMatrices, writeMerged } from '../matrix/merge.ts';
import { exitCodeOf } from '../matrix/summary.ts';
import { renderText } from '../matrix/text.ts';
import { readMatrix, tellGitHubOfMatrix } from '../matrix/write.ts';
import { compareRuns, renderComparison } from '../report/compare.ts';
import { readCompatibilityTable } from '../report/compatibility.ts';
import { joinEvidence, mergeReports } from '../report/merge.ts';
import { recordDurations } from '../report/shards.ts';
import { readReport, writeReports, readOtherReports } from '../report/write.ts';
import { finish, resultsFolder, runFolderOf } from './finish.ts';

const program = new Command('report')
  .description('Works on reports of runs: a run is a folder, such as test-results/<run>, or its report.json.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 3));

/** Errors of use or set-up are exit code 3, with their text alone. */
function attempt(work: () => number): void {
  try {
    process.exitCode = work();
  } catch (thrown) {
    const setUp = thrown instanceof SetupError;
    console.error(setUp ? thrown.message : thrown);
    process.exitCode = setUp ? 3 : 2;
  }
}

program
  .command('compare <before> <after>')
  .description('What is different in the second run: verdicts, observed values, durations.')
  .option('--json', 'as JSON')
  .addHelpText('after', '\nExit codes: 0 nothing got worse, 1 a verdict got worse or a scenario is gone, 3 usage.')
  .action((before: string, after: string, { json }: { json?: true }) =>
    attempt(() => {
      const comparison = compareRuns(readReport(before).report, readReport(after).report);
      console.log(json ? JSON.stringify(comparison, null, 1) : renderComparison(comparison));
      return comparison.worse ? 1 : 0;
    }),
  );

program
  .command('merge <shards...>')
  .description('Joins the shards of a run, or of a matrix, into one report, with their evidence.')
  .requiredOption('--name <run>', 'folder of the merged run in test-results')
  .addHelpText(
    'after',
    '\nExit codes as of conformance: 0 all pass, 1 failed, 2 inconclusive, 3 usage, or a shard is missing.',
  )
  .action((shards: string[], { name }: { name: string }) =>
    attempt(() => {
      const folders = shards.map(fromUserOrProject);
      if (readMatrix(folders[0]!) !== null) return mergeMatrix(folders, name);
      const runs = shards.map(readReport);
      const report = mergeReports(
        runs.map((run) => run.report),
        name,
      );
      const runFolder = emptyFolderOf(
        name,
        runs.map(({ folder }) => folder),
      );
      joinEvidence(runs, runFolder);
      return finish(report, runFolder);
    }),
  );

/** The same for shards of a matrix. */
function mergeMatrix(shards: readonly string[], name: string): number {
  const found = shards.map((folder) => {
    const matrix = readMatrix(folder);
    if (matrix === null) throw new SetupError(`${folder} has no matrix.json: name runs of the matrix alone.`);
    return { matrix, folder };
  });
  const merged = mergeMatrices(found, name);
  const runFolder = emptyFolderOf(name, shards);
  writeMerged(merged, found, runFolder);
  tellGitHubOfMatrix(merged, process.env);
  console.log(renderText(merged, readCompatibilityTable()));
  console.log(`matrix: ${path.relative(process.cwd(), path.join(runFolder, 'matrix.html'))}`);
  return exitCodeOf(merged);
}

/** Folder for a merged run, which must be none of what is merged. */
function emptyFolderOf(name: string, shards: readonly string[]): string {
  const runFolder = runFolderOf(name);
  if (shards.some((folder) => `${path.resolve(folder)}/`.startsWith(`${runFolder}/`)))
    throw new SetupError(`${name} is one of the shards, or the folder that they are in: merge into another name.`);
  rmSync(runFolder, { recursive: true, force: true });
  mkdirSync(runFolder, { recursive: true });
  return runFolder;
}

program
  .command('show <run>')
  .description('Writes the reports of a run again, from its report.json and evidence.')
  .action((run: string) =>
    attempt(() => {
      const { report, folder } = readReport(run);
      writeReports(report, readOtherReports(resultsFolder, report), folder);
      console.log(path.join(folder, 'report.html'));
      return 0;
    }),
  );

program
  .command('durations <run>')
  .description('Records how long the scenarios of a run took: shards are balanced by it.')
  .action((run: string) =>
    attempt(() => {
      console.log(`${recordDurations(readReport(run).report)} scenarios recorded in matrix/durations.yaml`);
      return 0;
    }),
  );

program.parse();
