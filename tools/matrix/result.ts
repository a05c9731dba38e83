import type { Shard, Verdict } from '../report/types.ts';

/** Where the verdict of a cell is from; the last four have none. */
export const sources = ['played', 'cache', 'left out', 'other shard', 'interrupted', 'not startable'] as const;
export type Source = (typeof sources)[number];

/** One cell for one line-up. */
export interface MatrixCell {
  readonly requirement: string;
  /** Keys of `matrix/compatibility.yaml`. */
  readonly broker: string;
  readonly nameservers: string;
  readonly documented: string;
  /** What the reference did; null while that is not known. */
  readonly reference: string | null;
  readonly observed: string | null;
  readonly verdict: Verdict | null;
  readonly source: Source;
  readonly seconds: number | null;
  /** From the loss of the master to the first send that a stock client got acknowledged elsewhere, ms; null: no such loss. */
  readonly recoveryMs: number | null;
  /** Why, when it did not pass, or could not start. */
  readonly reason: string | null;
  /** Report of the line-up, at the scenario of the cell, below the folder of the matrix; null when it was not played. */
  readonly evidence: string | null;
}

export interface MatrixLineUp {
  readonly name: string;
  readonly target: string;
  readonly roles: Readonly<Record<string, string>>;
  /** Stock client beside the lab's own, null for none. */
  readonly client: string | null;
  readonly profile: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Folder of its report, below that of the matrix. */
  readonly folder: string;
  readonly cells: readonly MatrixCell[];
}

/** Of `matrix.json`. Another number: another shape. */
export const matrixSchema = 2;

/** `matrix.json`. Times are ms. */
export interface Matrix {
  readonly schema: typeof matrixSchema;
  readonly run: string;
  readonly seed: number;
  /** Hash of what judged: features, lab, deviations. Shards of one matrix have the same. */
  readonly judge: string;
  readonly startedMs: number;
  readonly durationMs: number;
  readonly shard: Shard | null;
  /** Null: everything was to be played. */
  readonly budget: Budget | null;
  /** The reference first. */
  readonly lineUps: readonly MatrixLineUp[];
}

export interface Budget {
  readonly seconds: number;
  /** What no chosen cell shows: `apache:5.5.0 as controller` … */
  readonly uncovered: readonly string[];
}
