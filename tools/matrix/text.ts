import { styleText } from 'node:util';
import type { CompatibilityTable } from '../report/compatibility.ts';
import type { Verdict } from '../report/types.ts';
import type { Matrix, MatrixCell, MatrixLineUp } from './result.ts';
import { allCells, countsOf, sentenceOf } from './summary.ts';

const signs: Readonly<Record<Verdict, string>> = {
  pass: '✓',
  deviates: '≈',
  fail: '✕',
  inconclusive: '?',
  unsupported: '–',
};
const colours = {
  pass: 'green',
  deviates: 'yellow',
  fail: 'red',
  inconclusive: 'yellow',
  unsupported: 'gray',
} as const;
const notPlayed = '·';
const legend = '✓ as documented  ≈ known deviation  ✕ differs  ? inconclusive  – unsupported  · not played';
/** Lines for what was left out; `matrix.json` has all of it. */
const leftOutMax = 12;
const columnWidth = 4;

/** Numbers are those of the list at the top. */
type NumberedLineUp = MatrixLineUp & { readonly number: number };

/** The matrix for a terminal or a log: line-ups by number, a row for each cell, then what differs and what was left out. */
export function renderText(matrix: Matrix, table: CompatibilityTable): string {
  const numbers = matrix.lineUps.map(({ name }, i) => `${String(i + 1).padStart(columnWidth)}  ${name}`);
  return [
    ...numbers,
    ...renderTables(matrix, table),
    '',
    legend,
    ...renderDiffering(matrix),
    ...renderLeftOut(matrix),
    '',
    `${sentenceOf(matrix)} (${countsOf(matrix)}; ${(matrix.durationMs / 1000).toFixed(1)} s)`,
  ].join('\n');
}

/** A table for each client: side by side they would be wider than a terminal. */
function renderTables({ lineUps }: Matrix, table: CompatibilityTable): string[] {
  const numbered = lineUps.map((lineUp, i) => ({ ...lineUp, number: i + 1 }));
  const byClient = Map.groupBy(numbered, ({ client }) => client);
  const titleOf = (client: string | null) => (client === null ? "The lab's own clients" : `With client ${client}`);
  return [...byClient].flatMap(([client, own]) => ['', titleOf(client)].concat(renderRows(own, table)));
}

function renderRows(lineUps: readonly NumberedLineUp[], { nameservers, brokers }: CompatibilityTable): string[] {
  const nameWidth = Math.max(...Object.values(nameservers).map((name) => name.length)) + 4;
  const documentedWidth = 'works, no switch'.length + 1;
  const head = lineUps.map(({ number }) => String(number).padStart(columnWidth)).join('');
  const lines = [`${''.padEnd(nameWidth)}${'documented'.padEnd(documentedWidth)}${head}`];
  for (const [broker, name] of Object.entries(brokers)) {
    lines.push(name);
    for (const [column, text] of Object.entries(nameservers)) {
      const cells = lineUps.map(({ cells }) => cells.find((c) => c.broker === broker && c.nameservers === column)!);
      const documented = (cells[0]?.documented ?? '').padEnd(documentedWidth);
      lines.push(`  ${text.padEnd(nameWidth - 2)}${documented}${cells.map(signOf).join('')}`);
    }
  }
  return lines;
}

/** Coloured on a terminal only. */
function signOf({ verdict }: MatrixCell): string {
  const space = ' '.repeat(columnWidth - 1);
  return (
    space + (verdict === null ? notPlayed : styleText(colours[verdict], signs[verdict], { stream: process.stdout }))
  );
}

function renderDiffering(matrix: Matrix): string[] {
  const differing = allCells(matrix).filter(({ cell }) => cell.verdict !== null && cell.verdict !== 'pass');
  return differing.map(({ lineUp: { name }, cell }) => {
    const { requirement, verdict, documented, reference, observed, reason, evidence } = cell;
    const seen = `reference ${reference ?? 'not observed'}, observed ${observed ?? 'nothing to judge by'}`;
    const why = reason === null ? '' : `  ${reason}\n`;
    const what = `  documented ${documented}, ${seen}`;
    return `\n${verdict!.toUpperCase()}  ${requirement}  ${name}\n${what}\n${why}  evidence: ${evidence}`;
  });
}

function renderLeftOut(matrix: Matrix): string[] {
  const out = allCells(matrix).filter(({ cell }) => cell.source === 'left out');
  if (out.length === 0) return [];
  const byLineUp = [...Map.groupBy(out, ({ lineUp }) => lineUp.name)];
  const lines = byLineUp.map(([name, cells]) => `  ${name}: ${cells.map(({ cell }) => cell.requirement).join(' ')}`);
  const more = lines.length - leftOutMax;
  const uncovered = matrix.budget?.uncovered ?? [];
  const missing =
    uncovered.length === 0
      ? 'What was played shows every cell, line-up, target in its role and meeting of two.'
      : `Not shown by anything that was played: ${uncovered.slice(0, leftOutMax).join('; ')}${uncovered.length > leftOutMax ? ` and ${uncovered.length - leftOutMax} more` : ''}.`;
  return [
    '',
    `Left out of a budget of ${matrix.budget?.seconds} s:`,
    ...lines.slice(0, leftOutMax),
    ...(more > 0 ? [`  and ${more} line-ups more, in matrix.json`] : []),
    missing,
  ];
}
