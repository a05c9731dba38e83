import { observeCell } from '../report/compatibility.ts';
import { anchor } from '../report/html/text.ts';
import { byPlace } from '../report/scenario-names.ts';
import { reportSchema, type RunReport, type ScenarioResult } from '../report/types.ts';
import { reasonOf } from '../report/verdict.ts';
import { stockClientVersions } from '../stock-clients/stock-client.ts';
import type { PlayedCell } from './cache.ts';
import type { MatrixCell, MatrixLineUp, Source } from './result.ts';
import type { PlannedLineUp } from './work.ts';

/** How far a cell has come. */
export interface CellState {
  readonly source: Source;
  readonly played: PlayedCell | null;
  /** Why it could not start. */
  readonly reason?: string;
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
    roles: { ...planned.roles, ...(planned.client === null ? {} : { client: planned.client }) },
    profile: planned.profile,
    seed,
    selection: { features: [feature], tags: null },
    shard: null,
    startedMs: Math.min(...scenarios.map(({ startedMs }) => startedMs)),
    durationMs: scenarios.reduce((sum, { durationMs }) => sum + durationMs, 0),
    versions: { node: process.version, ...planned.targets.versions, ...stockClientVersions(planned.client) },
    scenarios,
  };
}

/** One line-up of the matrix. @param reference the report of the reference with the same clients, for what it did in the same cells */
export function lineUpOf(
  planned: PlannedLineUp,
  progress: Progress,
  report: RunReport,
  reference: RunReport,
  folder: string,
): MatrixLineUp {
  const { name, target, roles, client, profile, targets, work } = planned;
  const cells = work.map(({ key, cell }): MatrixCell => {
    const { source, played, reason }: CellState = progress.get(key) ?? { source: 'interrupted', played: null };
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
      recoveryMs: scenario?.recovery?.sendMs ?? null,
      reason: whyNot(scenario) ?? reason ?? null,
      evidence: scenario === null ? null : `${folder}/report.html#${anchor(scenario)}`,
    };
  });
  return {
    name,
    target,
    roles,
    client,
    profile,
    versions: { ...targets.versions, ...stockClientVersions(client) },
    folder,
    cells,
  };
}

function whyNot(scenario: ScenarioResult | null): string | null {
  return scenario === null || scenario.verdict === 'pass' ? null : reasonOf(scenario);
}
