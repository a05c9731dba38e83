import { observeCell } from '../report/compatibility.ts';
import { anchor } from '../report/html/text.ts';
import { byPlace } from '../report/scenario-names.ts';
import { reportSchema, type RunReport, type ScenarioResult } from '../report/types.ts';
import { reasonOf } from '../report/verdict.ts';
import type { PlayedCell } from './cache.ts';
import type { MatrixCell, MatrixLineUp, Source } from './result.ts';
import type { PlannedLineUp } from './work.ts';

/** How far a cell has come. */
export interface CellState {
  readonly source: Source;
  readonly played: PlayedCell | null;
}

/** By the key of the cell. */
export type Progress = ReadonlyMap<string, CellState>;

/** What a report of conformance says of everything that one line-up has played, now or before. */
export function reportOf(
  planned: PlannedLineUp,
  progress: Progress,
  { run, seed, feature }: { readonly run: string; readonly seed: number; readonly feature: string },
): RunReport {
  const scenarios = planned.work.flatMap(({ key }) => progress.get(key)?.played?.result ?? []).sort(byPlace);
  return {
    schema: reportSchema,
    run,
    target: planned.target,
    guest: null,
    roles: planned.roles,
    profile: planned.profile,
    seed,
    selection: { features: [feature], tags: null },
    shard: null,
    startedMs: Math.min(...scenarios.map(({ startedMs }) => startedMs)),
    durationMs: scenarios.reduce((sum, { durationMs }) => sum + durationMs, 0),
    versions: { node: process.version, ...planned.targets.versions },
    scenarios,
  };
}

/** One line-up of the matrix. @param reference the report of the reference, for what it did in the same cells */
export function lineUpOf(
  planned: PlannedLineUp,
  progress: Progress,
  report: RunReport,
  reference: RunReport,
  folder: string,
): MatrixLineUp {
  const { name, target, roles, profile, targets, work } = planned;
  const cells = work.map(({ key, cell }): MatrixCell => {
    const { source, played } = progress.get(key) ?? { source: 'interrupted' as const, played: null };
    const scenario = played?.result ?? null;
    const { documented, observed, verdict } = observeCell(cell, report);
    return {
      requirement: cell.requirement,
      broker: cell.broker,
      nameservers: cell.nameservers,
      documented,
      observed,
      verdict,
      reference: observeCell(cell, reference).observed,
      source,
      seconds: scenario === null ? null : Math.round(scenario.durationMs / 100) / 10,
      reason: whyNot(scenario),
      evidence: scenario === null ? null : `${folder}/report.html#${anchor(scenario)}`,
    };
  });
  return {
    name,
    target,
    roles: roles,
    profile,
    versions: targets.versions,
    folder,
    cells,
  };
}

function whyNot(scenario: ScenarioResult | null): string | null {
  return scenario === null || scenario.verdict === 'pass' ? null : reasonOf(scenario);
}
