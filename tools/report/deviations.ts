import { readFileSync, existsSync } from 'node:fs';
import { parse } from 'yaml';
import type { ScenarioResult } from './types.ts';

/** A listed difference between a target and the documentation. */
export interface KnownDeviation {
  readonly requirement: string;
  /** Words that the scenario's name or rule contains; empty: every scenario of the requirement. */
  readonly scenario: string;
  readonly reason: string;
  /** Public issue, or how it was reproduced twice. */
  readonly reference: string;
}

/** Reads `matrix/known-deviations/<target>.yaml`; a target without a file has none. */
export function readKnownDeviations(file: string): KnownDeviation[] {
  return existsSync(file) ? ((parse(readFileSync(file, 'utf8')) as KnownDeviation[] | null) ?? []) : [];
}

/** Whether a promise was broken; what fails before is the set-up of the scenario, and no deviation explains that. */
function brokeItsPromise({ verdict, steps }: ScenarioResult): boolean {
  return verdict === 'fail' && steps.find(({ status }) => status === 'FAILED')?.kind === 'Outcome';
}

/** A listed scenario whose promise fails `deviates`; a listed one that passes fails: the list is stale. */
export function applyKnownDeviations(
  results: readonly ScenarioResult[],
  known: readonly KnownDeviation[],
): ScenarioResult[] {
  return results.map((result) => {
    const listed = known.find(
      ({ requirement, scenario }) =>
        result.requirements.includes(requirement) && `${result.rule} ${result.name}`.includes(scenario),
    );
    if (!listed) return result;
    if (brokeItsPromise(result))
      return { ...result, verdict: 'deviates', deviation: `${listed.reason} (${listed.reference})` };
    if (result.verdict !== 'pass') return result;
    const failure = `Listed as a known deviation, but it passes: remove it from the list. Listed reason: ${listed.reason}`;
    return { ...result, verdict: 'fail', failure };
  });
}
