import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderHtml } from './html.ts';
import { renderJUnit } from './junit.ts';
import type { RunReport } from './types.ts';

/** Writes `report.json`, `report.html` and `junit.xml` into the run folder. */
export function writeReports(report: RunReport, others: readonly RunReport[], runFolder: string): void {
  writeFileSync(path.join(runFolder, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(path.join(runFolder, 'report.html'), renderHtml(report, others));
  writeFileSync(path.join(runFolder, 'junit.xml'), renderJUnit(report));
}

/** The newest report of every other target that judged the compatibility table, so that they can stand side by side. */
export function readOtherReports(resultsFolder: string, report: RunReport): RunReport[] {
  const newest = new Map<string, RunReport>();
  for (const run of readdirSync(resultsFolder)) {
    const file = path.join(resultsFolder, run, 'report.json');
    if (run === report.run || !existsSync(file)) continue;
    const other = JSON.parse(readFileSync(file, 'utf8')) as RunReport;
    const judgesTable = other.scenarios.some(({ requirements }) => requirements.includes('CTL-CMP-01'));
    if (other.schema !== 1 || other.target === report.target || !judgesTable) continue;
    const known = newest.get(other.target);
    if (!known || known.startedMs < other.startedMs) newest.set(other.target, other);
  }
  return [...newest.values()];
}
