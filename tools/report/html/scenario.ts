import type { Evidence } from '../evidence.ts';
import { failureOf } from '../failure.ts';
import { replayCommand } from '../replay.ts';
import type { LedgerSummary, RunReport, ScenarioResult, StepResult } from '../types.ts';
import { counted } from '../verdict.ts';
import { type ExcerptBudget, renderCause, renderSurroundings } from './failure.ts';
import { renderRecovery } from './recovery.ts';
import { anchor, badge, duration, escape, fileLink } from './text.ts';
import { renderTimeline } from './timeline.ts';

/** One scenario, closed until somebody wants it. What did not pass also says why. */
export function renderScenario(
  report: RunReport,
  scenario: ScenarioResult,
  evidence: Evidence | null,
  budget: ExcerptBudget,
): string {
  const { verdict, name, requirements, durationMs, uri, line } = scenario;
  const failure = failureOf(scenario, evidence);
  const timeline = evidence === null ? '' : renderTimeline(scenario, evidence.timeline, evidence.attempts, failure);
  return `<details class="sc" id="${anchor(scenario)}" data-v="${verdict}"><summary>${badge(verdict)} <span class="nm">${escape(name)}</span> <small>${escape(requirements.join(' '))} · ${duration(durationMs)}</small></summary>
<p class="at"><small>${escape(uri)}:${line}, replayed by</small><br><code>${escape(replayCommand(report, scenario))}</code> <button type="button" class="copy">Copy</button></p>
${failure === null ? '' : renderCause(scenario, failure)}${timeline === '' ? '' : `<h4>Timeline</h4>${timeline}`}${failure === null ? '' : renderSurroundings(scenario, failure, evidence, budget)}${renderLedger(scenario.ledger)}${renderRecovery(scenario)}${renderObservations(scenario)}${renderSteps(scenario.steps)}${renderFiles(scenario, evidence)}</details>`;
}

function renderLedger(ledger: LedgerSummary | null): string {
  if (ledger === null) return '';
  const { attempts, acknowledged, stored, refused, unknown, delivered } = ledger;
  const half = stored === 0 ? '' : `, ${stored} stored with a warning (warned)`;
  return `<p><b>Ledger:</b> ${counted(attempts, 'send')}: ${acknowledged} acknowledged${half}, ${refused} refused, ${unknown} without an answer; ${counted(delivered, 'delivery').replace('deliverys', 'deliveries')}.</p>`;
}

function renderObservations({ observations, startedMs }: ScenarioResult): string {
  if (observations.length === 0) return '';
  const lines = observations.map(
    ({ atMs, text }) =>
      `<li><small>${((atMs - startedMs) / 1000).toFixed(2)} s</small> ${escape(text.slice(0, 600))}</li>`,
  );
  return `<h4>Observed</h4><ul>${lines.join('')}</ul>`;
}

function renderSteps(steps: readonly StepResult[]): string {
  const lines = steps
    .filter(({ kind, status }) => kind !== 'Hook' || status !== 'PASSED')
    .map(({ keyword, text, status, durationMs }) => {
      const state = status === 'PASSED' ? '' : ` class="${status === 'SKIPPED' ? 'skipped' : 'broken'}"`;
      return `<li${state}>${escape(`${keyword} ${text}`)} <small>${status === 'PASSED' ? '' : `${status.toLowerCase()}, `}${duration(durationMs)}</small></li>`;
    });
  return `<h4>Steps</h4><ol>${lines.join('')}</ol>`;
}

function renderFiles(scenario: ScenarioResult, evidence: Evidence | null): string {
  if (evidence === null) return '';
  return `<p class="files">Evidence: ${fileLink(`${scenario.evidence}/`, 'folder')} · ${fileLink(`${scenario.evidence}/timeline.ndjson`, 'timeline')} · ${fileLink(`${scenario.evidence}/cluster.json`, 'cluster and settings')}${evidence.attempts.length > 0 ? ` · ${fileLink(`${scenario.evidence}/attempts.jsonl`, 'sends')}` : ''}</p>`;
}
