import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from '../lab/setup-error.ts';
import { fromUserOrProject } from '../lab/user-folder.ts';
import { observeCell, readCompatibilityTable } from './compatibility.ts';
import { renderAnnotations, renderStepSummary } from './github.ts';
import { renderHtml } from './html/page.ts';
import { renderJUnit } from './junit.ts';
import { reportName } from './report-name.ts';
import { readRequirements } from './requirements.ts';
import { renderSarif } from './sarif.ts';
import { reportSchema, type RunReport } from './types.ts';

/** Writes `report.json`, `report.html`, `junit.xml` and `report.sarif` into the run folder. */
export function writeReports(report: RunReport, others: readonly RunReport[], runFolder: string): void {
  const write = (file: string, text: string) => writeFileSync(path.join(runFolder, file), text);
  write('report.json', `${JSON.stringify(report, null, 1)}\n`);
  write('report.html', renderHtml(report, others, runFolder));
  write('junit.xml', renderJUnit(report));
  write('report.sarif', renderSarif(report, readRequirements()));
}

/** On a GitHub runner: the summary of the step and annotations at the lines of the features. Elsewhere nothing. */
export function tellGitHub(
  report: RunReport,
  env: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
): void {
  if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, renderStepSummary(report));
  if (env.GITHUB_ACTIONS === 'true') for (const line of renderAnnotations(report)) print(line);
}

/** Reads `report.json` of a run folder, or the file itself. Throws `SetupError` when there is none that this version reads. */
export function readReport(place: string): { readonly report: RunReport; readonly folder: string } {
  const own = fromUserOrProject(place);
  const file = own.endsWith('.json') ? own : path.join(own, 'report.json');
  if (!existsSync(file)) throw new SetupError(`${file} is not there: name a folder of test-results, or a report.json.`);
  const report = parseReport(file);
  if (report?.schema !== reportSchema) {
    throw new SetupError(`${file} is no report of this version (schema ${report?.schema ?? 'unknown'}): run it anew.`);
  }
  return { report, folder: path.dirname(file) };
}

function parseReport(file: string): RunReport | null {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Partial<RunReport> | null;
    return Array.isArray(report?.scenarios) ? (report as RunReport) : null;
  } catch {
    return null; // whatever it is, it is no report
  }
}

/**
 * Of everything else that was judged by the compatibility table the run with most of it, the newest of those, so that they
 * can stand side by side. Shards and runs of a broken reference are none.
 */
export function readOtherReports(resultsFolder: string, report: RunReport): RunReport[] {
  const best = new Map<string, { readonly other: RunReport; readonly cells: number }>();
  for (const run of readdirSync(resultsFolder)) {
    const file = path.join(resultsFolder, run, 'report.json');
    if (run === report.run || !existsSync(file)) continue;
    const other = parseReport(file);
    if (other?.schema !== reportSchema || other.shard !== null || other.labDefect !== undefined) continue;
    const name = reportName(other);
    const cells = readCompatibilityTable().cells.filter((cell) => observeCell(cell, other).verdict !== null).length;
    const known = best.get(name);
    const isBetter =
      known === undefined || cells > known.cells || (cells === known.cells && isNewer(other, known.other));
    if (name !== reportName(report) && cells > 0 && isBetter) best.set(name, { other, cells });
  }
  return [...best.values()].map(({ other }) => other);
}

function isNewer(one: RunReport, than: RunReport): boolean {
  return one.startedMs > than.startedMs;
}
