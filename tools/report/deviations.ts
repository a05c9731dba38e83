import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isInRange } from '../lab/version-range.ts';
import type { ScenarioResult } from './types.ts';

/** A listed difference between releases of Apache RocketMQ and the documentation. */
export interface KnownDeviation {
  readonly requirement: string;
  /** Words that the scenario's name or rule contains; empty: every scenario of the requirement. */
  readonly scenario: string;
  /** Whose release decides whether it applies. */
  readonly role: string;
  /** See `isInRange`. */
  readonly versions: string;
  /** It takes a race: a scenario that passes is no sign that the list is stale. */
  readonly sometimes?: boolean;
  /** It can keep a scenario from coming to its promise: a failure of any step is explained. */
  readonly inSetUp?: boolean;
  readonly reason: string;
  /** Public issue, or how it was reproduced twice. */
  readonly reference: string;
}

/** The release of a role in one run: `5.3.3`, and whether it is the original and not a build of somebody's. */
export interface JudgedRelease {
  readonly role: string;
  readonly version: string;
  readonly original: boolean;
}

/** A deviation that applies to a run. `mustShow`: a scenario of it that passes is a stale entry. */
export interface ApplicableDeviation extends KnownDeviation {
  readonly mustShow: boolean;
}

/** Reads `matrix/known-deviations/apache.yaml`. */
export function readKnownDeviations(file: string): KnownDeviation[] {
  return (parse(readFileSync(file, 'utf8')) as KnownDeviation[] | null) ?? [];
}

/** Those of a run; a release in another role, or beside one of another kind, has its own. Throws on an illegal range. */
export function applicableTo(
  known: readonly KnownDeviation[],
  judged: readonly JudgedRelease[],
): ApplicableDeviation[] {
  return known.flatMap((deviation) => {
    const { role, versions, sometimes } = deviation;
    const release = judged.find((one) => one.role === role && isInRange(one.version, versions));
    return release === undefined ? [] : [{ ...deviation, mustShow: release.original && sometimes !== true }];
  });
}

/** Whether a promise was broken; what fails before is the set-up of the scenario, and no deviation explains that. */
export function brokeItsPromise({ verdict, steps }: ScenarioResult): boolean {
  return verdict === 'fail' && steps.find(({ status }) => status === 'FAILED')?.kind === 'Outcome';
}

/** A listed scenario whose promise fails, or with `inSetUp` any step, `deviates`; one that passes although it must show fails: the list is stale. */
export function applyKnownDeviations(
  results: readonly ScenarioResult[],
  applicable: readonly ApplicableDeviation[],
): ScenarioResult[] {
  return results.map((result) => {
    const listed = applicable.find(
      ({ requirement, scenario }) =>
        result.requirements.includes(requirement) && `${result.rule} ${result.name}`.includes(scenario),
    );
    if (!listed) return result;
    if (brokeItsPromise(result) || (listed.inSetUp === true && result.verdict === 'fail'))
      return { ...result, verdict: 'deviates', deviation: `${listed.reason} (${listed.reference})` };
    if (result.verdict !== 'pass' || !listed.mustShow) return result;
    const failure = `Listed as a known deviation of ${listed.versions}, but it passes: correct the list. Listed reason: ${listed.reason}`;
    return { ...result, verdict: 'fail', failure };
  });
}
