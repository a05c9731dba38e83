import type { Attempt, Violation } from '../check/ledger.ts';
import type { Evidence } from './evidence.ts';
import type { ScenarioResult, StepResult } from './types.ts';

/** Where a scenario broke: what a reader wants to see first. */
export interface Failure {
  readonly step: StepResult | null;
  readonly violation: Violation | null;
  /** ms since the epoch: when the first offending row was sent or seen, or the step gave up. */
  readonly momentMs: number;
  /** Sends around that moment, in their order. */
  readonly rows: readonly Attempt[];
  /** Keys of the offending messages among them. */
  readonly offending: ReadonlySet<string>;
}

const rowsEachSide = 6;

/** Null for a scenario that passed. */
export function failureOf(scenario: ScenarioResult, evidence: Evidence | null): Failure | null {
  if (scenario.verdict === 'pass') return null;
  const step = scenario.steps.find(({ status }) => status !== 'PASSED' && status !== 'SKIPPED') ?? null;
  const violation = evidence?.violations[0] ?? null;
  const gaveUpMs = step?.endedMs ?? scenario.startedMs + scenario.durationMs;
  const offending = new Set(violation?.rows.flatMap(keysOf));
  const attempts = [...(evidence?.attempts ?? [])].sort((a, b) => a.sentMs - b.sentMs);
  const first = attempts.findIndex(({ key }) => offending.has(key));
  const momentMs = attempts[first]?.sentMs ?? seenMs(violation) ?? gaveUpMs;
  const next = first >= 0 ? first : attempts.findIndex(({ sentMs }) => sentMs > momentMs);
  const middle = next === -1 ? attempts.length : next;
  const rows = attempts.slice(Math.max(0, middle - rowsEachSide), middle + rowsEachSide + 1);
  return { step, violation, momentMs, rows, offending };
}

/** Rows of violations name messages by `key`, or by the two that were found at one place. */
function keysOf(row: object): string[] {
  const { key, firstKey, laterKey } = row as { key?: unknown; firstKey?: unknown; laterKey?: unknown };
  return [key, firstKey, laterKey].filter((value) => typeof value === 'string');
}

function seenMs(violation: Violation | null): number | null {
  const times = violation?.rows.map((row) => (row as { seenMs?: unknown }).seenMs) ?? [];
  return times.find((time) => typeof time === 'number') ?? null;
}
