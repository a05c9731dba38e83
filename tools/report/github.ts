import { reportName } from './report-name.ts';
import { replayCommand, replayRunCommand } from './replay.ts';
import { reasonOf, remarks, sentence } from './verdict.ts';
import { type RunReport, type ScenarioResult, verdicts } from './types.ts';

/** Rows of the summary: GitHub cuts a step's summary at 1 MiB. */
const rowsMax = 200;

/** GitHub Markdown for `GITHUB_STEP_SUMMARY`. */
export function renderStepSummary(report: RunReport): string {
  const count = (verdict: string) => report.scenarios.filter((scenario) => scenario.verdict === verdict).length;
  const counts = verdicts.map((verdict) => `${count(verdict)} ${verdict}`).join(', ');
  const shard = report.shard === null ? '' : `, shard ${report.shard.index}/${report.shard.of}`;
  const bad = report.scenarios.filter(({ verdict }) => verdict !== 'pass');
  const rows = bad.slice(0, rowsMax).map((scenario) => {
    const cells = [scenario.verdict, scenario.requirements.join(' '), scenario.name, reasonOf(scenario)];
    return `| ${cells.map(markdown).join(' | ')} | \`${replayCommand(report, scenario)}\` |`;
  });
  const more = bad.length > rowsMax ? [`… and ${bad.length - rowsMax} more in the report.`, ''] : [];
  const table =
    rows.length === 0
      ? []
      : ['| | Requirement | Scenario | Reason | Replay |', '|---|---|---|---|---|', ...rows, '', ...more];
  return [
    `### Conformance of ${markdown(reportName(report))}: ${markdown(sentence(report))}`,
    '',
    `${report.scenarios.length} scenarios${shard} (${report.profile}, seed ${report.seed}): ${counts}. ${markdown(remarks(report))}`.trimEnd(),
    '',
    ...table,
    `Again: \`${replayRunCommand(report)}\``,
    '',
  ].join('\n');
}

/** Workflow commands that mark the line of each scenario that did not pass. */
export function renderAnnotations({ scenarios }: RunReport): string[] {
  return scenarios.filter(({ verdict }) => verdict !== 'pass').map(annotation);
}

function annotation(scenario: ScenarioResult): string {
  const { verdict, uri, line, requirements, name } = scenario;
  const command = verdict === 'fail' ? 'error' : verdict === 'inconclusive' ? 'warning' : 'notice';
  const title = property(`${verdict}: ${requirements.join(' ')} ${name}`);
  return `::${command} file=${property(uri)},line=${line},title=${title}::${data(reasonOf(scenario))}`;
}

const markdown = (text: string) =>
  text.replaceAll('\n', ' ').replaceAll(/[\\`*_{}[\]<>|#]/g, (character) => `\\${character}`);
const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
