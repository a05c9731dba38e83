import path from 'node:path';
import { SetupError } from '../lab/setup-error.ts';
import { renderCompatibilityTable, renderSummary } from '../report/console.ts';
import type { RunReport } from '../report/types.ts';
import { readOtherReports, tellGitHub, writeReports } from '../report/write.ts';
import { projectRoot } from './run.ts';

export const resultsFolder = path.join(projectRoot, 'test-results');

/** Folder of a run by its name, which is emptied before: nothing outside of `test-results` may be named. */
export function runFolderOf(name: string): string {
  if (/^[\w][\w.-]*$/.test(name)) return path.join(resultsFolder, name);
  throw new SetupError(`--name "${name}": a run is named by letters, digits, ".", "-" and "_".`);
}

/** Writes every report of a run, prints its summary and returns the exit code that its verdicts make. */
export function finish(report: RunReport, runFolder: string): number {
  const others = readOtherReports(resultsFolder, report);
  writeReports(report, others, runFolder);
  tellGitHub(report, process.env, console.log);
  console.log(`\n${renderCompatibilityTable([report, ...others])}\n\n${renderSummary(report)}`);
  console.log(`report: ${path.relative(process.cwd(), path.join(runFolder, 'report.html'))}`);
  return exitCodeOf(report);
}

/** A shard may be empty; a run without any scenario was asked for something that is not there. */
function exitCodeOf({ scenarios, shard }: RunReport): number {
  if (scenarios.length === 0) return shard === null ? 3 : 0;
  if (scenarios.some(({ verdict }) => verdict === 'fail')) return 1;
  return scenarios.some(({ verdict }) => verdict === 'inconclusive') ? 2 : 0;
}
