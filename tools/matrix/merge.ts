import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from '../lab/setup-error.ts';
import { assertAllShards } from '../report/merge.ts';
import { byPlace } from '../report/scenario-names.ts';
import type { RunReport } from '../report/types.ts';
import { readReport } from '../report/write.ts';
import { referenceFor } from './line-up.ts';
import type { Matrix, MatrixLineUp } from './result.ts';
import { writeLineUpReport, writeMatrix } from './write.ts';

/** A matrix and the folder of its run. */
export interface FoundMatrix {
  readonly matrix: Matrix;
  readonly folder: string;
}

/** What all shards of a matrix have in common. */
const shared = ['seed', 'judge', 'lineUps'] as const;

/** One matrix of all its shards. Throws `SetupError` when they are not all shards of one matrix, each there once. */
export function mergeMatrices(found: readonly FoundMatrix[], run: string): Matrix {
  const matrices = found.map(({ matrix }) => matrix);
  const [first, ...others] = matrices;
  if (first === undefined) throw new SetupError('Name the runs to merge.');
  assertAllShards(matrices);
  const other = others.find((matrix) => shared.some((key) => identity(matrix)[key] !== identity(first)[key]));
  if (other)
    throw new SetupError(
      `${first.run} and ${other.run} are of different matrices: seed, targets, profile or the state of the project differ.`,
    );
  const lineUps = first.lineUps.map((lineUp, i): MatrixLineUp => {
    const cells = lineUp.cells.map((cell, c) => {
      const ofShards = matrices.map((matrix) => matrix.lineUps[i]!.cells[c]!);
      const [own, twice] = ofShards.filter(({ source }) => source !== 'other shard');
      if (own === undefined || twice !== undefined)
        throw new SetupError(
          `${cell.requirement} of ${lineUp.name} is in ${own ? 'two' : 'none'} of these shards: play them anew.`,
        );
      return own;
    });
    return Object.assign({}, lineUp, { cells });
  });
  return {
    ...first,
    run,
    shard: null,
    startedMs: Math.min(...matrices.map(({ startedMs }) => startedMs)),
    durationMs: matrices.reduce((sum, { durationMs }) => sum + durationMs, 0),
    budget: mergedBudget(matrices),
    lineUps: lineUps.map((lineUp) => {
      const beside = referenceFor(lineUps, lineUp).cells;
      const cells = lineUp.cells.map((cell, c) => Object.assign({}, cell, { reference: beside[c]!.observed }));
      return Object.assign({}, lineUp, { cells });
    }),
  };
}

/** The report of one line-up over all shards. */
function mergeLineUp(reports: readonly RunReport[], run: string): RunReport {
  return {
    ...reports[0]!,
    run,
    startedMs: Math.min(...reports.map(({ startedMs }) => startedMs)),
    durationMs: reports.reduce((sum, { durationMs }) => sum + durationMs, 0),
    scenarios: reports.flatMap(({ scenarios }) => scenarios).sort(byPlace),
  };
}

/**
 * Reports and evidence of every line-up of a merged matrix, from the folders of the shards, and the matrix itself.
 */
export function writeMerged(matrix: Matrix, found: readonly FoundMatrix[], folder: string): void {
  const reports = matrix.lineUps.map((lineUp) => {
    const own = path.join(folder, lineUp.folder);
    const parts = found
      .map((shard) => path.join(shard.folder, lineUp.folder))
      .filter((part) => existsSync(path.join(part, 'report.json')));
    for (const part of parts) {
      const evidence = path.join(part, 'scenarios');
      if (existsSync(evidence)) cpSync(evidence, path.join(own, 'scenarios'), { recursive: true });
    }
    return parts.length === 0
      ? null
      : mergeLineUp(
          parts.map((part) => readReport(part).report),
          `${matrix.run}/${lineUp.folder}`,
        );
  });
  const { lineUps } = matrix;
  for (const [i, report] of reports.entries()) {
    const reference = reports[lineUps.indexOf(referenceFor(lineUps, lineUps[i]!))];
    if (report) writeLineUpReport(report, reference ?? report, path.join(folder, lineUps[i]!.folder));
  }
  writeMatrix(matrix, folder);
}

function identity({ seed, judge, lineUps }: Matrix): Record<(typeof shared)[number], string> {
  const parts = lineUps.map(({ target, roles, client, profile, versions }) => ({
    target,
    roles,
    client,
    profile,
    versions,
  }));
  return { seed: String(seed), judge, lineUps: JSON.stringify(parts) };
}

/** What no shard shows. */
function mergedBudget(matrices: readonly Matrix[]): Matrix['budget'] {
  const budgets = matrices.flatMap(({ budget }) => budget ?? []);
  if (budgets.length === 0) return null;
  const [one, ...rest] = budgets;
  const uncovered = one!.uncovered.filter((facet) => rest.every((other) => other.uncovered.includes(facet)));
  return { seconds: budgets.reduce((sum, { seconds }) => sum + seconds, 0), uncovered };
}
