import { observeCell, readCompatibilityTable } from './compatibility.ts';
import { replayCommand } from './replay.ts';
import { type RunReport, type ScenarioResult, verdicts } from './types.ts';

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const style = `
:root{color-scheme:light dark;--line:#8886;--pass:#1a7f37;--fail:#cf222e;--deviates:#9a6700;--inconclusive:#6e7781}
@media(prefers-color-scheme:dark){:root{--pass:#3fb950;--fail:#f85149;--deviates:#d29922;--inconclusive:#8b949e}}
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:0 auto;padding:1rem}
table{border-collapse:collapse;width:100%}th,td{border:1px solid var(--line);padding:.4rem .6rem;text-align:left;vertical-align:top}
.scroll{overflow-x:auto}.pass{color:var(--pass)}.fail{color:var(--fail)}.deviates{color:var(--deviates)}.inconclusive{color:var(--inconclusive)}
summary{cursor:pointer}pre{white-space:pre-wrap;border:1px solid var(--line);padding:.5rem}small{opacity:.8}`;

function matrix(reports: readonly RunReport[]): string {
  const table = readCompatibilityTable();
  const columns = Object.entries(table.nameservers);
  const rows = Object.entries(table.brokers).map(([broker, name]) => {
    const cells = columns.map(([nameservers]) => {
      const documented = table.cells.find((c) => c.broker === broker && c.nameservers === nameservers)!;
      const seen = reports.map((report) => {
        const { observed, verdict } = observeCell(documented, report);
        return `<br><span class="${verdict ?? 'inconclusive'}">${escape(report.target)}: ${escape(observed ?? 'not observed')} (${verdict ?? 'not run'})</span>`;
      });
      return `<td><small>${documented.requirement}</small><br>documented: ${observeCell(documented, reports[0]!).documented}${seen.join('')}</td>`;
    });
    return `<tr><th scope="row">${escape(name)}</th>${cells.join('')}</tr>`;
  });
  const head = columns.map(([, name]) => `<th scope="col">${escape(name)}</th>`).join('');
  return `<div class="scroll"><table><thead><tr><td></td>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function scenario(report: RunReport, result: ScenarioResult): string {
  const steps = result.steps
    .filter(({ keyword }) => keyword !== 'Hook')
    .map(
      (step) =>
        `<li class="${step.status === 'PASSED' ? 'pass' : step.status === 'SKIPPED' ? 'inconclusive' : 'fail'}">${escape(`${step.keyword} ${step.text}`)} <small>${step.status.toLowerCase()}, ${step.durationMs.toFixed(0)} ms</small></li>`,
    );
  const seen = result.observations.map(
    ({ atMs, text }) => `<li>+${((atMs - result.startedMs) / 1000).toFixed(2)} s: ${escape(text)}</li>`,
  );
  const failure = result.failure ?? result.deviation;
  return `<details${result.verdict === 'fail' ? ' open' : ''}><summary><b class="${result.verdict}">${result.verdict}</b> ${escape(result.name)} <small>${escape(result.requirements.join(' '))} · ${(result.durationMs / 1000).toFixed(1)} s</small></summary>
<p><small>${escape(result.feature)} — ${escape(result.rule)} (${escape(result.uri)}:${result.line})</small></p><ol>${steps.join('')}</ol>
${seen.length > 0 ? `<h4>Observed</h4><ul>${seen.join('')}</ul>` : ''}${failure ? `<pre>${escape(failure)}</pre>` : ''}<p>Replay: <code>${escape(replayCommand(report, result))}</code></p></details>`;
}

/** `report.html`: one self-contained file. `others` are earlier runs shown beside this one in the table. */
export function renderHtml(report: RunReport, others: readonly RunReport[]): string {
  const counts = verdicts.map(
    (verdict) => `<b class="${verdict}">${report.scenarios.filter((s) => s.verdict === verdict).length} ${verdict}</b>`,
  );
  const versions = Object.entries(report.versions).map(([name, version]) => `${escape(name)} ${escape(version)}`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Switchlab: ${escape(report.target)}</title><style>${style}</style></head><body>
<h1>Conformance of ${escape(report.target)}</h1>
<p>${counts.join(', ')} in ${(report.durationMs / 1000).toFixed(1)} s; profile ${escape(report.profile)}, seed ${report.seed}; ${new Date(report.startedMs).toISOString()}; ${versions.join(', ')}</p>
<h2>Compatibility table</h2>${matrix([report, ...others])}
<h2>Scenarios</h2>${report.scenarios.map((result) => scenario(report, result)).join('\n')}
</body></html>
`;
}
