import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isInRange } from '../lab/version-range.ts';
import type { ScenarioResult, StepResult } from './types.ts';

/** A listed difference between releases of Apache RocketMQ and the documentation. */
export interface KnownDeviation {
  readonly requirement: string;
  /** Words that the scenario's name or rule contains; empty: every scenario of the requirement. */
  readonly scenario: string;
  /** Words of the steps that it makes fail. */
  readonly steps: readonly string[];
  /** Whose release decides whether it applies. */
  readonly role: string;
  /** See `isInRange`. */
  readonly versions: string;
  /** It takes a race: a scenario that passes is no sign that the list is stale. */
  readonly sometimes?: boolean;
  readonly reason: string;
  /** Public issue or change; where that says less, how it was reproduced too. */
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

/** The step that failed, when nothing else did: no second step, and no process that ended by itself. */
function onlyFailure({ verdict, steps }: ScenarioResult): StepResult | null {
  const notPassed = steps.filter(({ status }) => status !== 'PASSED' && status !== 'SKIPPED');
  return verdict === 'fail' && notPassed.length === 1 && notPassed[0]!.status === 'FAILED' ? notPassed[0]! : null;
}

/** Whether a promise was broken and nothing else happened; what fails before is the set-up of the scenario. */
export function brokeItsPromise(result: ScenarioResult): boolean {
  return onlyFailure(result)?.kind === 'Outcome';
}

/** A scenario that fails where an entry says so `deviates`; one that passes although it must show fails: the list is stale. */
export function applyKnownDeviations(
  results: readonly ScenarioResult[],
  applicable: readonly ApplicableDeviation[],
): ScenarioResult[] {
  return results.map((result) => {
    const listed = applicable.filter(
      ({ requirement, scenario }) =>
        result.requirements.includes(requirement) && `${result.rule} ${result.name}`.includes(scenario),
    );
    const failed = onlyFailure(result);
    const explains = failed && listed.find(({ steps }) => steps.some((words) => failed.text.includes(words)));
    if (explains) return { ...result, verdict: 'deviates', deviation: `${explains.reason} (${explains.reference})` };
    const stale = listed.find(({ mustShow }) => mustShow);
    if (result.verdict !== 'pass' || !stale) return result;
    const failure = `Listed as a known deviation of ${stale.versions}, but it passes: correct the list. Listed reason: ${stale.reason}`;
    return { ...result, verdict: 'fail', failure };
  });
}
