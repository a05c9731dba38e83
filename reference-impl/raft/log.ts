import { assert } from '../base/assert.ts';
import { type Entry, entrySize, positionFor, segmentFillerBytes } from './entry.ts';

/** The part of the log that is on disk, read only. The owner of the disk appends what `Ready.entries` says. */
export interface StoredLog {
  /** Index of the first entry kept, 0 for an empty log: old segments may be gone. */
  readonly beginIndex: number;
  /** -1 when empty. */
  readonly endIndex: number;
  /** The entry at `index`; undefined outside 0..endIndex. */
  entry(index: number): Entry | undefined;
}

/**
 * The log as the member sees it: what is stored, overlaid by entries that are not stored yet.
 * The overlay begins at any index, so it can replace the stored tail.
 */
export class RaftLog {
  readonly #stored: StoredLog;
  readonly #segmentBytes: number;
  #unstable: Entry[] = [];
  /** First index of a log that begins anew and is not stored yet; 0 otherwise. */
  #anewFrom = 0;

  constructor(stored: StoredLog, segmentBytes: number) {
    this.#stored = stored;
    this.#segmentBytes = segmentBytes;
  }

  get endIndex(): number {
    return this.#unstable.at(-1)?.index ?? this.#stored.endIndex;
  }

  /** -1 when the log is empty. */
  get beginIndex(): number {
    return this.endIndex < 0 ? -1 : Math.max(this.#stored.beginIndex, this.#anewFrom);
  }

  get endTerm(): number {
    return this.entry(this.endIndex)?.term ?? -1;
  }

  /** Last index whose entry is on disk and will stay there. */
  get stableIndex(): number {
    const first = this.#unstable[0];
    return first === undefined ? this.#stored.endIndex : first.index - 1;
  }

  entry(index: number): Entry | undefined {
    const first = this.#unstable[0];
    if (index < this.#anewFrom) return undefined;
    if (first === undefined || index < first.index) return this.#stored.entry(index);
    return this.#unstable[index - first.index];
  }

  /** Where an entry of `size` bytes goes when the log ends at `index - 1`. */
  positionAt(index: number, size: number): number {
    const before = this.entry(index - 1);
    const end = before === undefined ? 0 : before.pos + entrySize(before.body);
    return positionFor(end, size, this.#segmentBytes);
  }

  /** Whether an entry of a peer may go where it says. */
  accepts(entry: Entry): boolean {
    const fits = entrySize(entry.body) + segmentFillerBytes <= this.#segmentBytes;
    return entry.index >= 0 && fits && entry.pos === this.positionAt(entry.index, entrySize(entry.body));
  }

  append(entry: Entry): void {
    this.replaceFrom(entry);
  }

  /** Cuts the log so that `entry` is its last one. */
  replaceFrom(entry: Entry): void {
    assert(entry.index >= 0 && entry.index <= this.endIndex + 1, `entry ${entry.index} leaves a gap`);
    assert(this.accepts(entry), `entry ${entry.index} is at the wrong position`);
    const first = this.#unstable[0];
    if (first === undefined || entry.index <= first.index) this.#unstable = [entry];
    else this.#unstable.splice(entry.index - first.index, Infinity, entry);
  }

  /** Forgets the whole log: it begins with `entry`, which need not follow anything. */
  beginAnew(entry: Entry): void {
    this.#unstable = [entry];
    this.#anewFrom = entry.index;
  }

  /** Entries to store now; the first one may replace a stored one, and what follows it. */
  unstable(): readonly Entry[] {
    return this.#unstable.slice();
  }

  /** These entries are on disk. */
  stored(entries: readonly Entry[]): void {
    const last = entries.at(-1);
    const at = last === undefined ? -1 : this.#unstable.indexOf(last);
    // Not found: the tail was replaced while it was being stored, and goes to disk again.
    if (at < 0) return;
    this.#unstable.splice(0, at + 1);
    this.#anewFrom = 0;
  }
}
