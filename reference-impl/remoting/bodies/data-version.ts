// DataVersion:  counter long | stateVersion long (new) | timestamp long
import type { Release } from '../../base/release.ts';
import { fieldsOf, numberField } from './fields.ts';

/** Version of a broker's topic table. Two are equal when all members are. */
export interface DataVersion {
  readonly counter: number;
  /** Epoch of the master that changed the table; 0 outside controller mode and from old brokers. */
  readonly stateVersion: number;
  /** Of the last change, ms since the epoch. */
  readonly timestamp: number;
}

/** Reads a DataVersion; `old` does not see its stateVersion. Null when there is none. */
export function readDataVersion(value: unknown, release: Release): DataVersion | null {
  if (value === null || value === undefined) return null;
  const fields = fieldsOf(value, 'DataVersion');
  return {
    counter: numberField(fields, 'counter', 0),
    stateVersion: release === 'old' ? 0 : numberField(fields, 'stateVersion', 0),
    timestamp: numberField(fields, 'timestamp', 0),
  };
}

/** The members that `release` writes. */
export function dataVersionFields({ counter, stateVersion, timestamp }: DataVersion, release: Release): object {
  return release === 'old' ? { counter, timestamp } : { counter, stateVersion, timestamp };
}

export function sameDataVersion(a: DataVersion, b: DataVersion): boolean {
  return a.counter === b.counter && a.stateVersion === b.stateVersion && a.timestamp === b.timestamp;
}
