import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from '../lab/setup-error.ts';
import { readCompatibilityTable } from '../report/compatibility.ts';
import type { RunReport } from '../report/types.ts';
import { writeReports } from '../report/write.ts';
import { renderMatrixHtml } from './html.ts';
import { type Matrix, matrixSchema } from './result.ts';

const file = 'matrix.json';

/** Writes `matrix.json` and `matrix.html` into the folder of the matrix. */
export function writeMatrix(matrix: Matrix, folder: string): void {
  writeFileSync(path.join(folder, file), `${JSON.stringify(matrix, null, 1)}\n`);
  writeFileSync(path.join(folder, 'matrix.html'), renderMatrixHtml(matrix, readCompatibilityTable()));
}

/** Writes the reports of one line-up into a folder of its own; nothing for one that has played nothing. */
export function writeLineUpReport(report: RunReport, reference: RunReport, folder: string): void {
  if (report.scenarios.length === 0) return;
  mkdirSync(folder, { recursive: true });
  writeReports(report, report === reference ? [] : [reference], folder);
}

/** Null when a folder holds no matrix. Throws `SetupError` for one of another version. */
export function readMatrix(folder: string): Matrix | null {
  const found = path.join(folder, file);
  if (!existsSync(found)) return null;
  const matrix = JSON.parse(readFileSync(found, 'utf8')) as Matrix;
  if (matrix.schema === matrixSchema) return matrix;
  throw new SetupError(`${found} is of another version (schema ${String(matrix.schema)}): run it anew.`);
}
