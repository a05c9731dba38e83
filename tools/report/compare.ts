import { nameEach } from './scenario-names.ts';
import type { RunReport, ScenarioResult, Verdict } from './types.ts';

/** What is different in the second of two runs. */
export interface Comparison {
  readonly verdicts: readonly Change<Verdict | null>[];
  readonly observed: readonly Change<string>[];
  readonly durations: readonly Change<number>[];
  /** A verdict got worse, or a scenario is gone. */
  readonly worse: boolean;
}

/** Null: not in that run. */
export interface Change<T> {
  readonly scenario: string;
  /** Of an observation: what was looked at. */
  readonly what: string;
  readonly from: T;
  readonly to: T;
}

const rank: Readonly<Record<string, number>> = { pass: 0, deviates: 1, unsupported: 2, inconclusive: 3, fail: 4 };
/** Less than this is noise on a shared machine. */
const durationFactor = 1.5;
const durationLeastMs = 2_000;
/** Measured numbers differ a little in every run; small ones count something. */
const numberFactor = 1.5;
const countsBelow = 10;

export function compareRuns(a: RunReport, b: RunReport): Comparison {
  const [before, after] = [new Map(nameEach(a.scenarios)), new Map(nameEach(b.scenarios))];
  const both = [...before].flatMap(([name, from]) => {
    const to = after.get(name);
    return to === undefined ? [] : [{ name, from, to }];
  });
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const verdicts = names
    .map((name) => ({
      scenario: name,
      what: 'verdict',
      from: before.get(name)?.verdict ?? null,
      to: after.get(name)?.verdict ?? null,
    }))
    .filter(({ from, to }) => from !== to);
  return {
    verdicts,
    observed: both.flatMap(({ name, from, to }) => [
      ...failureChange(name, from, to),
      ...observedChanges(name, from, to),
    ]),
    durations: both
      .filter(({ from, to }) => differs(from.durationMs, to.durationMs, durationFactor, durationLeastMs))
      .map(({ name, from, to }) => ({ scenario: name, what: 'ms', from: from.durationMs, to: to.durationMs })),
    worse: verdicts.some(({ from, to }) => isWorse(from, to)),
  };
}

function isWorse(from: Verdict | null, to: Verdict | null): boolean {
  if (from === null) return to === 'fail';
  return to === null || rank[to]! > rank[from]!;
}

function wordOf(from: Verdict | null, to: Verdict | null): string {
  if (isWorse(from, to)) return 'WORSE ';
  return from === null ? 'new   ' : 'better';
}

/** One line per change, the ones for the worse marked; `the same` when there is none. */
export function renderComparison({ verdicts, observed, durations }: Comparison): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const line = (scenario: string, text: string) => `  ${text}  ${scenario}`;
  const part = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : [title, ...lines, '']);
  const lines = [
    ...part(
      'verdicts',
      verdicts.map(({ scenario, from, to }) =>
        line(scenario, `${wordOf(from, to)} ${from ?? 'not in A'} -> ${to ?? 'not in B'}`),
      ),
    ),
    ...part(
      'observed values',
      observed.map(({ scenario, what, from, to }) => line(scenario, `${what}: ${from} -> ${to}`)),
    ),
    ...part(
      'durations',
      durations.map(({ scenario, from, to }) => line(scenario, `${seconds(from)} -> ${seconds(to)}`)),
    ),
  ];
  return lines.length === 0 ? 'the same verdicts, observed values and durations' : lines.join('\n').trimEnd();
}

/** The same verdict for another reason. */
function failureChange(scenario: string, a: ScenarioResult, b: ScenarioResult): Change<string>[] {
  const [from, to] = [reasonOf(a), reasonOf(b)];
  return a.verdict !== b.verdict || from === to ? [] : [{ scenario, what: a.verdict, from, to }];
}

/** Where it did not go on, the broken invariants, and the deviation that explains it. */
function reasonOf({ steps, broken, deviation }: ScenarioResult): string {
  const failed = steps.find(({ status }) => status !== 'PASSED' && status !== 'SKIPPED');
  const parts = [failed && `at "${failed.text || failed.keyword}"`, ...broken.map(({ check }) => check), deviation];
  return parts.filter((part) => typeof part === 'string').join(', ');
}

function observedChanges(scenario: string, a: ScenarioResult, b: ScenarioResult): Change<string>[] {
  const last = ({ observations }: ScenarioResult) => new Map(observations.map(({ what, value }) => [what, value]));
  const [before, after] = [last(a), last(b)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((what) => {
    const [from, to] = [before.get(what), after.get(what)];
    if (from === to) return [];
    const areMeasured = typeof from === 'number' && typeof to === 'number' && Math.min(from, to) >= countsBelow;
    if (areMeasured && !differs(from, to, numberFactor, 0)) return [];
    return [{ scenario, what, from: String(from ?? 'not seen'), to: String(to ?? 'not seen') }];
  });
}

function differs(a: number, b: number, factor: number, least: number): boolean {
  const [low, high] = a < b ? [a, b] : [b, a];
  return high - low > least && high > low * factor;
}
