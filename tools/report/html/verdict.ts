import { reportName } from '../report-name.ts';
import { replayRunCommand } from '../replay.ts';
import { type RunReport, type Verdict, verdicts } from '../types.ts';
import { overall, reasonOf, remarks, sentence } from '../verdict.ts';
import { anchor, badge, duration, escape } from './text.ts';

/** The top of the page: what came out, of what exactly, and what needs a look. */
export function renderVerdict(report: RunReport): string {
  const count = (verdict: Verdict) => report.scenarios.filter((scenario) => scenario.verdict === verdict).length;
  const counts = verdicts.filter((verdict) => verdict === 'pass' || count(verdict) > 0);
  const chips = counts.map((verdict) => `<li>${badge(verdict)} <b>${count(verdict)}</b></li>`);
  const rest = remarks(report);
  return `<header class="top ${overall(report)}"><h1>Conformance of ${escape(reportName(report))}</h1><p class="verdict">${escape(sentence(report))}</p>${rest === '' ? '' : `<p class="rest">${escape(rest)}</p>`}<ul class="chips">${chips.join('')}</ul>${renderFacts(report)}<p class="again">Run it again: <code>${escape(replayRunCommand(report))}</code> <button type="button" class="copy">Copy</button></p></header>${renderAttention(report)}`;
}

function renderFacts(report: RunReport): string {
  const { guest, roles, labDefect, profile, seed, shard, startedMs, durationMs, versions, run } = report;
  const facts: [string, string][] = [
    ['target', report.target],
    ...Object.entries(roles ?? {}),
    ...(guest === null ? [] : [['beside it', guest] as [string, string]]),
    ...(labDefect === undefined ? [] : [['broken on purpose', labDefect] as [string, string]]),
    [
      'versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['profile', profile],
    ['seed', String(seed)],
    ...(shard === null
      ? []
      : [['shard', `${shard.index} of ${shard.of}: the others are not in here`] as [string, string]]),
    [
      'started',
      new Date(startedMs)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z/, ' UTC'),
    ],
    ['took', duration(durationMs)],
    ['run', run],
  ];
  return `<dl class="facts">${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escape(value)}</dd></div>`).join('')}</dl>`;
}

function renderAttention({ scenarios }: RunReport): string {
  const order: readonly Verdict[] = ['fail', 'inconclusive', 'deviates'];
  const found = order.flatMap((verdict) => scenarios.filter((scenario) => scenario.verdict === verdict));
  if (found.length === 0) return '';
  const rows = found.map(
    (scenario) =>
      `<tr><td>${badge(scenario.verdict)}</td><td><a href="#${anchor(scenario)}">${escape(scenario.name)}</a><br><small>${escape(scenario.requirements.join(' '))}</small></td><td>${escape(reasonOf(scenario))}</td></tr>`,
  );
  return `<section aria-labelledby="attention"><h2 id="attention">Needs a look</h2><table class="rq at"><thead><tr><th scope="col">verdict</th><th scope="col">scenario</th><th scope="col">reason</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`;
}
