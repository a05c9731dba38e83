import { createHash } from 'node:crypto';
import { readEvidence } from '../evidence.ts';
import { reportName } from '../report-name.ts';
import { readRequirements } from '../requirements.ts';
import { type RunReport, type ScenarioResult, verdicts } from '../types.ts';
import { overall, sentence } from '../verdict.ts';
import type { ExcerptBudget } from './failure.ts';
import { renderMatrix } from './matrix.ts';
import { renderRecoveries } from './recovery.ts';
import { renderRequirements } from './requirement-list.ts';
import { renderScenario } from './scenario.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { badge, escape } from './text.ts';
import { renderVerdict } from './verdict.ts';

/** Characters of log excerpts on a page: with them a full run stays below 3 MiB whatever fails. */
const excerptCharacters = 768 * 1024;

/**
 * `report.html`: one file that needs nothing from elsewhere; links lead to the evidence beside it.
 * @param others earlier runs of other targets, shown beside this one in the compatibility table
 * @param runFolder where the evidence of the scenarios lies
 */
export function renderHtml(report: RunReport, others: readonly RunReport[], runFolder: string): string {
  const hash = createHash('sha256').update(script).digest('base64');
  // Nothing may be loaded, and no script may run but the one that was written here.
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
  const recoveries = renderRecoveries(report.scenarios);
  const title = `${overall(report)}: ${reportName(report)}, ${sentence(report)} Switchlab`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${policy}"><title>${escape(title)}</title><style>${style}</style></head><body>
<a class="skip" href="#scenarios">Skip to the scenarios</a>
<nav aria-label="Parts of the report"><a href="#verdict">Verdict</a><a href="#compatibility">Compatibility</a>${recoveries === '' ? '' : '<a href="#recovery">Recovery</a>'}<a href="#requirements">Requirements</a><a href="#scenarios">Scenarios</a><button type="button" id="theme" hidden>Theme</button></nav>
<main id="verdict">${renderVerdict(report)}
<section aria-labelledby="compatibility"><h2 id="compatibility">Compatibility: documented and observed</h2>${renderMatrix([report, ...others])}</section>
${recoveries}<section aria-labelledby="requirements"><h2 id="requirements">Requirements</h2>${renderRequirements(readRequirements(), report.scenarios)}</section>
<section aria-labelledby="scenarios"><h2 id="scenarios">Scenarios</h2>${renderFind(report)}${legend}${renderScenarios(report, runFolder)}</section></main>
<script>${script}</script></body></html>
`;
}

function renderFind({ scenarios }: RunReport): string {
  const present = verdicts.filter((verdict) => scenarios.some((scenario) => scenario.verdict === verdict));
  const boxes = present.map(
    (verdict) => `<label><input type="checkbox" value="${verdict}" checked> ${badge(verdict)}</label>`,
  );
  return `<form class="find" hidden><label>Find <input type="search" id="find" placeholder="name, CTL-… or file; press /"></label><fieldset><legend>Verdicts shown</legend>${boxes.join('')}</fieldset><button type="button" id="open">Open shown</button><button type="button" id="close">Close all</button><small id="shown" role="status"></small></form>`;
}

const legend = `<p class="legend">In timelines: ▼ broke, ✕ killed, ■ terminated, ❚❚ frozen, ▶ goes on. A set is written {replicas} · its epoch. Strips are sends by the instant of their answer (warned: stored, but not as safely as asked for); heights grow with the root of the count.</p>`;

/** By feature and rule, in the order of their files. */
function renderScenarios(report: RunReport, runFolder: string): string {
  const budget: ExcerptBudget = { left: excerptCharacters };
  const features = Map.groupBy(report.scenarios, ({ uri }) => uri);
  return [...features]
    .map(([uri, scenarios]) => {
      const rules = Map.groupBy(scenarios, ({ rule }) => rule);
      const parts = [...rules].map(([rule, own]) => renderRule(report, rule, own, runFolder, budget));
      return `<section class="feature"><h3>${escape(scenarios[0]!.feature)} <small>${escape(uri)}</small></h3>${parts.join('')}</section>`;
    })
    .join('\n');
}

function renderRule(
  report: RunReport,
  rule: string,
  scenarios: readonly ScenarioResult[],
  runFolder: string,
  budget: ExcerptBudget,
): string {
  const rendered = scenarios.map((one) => renderScenario(report, one, readEvidence(runFolder, one), budget));
  return `<div class="rules">${rule === '' ? '' : `<p class="rule">${escape(rule)}</p>`}${rendered.join('\n')}</div>`;
}
