import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { isInRange } from '../lab/version-range.ts';
import { brokeItsPromise, type JudgedRelease } from './deviations.ts';
import type { ScenarioResult } from './types.ts';

/** A mistake of former releases, as `matrix/regressions.yaml` has it. */
export interface Regression {
  readonly requirement: string;
  /** Whose mistake it is. */
  readonly roles: readonly string[];
  /** See `isInRange`; null: no release is known to have it. */
  readonly affected: string | null;
  /** First release without it, null while none is known. */
  readonly fixed: string | null;
  /** Numbers of public issues and pull requests. */
  readonly references: readonly number[];
  /** It takes a race: not seeing it proves nothing. */
  readonly sometimes?: boolean;
}

const file = path.resolve(import.meta.dirname, '../../matrix/regressions.yaml');

export function readRegressions(): Regression[] {
  return parse(readFileSync(file, 'utf8')) as Regression[];
}

/** The expression with `@regression` standing for every scenario of a listed one. */
export function withRegressionTags(expression: string, regressions: readonly Regression[]): string {
  const each = regressions.map(({ requirement }) => `@${requirement}`).join(' or ');
  return expression.replaceAll(/@regression\b/g, `(${each})`);
}

function isAffected({ roles, affected }: Regression, judged: readonly JudgedRelease[]): boolean {
  return affected !== null && judged.some(({ role, version }) => roles.includes(role) && isInRange(version, affected));
}

/** A scenario of a regression that its release is known to have, and that breaks its promise, `deviates`. */
export function applyRegressions(
  results: readonly ScenarioResult[],
  regressions: readonly Regression[],
  judged: readonly JudgedRelease[],
): ScenarioResult[] {
  return results.map((result) => {
    const known = regressions.find((one) => result.requirements.includes(one.requirement) && isAffected(one, judged));
    if (known === undefined || !brokeItsPromise(result)) return result;
    return { ...result, verdict: 'deviates', deviation: `${known.requirement}, ${range(known)} (${issues(known)})` };
  });
}

/** Which of the listed ones a run saw, one line each. `text` of a requirement comes from the caller. */
export function renderRegressions(
  results: readonly ScenarioResult[],
  regressions: readonly Regression[],
  judged: readonly JudgedRelease[],
  text: (requirement: string) => string,
): string {
  const lines = regressions.map((one) => {
    const own = results.filter(({ requirements }) => requirements.includes(one.requirement));
    const listed = judged.length === 0 ? '-' : isAffected(one, judged) ? 'affected' : 'not affected';
    const columns = [one.requirement.padEnd(11), listed.padEnd(13), seen(own, one).padEnd(22), range(one).padEnd(34)];
    return `${columns.join(' ')} ${text(one.requirement)} (${issues(one)})`;
  });
  const releases =
    judged.map(({ role, version }) => `${role} ${version}`).join(', ') || 'no release of Apache RocketMQ';
  const head = ['regression'.padEnd(11), 'by the list'.padEnd(13), 'observed here'.padEnd(22), 'known in'].join(' ');
  return [`Regressions of former releases, ${releases}`, head, ...lines].join('\n');
}

function seen(own: readonly ScenarioResult[], { sometimes }: Regression): string {
  const has = (verdict: ScenarioResult['verdict']) => own.some((result) => result.verdict === verdict);
  if (own.length === 0) return 'no scenario ran';
  if (has('fail')) return 'FAILS';
  if (has('deviates')) return 'DEVIATES';
  if (has('inconclusive')) return 'inconclusive';
  if (has('unsupported')) return 'unsupported';
  return sometimes === true ? 'not seen, needs a race' : 'not there';
}

function range({ affected, fixed }: Regression): string {
  if (affected === null) return 'no release';
  return `${affected}${fixed === null ? '' : `, fixed in ${fixed}`}`;
}

function issues({ references }: Regression): string {
  return references.map((number) => `#${number}`).join(' ');
}
