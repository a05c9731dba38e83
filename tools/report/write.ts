import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from '../lab/setup-error.ts';
import { fromUser } from '../lab/user-folder.ts';
import { renderAnnotations, renderStepSummary } from './github.ts';
import { renderHtml } from './html/page.ts';
import { renderJUnit } from './junit.ts';
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
  // A name below test-results is one wherever the user stands.
  const own = existsSync(fromUser(place)) ? fromUser(place) : place;
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
    return JSON.parse(readFileSync(file, 'utf8')) as RunReport | null;
  } catch {
    return null; // whatever it is, it is no report
  }
}

/** The newest report of every other target that judged the compatibility table, so that they can stand side by side. */
export function readOtherReports(resultsFolder: string, report: RunReport): RunReport[] {
  const newest = new Map<string, RunReport>();
  for (const run of readdirSync(resultsFolder)) {
    const file = path.join(resultsFolder, run, 'report.json');
    if (run === report.run || !existsSync(file) || wasBroken(path.join(resultsFolder, run))) continue;
    const other = parseReport(file);
    if (other?.schema !== reportSchema || other.target === report.target) continue;
    const judgesTable = other.scenarios.some(({ requirements }) => requirements.includes('CTL-CMP-01'));
    const known = newest.get(other.target);
    if (judgesTable && (!known || known.startedMs < other.startedMs)) newest.set(other.target, other);
  }
  return [...newest.values()];
}

/** Whether the reference of that run had a lab defect. */
function wasBroken(runFolder: string): boolean {
  const file = path.join(runFolder, 'settings.json');
  return existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { labDefect?: unknown }).labDefect != null;
}
