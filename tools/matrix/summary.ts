import type { Verdict } from '../report/types.ts';
import { counted } from '../report/verdict.ts';
import type { Matrix, MatrixCell, MatrixLineUp } from './result.ts';

/** Every cell with its line-up. */
export function allCells({ lineUps }: Matrix): { readonly lineUp: MatrixLineUp; readonly cell: MatrixCell }[] {
  return lineUps.flatMap((lineUp) => lineUp.cells.map((cell) => ({ lineUp, cell })));
}

/** The worst of all, as the exit code says it. Cells that were not to be played do not count. */
export function overallOf(matrix: Matrix): Verdict {
  const cells = allCells(matrix).map(({ cell }) => cell);
  const has = (verdict: Verdict) => cells.some((cell) => cell.verdict === verdict);
  if (has('fail')) return 'fail';
  const judged = cells.some(({ verdict }) => verdict !== null && verdict !== 'unsupported');
  return has('inconclusive') || !judged ? 'inconclusive' : 'pass';
}

export function exitCodeOf(matrix: Matrix): number {
  return { pass: 0, deviates: 0, unsupported: 0, fail: 1, inconclusive: 2 }[overallOf(matrix)];
}

/** The matrix in one sentence. */
export function sentenceOf(matrix: Matrix): string {
  const cells = allCells(matrix).map(({ cell }) => cell);
  const played = cells.filter(({ verdict }) => verdict !== null);
  const count = (verdict: Verdict) => cells.filter((cell) => cell.verdict === verdict).length;
  const of = `${played.length} of ${cells.length} cells`;
  if (played.length === 0) return 'No cell was played.';
  if (count('fail') > 0) return `Other than documented: ${counted(count('fail'), 'cell')}; ${of} played.`;
  if (count('inconclusive') > 0) return `Without a verdict: ${counted(count('inconclusive'), 'cell')}; ${of} played.`;
  return `${of} played, and nothing differs from the documentation${count('deviates') > 0 ? ' but listed deviations' : ''}.`;
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
  };
  return Object.entries(words)
    .map(([source, text]) => [cells.filter(({ cell }) => cell.source === source).length, text] as const)
    .filter(([count]) => count > 0)
    .map(([count, text]) => `${count} ${text}`)
    .join(', ');
}
