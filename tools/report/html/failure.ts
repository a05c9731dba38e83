import type { Attempt } from '../../check/ledger.ts';
import type { Evidence } from '../evidence.ts';
import type { Failure } from '../failure.ts';
import { type LogExcerpt, logExcerpt } from '../log-excerpt.ts';
import { readRequirements } from '../requirements.ts';
import type { ScenarioResult } from '../types.ts';
import { escape, fileLink } from './text.ts';

/** How many characters of logs the page may still take: a run in which everything failed must stay readable. */
export interface ExcerptBudget {
  left: number;
}

/** The sends around a failure, the settings that may be responsible, and the logs side by side. */
export function renderSurroundings(
  scenario: ScenarioResult,
  failure: Failure,
  evidence: Evidence | null,
  budget: ExcerptBudget,
): string {
  const logs = evidence === null ? '' : renderLogs(scenario, evidence, failure, budget);
  return renderRows(failure, scenario.startedMs) + renderSettings(scenario, failure) + logs;
}

/** Why a scenario did not pass: the deviation that explains it, the step, the broken invariant, what was said. */
export function renderCause(scenario: ScenarioResult, { step, violation }: Failure): string {
  const broken =
    violation === null
      ? ''
      : `<p><b>First broken invariant:</b> <code>${escape(violation.check)}</code> ${escape(violation.text)}</p>`;
  const known = scenario.deviation === null ? '' : `<p><b>Known deviation:</b> ${escape(scenario.deviation)}</p>`;
  const at = step === null ? '' : `<p><b>At:</b> ${escape(`${step.keyword} ${step.text}`)}</p>`;
  const message = scenario.failure === null ? '' : `<pre tabindex="0">${escape(withoutStack(scenario.failure))}</pre>`;
  return `<section class="why"><h4>What broke</h4>${known}${at}${broken}${message}</section>`;
}

/** The frames of our own code tell an operator nothing; `report.json` has them. */
function withoutStack(failure: string): string {
  return failure.split(/\n\s+at /)[0]!.slice(0, 4000);
}

function renderRows({ rows, offending }: Failure, startedMs: number): string {
  if (rows.length === 0) return '';
  const cells = ({ sentMs, answeredMs, producer, key, queueId, queueOffset, outcome, code, remark }: Attempt) => [
    ((sentMs - startedMs) / 1000).toFixed(3),
    `${answeredMs - sentMs} ms`,
    producer,
    key,
    `${queueId}${queueOffset === null ? '' : ` @ ${queueOffset}`}`,
    outcome,
    [code, remark].filter((part) => part !== null).join(' '),
  ];
  const lines = rows.map((row) => {
    const tag = offending.has(row.key) ? ' class="hit"' : '';
    return `<tr${tag}>${cells(row)
      .map((text) => `<td>${escape(text.slice(0, 160))}</td>`)
      .join('')}</tr>`;
  });
  const head = ['sent at, s', 'answered after', 'producer', 'key', 'queue @ offset', 'outcome', 'code, remark'];
  return `<h4>Ledger around it</h4><div class="scroll" tabindex="0"><table class="rows"><thead><tr>${head
    .map((text) => `<th scope="col">${text}</th>`)
    .join('')}</tr></thead><tbody>${lines.join('')}</tbody></table></div>`;
}

/** The settings of the scenario, those first that the broken promise is about. */
function renderSettings(scenario: ScenarioResult, failure: Failure): string {
  const { asked } = scenario;
  const named = keysNamedBy(scenario, failure);
  const untouched = [...named].filter((key) => !asked.some((setting) => setting.key === key));
  const keys = untouched.map((key) => `<code>${escape(key)}</code>`).join(', ');
  const rest =
    untouched.length === 0 ? '' : `<p>What broke is about ${keys}, left at the value of topology and profile.</p>`;
  if (asked.length === 0)
    return rest === '' ? '<p>The scenario left every setting at the value of the profile.</p>' : rest;
  const namedFirst = [...asked].sort((a, b) => Number(named.has(b.key)) - Number(named.has(a.key)));
  const lines = namedFirst.map(({ of, key, value, default: usual }) => {
    const tag = named.has(key) ? ' class="hit"' : '';
    return `<tr${tag}><td>${escape(of)}</td><td><code>${escape(key)}</code></td><td>${escape(String(value))}</td><td>${escape(usual === null ? 'none' : String(usual))}</td></tr>`;
  });
  return `${rest}<h4>Settings of this scenario that are not the default</h4><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">of</th><th scope="col">key</th><th scope="col">value</th><th scope="col">default</th></tr></thead><tbody>${lines.join('')}</tbody></table></div>`;
}

/** Keys of configurations, as requirement, rule and step name them. */
function keysNamedBy({ requirements, rule, name }: ScenarioResult, { step }: Failure): Set<string> {
  const statements = readRequirements()
    .flatMap((family) => family.requirements)
    .filter(({ id }) => requirements.includes(id))
    .map(({ text }) => text);
  return new Set([...statements, rule, name, step?.text ?? ''].join(' ').match(/\b[a-z]+(?:[A-Z][a-z]+){2,}\b/g));
}

function renderLogs(scenario: ScenarioResult, evidence: Evidence, failure: Failure, budget: ExcerptBudget): string {
  if (evidence.logs.length === 0) return '';
  const at = `${((failure.momentMs - scenario.startedMs) / 1000).toFixed(2)} s`;
  const excerpts = evidence.logs.map((file) => logExcerpt(evidence.folder, file, failure.momentMs));
  budget.left -= excerpts.flatMap(({ lines }) => lines).reduce((sum, line) => sum + line.length, 0);
  if (budget.left < 0) return '<p>Logs were left out to keep this page small; the folder of the evidence has them.</p>';
  return `<h4>Logs around ${at}</h4><div class="logs">${excerpts.map((one) => renderLog(scenario, one)).join('')}</div>`;
}

function renderLog({ evidence }: ScenarioResult, { file, lines, before, after }: LogExcerpt): string {
  const around = `${before} lines before, ${after} after`;
  return `<figure><figcaption>${fileLink(`${evidence}/${file}`, file)} <small>${around}</small></figcaption><pre tabindex="0">${lines
    .map(escape)
    .join('\n')}</pre></figure>`;
}
