import { observeCell, readCompatibilityTable } from './compatibility.ts';
import { replayCommand } from './replay.ts';
import { reportName } from './report-name.ts';
import { type RunReport, verdicts } from './types.ts';

/** Pads to `width` columns; text here is ASCII. */
const cell = (text: string, width: number) => text.padEnd(width);

/** The 3 × 4 table: documented, then what each run observed, one line per run and cell. */
export function renderCompatibilityTable(reports: readonly RunReport[]): string {
  const table = readCompatibilityTable();
  const columns = Object.keys(table.nameservers);
  const width = Math.max(...Object.values(table.nameservers).map((name) => name.length)) + 2;
  const labelWidth =
    Math.max(
      12,
      ...reports.map((report) => reportName(report).length + 2),
      ...Object.values(table.brokers).map((name) => name.length),
    ) + 2;
  const lines = [cell('', labelWidth) + columns.map((column) => cell(table.nameservers[column]!, width)).join('')];
  for (const [broker, name] of Object.entries(table.brokers)) {
    const cells = columns.map((column) => table.cells.find((c) => c.broker === broker && c.nameservers === column)!);
    lines.push(name);
    const documented = cells.map((c) => observeCell(c, reports[0]!).documented);
    lines.push(cell('  documented', labelWidth) + documented.map((text) => cell(text, width)).join(''));
    for (const report of reports) {
      const observed = cells.map((c) => observeCell(c, report));
      const texts = observed.map(
        ({ observed: seen, verdict }) =>
          `${seen ?? '-'}${verdict === null || verdict === 'pass' ? '' : ` [${verdict}]`}`,
      );
      lines.push(cell(`  ${reportName(report)}`, labelWidth) + texts.map((text) => cell(text, width)).join(''));
    }
  }
  return lines.join('\n');
}

/** Failures first with the line that replays each, then the count per verdict. */
export function renderSummary(report: RunReport): string {
  const lines: string[] = [];
  for (const scenario of report.scenarios) {
    if (scenario.verdict === 'pass') continue;
    const step = scenario.steps.find(({ status }) => status !== 'PASSED' && status !== 'SKIPPED');
    lines.push(
      `${scenario.verdict.toUpperCase()}  ${scenario.requirements.join(' ')}  ${scenario.name} (${scenario.uri}:${scenario.line})`,
    );
    if (step) lines.push(`  at: ${step.keyword} ${step.text}`);
    const reason = scenario.deviation ?? scenario.failure?.split('\n    at ')[0];
    if (reason) lines.push(`  ${reason.replaceAll('\n', '\n  ')}`);
    lines.push(`  replay: ${replayCommand(report, scenario)}`, '');
  }
  const counts = verdicts.map(
    (verdict) => `${report.scenarios.filter((scenario) => scenario.verdict === verdict).length} ${verdict}`,
  );
  lines.push(
    `${report.scenarios.length} scenarios on ${reportName(report)} (${report.profile}), seed ${report.seed}: ${counts.join(', ')}, ${(report.durationMs / 1000).toFixed(1)} s`,
  );
  return lines.join('\n');
}
