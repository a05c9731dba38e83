import type { Family, Requirement } from '../requirements.ts';
import type { ScenarioResult, Verdict } from '../types.ts';
import { anchor, badge, escape } from './text.ts';

/** Of several scenarios the worst speaks for the requirement. */
const worstFirst: readonly string[] = ['fail', 'inconclusive', 'deviates', 'unsupported', 'pass'];

/** Every documented statement with what this run says of it. On paper those of which something ran are open. */
export function renderRequirements(families: readonly Family[], scenarios: readonly ScenarioResult[]): string {
  return families.map((family) => renderFamily(family, scenarios)).join('');
}

function renderFamily({ family, about, requirements }: Family, scenarios: readonly ScenarioResult[]): string {
  const judged = requirements.map((requirement) => {
    const own = scenarios.filter((scenario) => scenario.requirements.includes(requirement.id));
    return { requirement, own, verdict: verdictOf(own) };
  });
  const ran = judged.filter(({ verdict }) => verdict !== null);
  const bad = ran.filter(({ verdict }) => verdict !== 'pass').map(({ verdict }) => badge(verdict));
  const rows = judged.map(({ requirement, own, verdict }) => renderRequirement(requirement, own, verdict));
  return `<details class="fam${ran.length > 0 ? ' ran' : ''}"><summary><b>${escape(family)}</b> ${escape(about)} <small>${ran.length} of ${requirements.length} judged</small> ${bad.join(' ')}</summary>
<table class="rq"><thead><tr><th scope="col">id</th><th scope="col">statement</th><th scope="col">verdict</th><th scope="col">scenarios</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`;
}

function verdictOf(scenarios: readonly ScenarioResult[]): Verdict | null {
  const verdicts = scenarios.map(({ verdict }) => verdict);
  return verdicts.sort((a, b) => worstFirst.indexOf(a) - worstFirst.indexOf(b))[0] ?? null;
}

function renderRequirement(
  { id, page, text, none }: Requirement,
  scenarios: readonly ScenarioResult[],
  verdict: Verdict | null,
): string {
  const links = scenarios.map((scenario) => `<li><a href="#${anchor(scenario)}">${escape(scenario.name)}</a></li>`);
  const reason = none === undefined ? '' : `<small>No scenario: ${escape(none)}</small>`;
  return `<tr><td>${escape(id)}</td><td>${escape(text)} <small>(${escape(page)})</small></td><td>${badge(verdict)}</td><td>${links.length > 0 ? `<ul>${links.join('')}</ul>` : reason}</td></tr>`;
}
