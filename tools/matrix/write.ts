import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { SetupError } from '../lab/setup-error.ts';
import { readCompatibilityTable } from '../report/compatibility.ts';
import type { RunReport } from '../report/types.ts';
import { writeReports } from '../report/write.ts';
import { renderMatrixHtml } from './html.ts';
import { type Matrix, matrixSchema } from './result.ts';
import { renderText } from './text.ts';

const file = 'matrix.json';

/** Writes `matrix.json` and `matrix.html` into the folder of the matrix. */
export function writeMatrix(matrix: Matrix, folder: string): void {
  writeFileSync(path.join(folder, file), `${JSON.stringify(matrix, null, 1)}\n`);
  writeFileSync(path.join(folder, 'matrix.html'), renderMatrixHtml(matrix, readCompatibilityTable()));
}

/** On a GitHub runner the matrix goes into the summary of the step. Elsewhere nothing. */
export function tellGitHubOfMatrix(matrix: Matrix, env: Readonly<Record<string, string | undefined>>): void {
  if (!env.GITHUB_STEP_SUMMARY) return;
  const text = stripVTControlCharacters(renderText(matrix, readCompatibilityTable()));
  appendFileSync(env.GITHUB_STEP_SUMMARY, `### Compatibility matrix\n\n\`\`\`text\n${text}\n\`\`\`\n`);
}

/** Writes the reports of one line-up into a folder of its own; nothing for one that has played nothing. */
export function writeLineUpReport(report: RunReport, reference: RunReport, folder: string): void {
  if (report.scenarios.length === 0) return;
  mkdirSync(folder, { recursive: true });
  writeReports(report, report === reference ? [] : [reference], folder);
}

/** Null when a folder holds no matrix. Throws `SetupError` for one of another version, or that was not written whole. */
export function readMatrix(folder: string): Matrix | null {
  const found = path.join(folder, file);
  if (!existsSync(found)) return null;
  const matrix = parse(readFileSync(found, 'utf8'));
  if (matrix?.schema === matrixSchema) return matrix;
  throw new SetupError(`${found} is no matrix of this version (schema ${matrix?.schema ?? 'unknown'}): run it anew.`);
}

function parse(text: string): Matrix | null {
  try {
    return JSON.parse(text) as Matrix | null;
  } catch {
    return null;
  }
}
