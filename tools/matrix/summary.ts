import type { Verdict } from '../report/types.ts';
import { counted } from '../report/verdict.ts';
import type { Matrix, MatrixCell, MatrixLineUp } from './result.ts';

/** Every cell with its line-up. */
export function allCells({ lineUps }: Matrix): { readonly lineUp: MatrixLineUp; readonly cell: MatrixCell }[] {
  return lineUps.flatMap((lineUp) => lineUp.cells.map((cell) => ({ lineUp, cell })));
}

/** The worst of all. Cells that were not to be played do not count; those that were and did not come to it, do. */
export function overallOf(matrix: Matrix): Verdict {
  const cells = allCells(matrix).map(({ cell }) => cell);
  const has = (verdict: Verdict) => cells.some((cell) => cell.verdict === verdict);
  if (has('fail')) return 'fail';
  const judged = cells.some(({ verdict }) => verdict !== null && verdict !== 'unsupported');
  const missed = cells.some(({ source }) => source === 'interrupted' || source === 'not startable');
  return has('inconclusive') || missed || !judged ? 'inconclusive' : 'pass';
}

export function exitCodeOf(matrix: Matrix): number {
  const overall = overallOf(matrix);
  const refused = allCells(matrix).some(({ cell }) => cell.source === 'not startable');
  if (overall !== 'fail' && refused) return 3;
  return { pass: 0, deviates: 0, unsupported: 0, fail: 1, inconclusive: 2 }[overall];
}

/** The matrix in one sentence. */
export function sentenceOf(matrix: Matrix): string {
  const cells = allCells(matrix).map(({ cell }) => cell);
  const count = (verdict: Verdict) => cells.filter((cell) => cell.verdict === verdict).length;
  const unsupported = count('unsupported');
  const judged = cells.filter(({ verdict }) => verdict !== null).length - unsupported;
  const refused = cells.filter(({ source }) => source === 'not startable').length;
  const rest = `${unsupported === 0 ? '' : `, ${unsupported} unsupported`}${refused === 0 ? '' : `, ${refused} could not start`}`;
  const of = `${judged} of ${cells.length} cells judged${rest}`;
  if (judged === 0) return `No cell was judged${rest}.`;
  if (count('fail') > 0) return `Other than documented: ${counted(count('fail'), 'cell')}; ${of}.`;
  if (count('inconclusive') > 0) return `Without a verdict: ${counted(count('inconclusive'), 'cell')}; ${of}.`;
  return `${of}, and nothing differs from the documentation${count('deviates') > 0 ? ' but listed deviations' : ''}.`;
}

/** `12 played, 24 from the cache, 3 left out`. */
export function countsOf(matrix: Matrix): string {
  const cells = allCells(matrix);
  const words = {
    played: 'played now',
    cache: 'from the cache',
    'left out': 'left out',
    'other shard': 'of other shards',
    interrupted: 'not reached',
    'not startable': 'could not start',
  };
  return Object.entries(words)
    .map(([source, text]) => [cells.filter(({ cell }) => cell.source === source).length, text] as const)
    .filter(([count]) => count > 0)
    .map(([count, text]) => `${count} ${text}`)
    .join(', ');
}
