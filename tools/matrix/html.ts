import type { CompatibilityTable } from '../report/compatibility.ts';
import { style } from '../report/html/style.ts';
import { badge, duration, escape } from '../report/html/text.ts';
import type { Matrix, MatrixCell, MatrixLineUp } from './result.ts';
import { allCells, countsOf, overallOf, sentenceOf } from './summary.ts';

/** `matrix.html`: one file that needs nothing from elsewhere and runs no script; links lead to the evidence beside it. */
export function renderMatrixHtml(matrix: Matrix, table: CompatibilityTable): string {
  const title = `${overallOf(matrix)}: compatibility matrix. ${sentenceOf(matrix)} Switchlab`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escape(title)}</title><style>${style}</style></head><body>
<a class="skip" href="#line-ups">Skip to the line-ups</a>
<main><header class="top ${overallOf(matrix)}"><h1>Compatibility matrix</h1><p class="verdict">${escape(sentenceOf(matrix))}</p>${renderFacts(matrix)}</header>
${renderDiffering(matrix)}${renderLeftOut(matrix)}
<section aria-labelledby="line-ups"><h2 id="line-ups">Line-ups: documented, reference and observed</h2>${matrix.lineUps.map((lineUp) => renderLineUp(lineUp, table)).join('\n')}</section></main></body></html>
`;
}

function renderFacts(matrix: Matrix): string {
  const { run, seed, startedMs, durationMs, shard, budget } = matrix;
  const facts: [string, string][] = [
    ['cells', countsOf(matrix)],
    ['seed', String(seed)],
    ['started', `${new Date(startedMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`],
    ['took', duration(durationMs)],
    ...(shard === null ? [] : [['shard', `${shard.index} of ${shard.of}`] as [string, string]]),
    ...(budget === null ? [] : [['budget', duration(budget.seconds * 1000)] as [string, string]]),
    ['run', run],
  ];
  return `<dl class="facts">${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escape(value)}</dd></div>`).join('')}</dl>`;
}

function renderDiffering(matrix: Matrix): string {
  const differing = allCells(matrix).filter(({ cell }) => cell.verdict !== null && cell.verdict !== 'pass');
  if (differing.length === 0) return '';
  const rows = differing.map(
    ({ lineUp, cell }) =>
      `<tr><td>${badge(cell.verdict)}</td><td>${link(cell, cell.requirement)}</td><td>${escape(lineUp.name)}</td><td>${escape(cell.reason ?? '')}</td></tr>`,
  );
  return `<section aria-labelledby="attention"><h2 id="attention">Needs a look</h2><table class="rq"><thead><tr><th scope="col">verdict</th><th scope="col">cell</th><th scope="col">line-up</th><th scope="col">reason</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`;
}

function renderLeftOut(matrix: Matrix): string {
  const out = allCells(matrix).filter(({ cell }) => cell.source === 'left out');
  if (out.length === 0) return '';
  const items = [...Map.groupBy(out, ({ lineUp }) => lineUp.name)].map(
    ([name, cells]) => `<li>${escape(name)}: ${cells.map(({ cell }) => cell.requirement).join(' ')}</li>`,
  );
  const missing = matrix.budget?.uncovered ?? [];
  const shown =
    missing.length === 0
      ? 'What was played shows every cell, line-up, target in its role and meeting of two.'
      : `Not shown by anything that was played: ${missing.join('; ')}.`;
  return `<section aria-labelledby="left-out"><h2 id="left-out">Left out</h2><ul>${items.join('')}</ul><p>${escape(shown)}</p></section>`;
}

function renderLineUp({ name, cells, versions, profile, folder }: MatrixLineUp, table: CompatibilityTable): string {
  const columns = Object.entries(table.nameservers);
  const rows = Object.entries(table.brokers).map(([broker, text]) => {
    const found = columns.map(([nameservers, column]) => {
      const cell = cells.find((one) => one.broker === broker && one.nameservers === nameservers)!;
      return `<td data-h="${escape(column)}">${renderCell(cell)}</td>`;
    });
    return `<tr><th scope="row">${escape(text)}</th>${found.join('')}</tr>`;
  });
  const head = columns.map(([, column]) => `<th scope="col">${escape(column)}</th>`).join('');
  const played = cells.some(({ verdict }) => verdict !== null);
  const whole = played ? ` <a href="${escape(folder)}/report.html">its report</a>` : '';
  return `<h3>${escape(name)}${whole}</h3><p class="rule">${escape(Object.values(versions).join(', '))}; profile ${escape(profile)}</p><table class="mx"><thead><tr><td></td>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function renderCell(cell: MatrixCell): string {
  const { requirement, documented, reference, observed, source, verdict, recoveryMs } = cell;
  const differs = observed === null || observed === documented ? '' : ' class="differs"';
  const seen = verdict === null ? escape(source) : link(cell, observed ?? 'nothing to judge by');
  const cached = source === 'cache' ? ' <small>cached</small>' : '';
  const recovery = recoveryMs === null ? '' : `<dt>client back after</dt><dd>${duration(recoveryMs)}</dd>`;
  return `<small>${escape(requirement)}</small><dl><dt>documented</dt><dd>${escape(documented)}</dd><dt>reference</dt><dd>${escape(reference ?? 'not observed')}</dd><dt>observed</dt><dd${differs}>${seen} ${badge(verdict)}${cached}</dd>${recovery}</dl>`;
}

function link({ evidence }: MatrixCell, text: string): string {
  return evidence === null ? escape(text) : `<a href="${escape(evidence)}">${escape(text)}</a>`;
}
