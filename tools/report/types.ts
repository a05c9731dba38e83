import type { AskedSetting } from '../lab/asked-settings.ts';
import type { Recovery } from '../lab/recovery.ts';

/**
 * What a scenario came to. `deviates`: fails as a listed known deviation says; `inconclusive`: the fault did not bite or the
 * harness broke; `unsupported`: the target does not have what it needs, as its maker says, or this machine does not.
 */
export const verdicts = ['pass', 'deviates', 'fail', 'inconclusive', 'unsupported'] as const;
export type Verdict = (typeof verdicts)[number];

/** What the first error of a scenario makes of it, by its name; any other: `fail`. */
export const verdictOfError: Readonly<Record<string, Verdict>> = {
  Inconclusive: 'inconclusive',
  /** What a step needs of this machine is not to be had. */
  SetupError: 'inconclusive',
  Unsupported: 'unsupported',
};

/** Something a step saw, attached to the message stream as JSON under `observationMediaType`. */
export interface Observation {
  /** What was looked at: `online`, `traffic`, `switches`, `ledger`, `timing` … */
  readonly what: string;
  /** What was seen. */
  readonly value: boolean | number | string;
  /** One sentence for the report. */
  readonly text: string;
  /** ms since the epoch. */
  readonly atMs: number;
}

export const observationMediaType = 'application/x.switchlab.observation+json';

export interface StepResult {
  /** What Gherkin makes of the keyword: `Context`, `Action`, `Outcome`, or `Hook`. */
  readonly kind: string;
  readonly keyword: string;
  readonly text: string;
  readonly status: string;
  /** ms since the epoch. */
  readonly endedMs: number;
  readonly durationMs: number;
  readonly message: string | null;
}

/** The ledger of a scenario in numbers. */
export interface LedgerSummary {
  readonly attempts: number;
  readonly acknowledged: number;
  /** Stored, but not as safely as asked for: FLUSH_DISK_TIMEOUT and its like. */
  readonly stored: number;
  readonly refused: number;
  /** Without an answer. */
  readonly unknown: number;
  readonly delivered: number;
}

/** A broken invariant, as the checkers named it. */
export interface BrokenInvariant {
  readonly check: string;
  readonly text: string;
}

/** One pickle (an outline row is a scenario of its own). Times are ms. One that was not played has no steps, and begins at 0. */
export interface ScenarioResult {
  readonly uri: string;
  readonly line: number;
  readonly feature: string;
  readonly rule: string;
  readonly name: string;
  /** `CTL-…` ids among its tags. */
  readonly requirements: readonly string[];
  readonly tags: readonly string[];
  readonly verdict: Verdict;
  readonly startedMs: number;
  readonly durationMs: number;
  readonly steps: readonly StepResult[];
  readonly observations: readonly Observation[];
  /** First failing step's message. */
  readonly failure: string | null;
  /** Reason of the known deviation that applies. */
  readonly deviation: string | null;
  /** Folder of its evidence, below that of the run; null when it left none. */
  readonly evidence: string | null;
  /** Null when it sent nothing. */
  readonly ledger: LedgerSummary | null;
  /** Invariants that the ledger breaks, the first found first. */
  readonly broken: readonly BrokenInvariant[];
  /** Keys that the scenario set to something else than the documented default. */
  readonly asked: readonly AskedSetting[];
  /** Of a client that is not ours, where the scenario measured it. */
  readonly recovery?: Recovery;
}

/** One part of a run that was split: `2/4` is `{ index: 2, of: 4 }`. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** Which scenarios a run was asked for. */
export interface Selection {
  readonly features: readonly string[];
  readonly tags: string | null;
}

/** Of `report.json`; `docs/report.schema.json` describes it. Another number: another shape. */
export const reportSchema = 2;

/** `report.json`. */
export interface RunReport {
  readonly schema: typeof reportSchema;
  readonly run: string;
  /** As given: `reference`, `apache:5.3.3,apache:4.9.7` … */
  readonly target: string;
  /** Target that ran beside it in mixed clusters, null for none. */
  readonly guest: string | null;
  /** Targets of single roles, as given; `client`: the stock client that takes part. */
  readonly roles?: Readonly<Record<string, string>>;
  /** Lab defect of the reference in this run; absent: none. */
  readonly labDefect?: string;
  readonly profile: string;
  readonly seed: number;
  readonly selection: Selection;
  /** Null: the whole selection. */
  readonly shard: Shard | null;
  readonly startedMs: number;
  /** Of a merged report: the sum over its shards. */
  readonly durationMs: number;
  readonly versions: Readonly<Record<string, string>>;
  /** By feature file and line. */
  readonly scenarios: readonly ScenarioResult[];
}
