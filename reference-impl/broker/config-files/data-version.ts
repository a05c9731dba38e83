import type { Release } from '../../base/release.ts';
import { type DataVersion, dataVersionFields, sameDataVersion } from '../../remoting/bodies/data-version.ts';

/** The DataVersion of a table that this broker keeps: slaves copy a table when its version differs from theirs. */
export class TableVersion implements DataVersion {
  counter = 0;
  /** Master epoch in controller mode, otherwise 0. */
  stateVersion = 0;
  timestamp = Date.now();

  next(stateVersion = this.stateVersion): void {
    this.counter += 1;
    this.stateVersion = stateVersion;
    this.timestamp = Date.now();
  }

  assign({ counter, stateVersion, timestamp }: DataVersion): void {
    this.counter = counter;
    this.stateVersion = stateVersion;
    this.timestamp = timestamp;
  }

  equals(other: DataVersion): boolean {
    return sameDataVersion(this, other);
  }

  /** Members as `release` writes them. */
  fields(release: Release): object {
    return dataVersionFields(this, release);
  }
}
