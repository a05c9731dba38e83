import path from 'node:path';
import { SetupError } from '../lab/setup-error.ts';
import { renderCompatibilityTable, renderSummary } from '../report/console.ts';
import type { RunReport, Verdict } from '../report/types.ts';
import { readOtherReports, tellGitHub, writeReports } from '../report/write.ts';
import { projectRoot } from './run.ts';

export const resultsFolder = path.join(projectRoot, 'test-results');

/** Folder of a run by its name, which is emptied before: nothing outside of `test-results` may be named. */
export function runFolderOf(name: string): string {
  if (/^\w[\w.-]*(\/\w[\w.-]*)*$/.test(name)) return path.join(resultsFolder, name);
  throw new SetupError(
    `--name "${name}": a run is named by letters, digits, ".", "-" and "_", below another run by "/".`,
  );
}

interface Finish {
  readonly table?: string | null;
  readonly print?: (text: string) => void;
}

/**
 * Writes every report of a run, prints its summary and returns the exit code that its verdicts make.
 * @param table printed in place of the compatibility table, null for that
 */
export function finish(
  report: RunReport,
  runFolder: string,
  { table = null, print = console.log }: Finish = {},
): number {
  const others = readOtherReports(resultsFolder, report);
  writeReports(report, others, runFolder);
  tellGitHub(report, process.env, print);
  print(`\n${table ?? renderCompatibilityTable([report, ...others])}\n\n${renderSummary(report)}`);
  print(`report: ${path.relative(process.cwd(), path.join(runFolder, 'report.html'))}`);
  return exitCodeOf(report);
}

function exitCodeOf({ scenarios }: RunReport): number {
  // A shard may be empty.
  if (scenarios.length === 0) return 0;
  const count = (verdict: Verdict) => scenarios.filter((scenario) => scenario.verdict === verdict).length;
  if (count('fail') > 0) return 1;
  // A run that judged nothing is no success.
  return count('inconclusive') > 0 || count('unsupported') === scenarios.length ? 2 : 0;
}
