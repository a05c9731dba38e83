import { SwitchlabError } from '../base/errors.ts';
import { type Entry, entryHeaderBytes, entrySize, sameEntry } from '../raft/entry.ts';
import type { HardState } from '../raft/member.ts';
import type { Ready } from '../raft/node.ts';
import type { SegmentedBytes, StoreDisk } from './disk.ts';
import type { DurableLog } from './durable-log.ts';
import { decodeIndexUnit, encodeEntry, encodeFiller, encodeIndexUnit, indexUnitBytes } from './entry-format.ts';
import { lastGoodEntry } from './recovery.ts';
import { type Checkpoint, readCheckpoint, readCurrTerm, writeCheckpoint, writeCurrTerm } from './state-file.ts';

export interface DLedgerStoreOptions {
  readonly disk: StoreDisk;
  /** Size of a data segment, `mappedFileSize`. */
  readonly segmentBytes: number;
  /** Whether a body can be one; a torn last entry fails it. */
  readonly plausible: (body: Uint8Array) => boolean;
}

const indexSegmentBytes = 167772160;
const recentMax = 1024;

/**
 * The disk of one DLedger member: log, term and vote, checkpoint. `persist` is the durable half of the Raft contract.
 * Nothing is ever deleted from the front: a controller replays its whole log.
 */
export class DLedgerStore implements DurableLog {
  readonly beginIndex = 0;
  readonly appliedAtStart = -1;
  /** As read at the start. */
  readonly hardState: HardState;
  readonly #disk: StoreDisk;
  readonly #segmentBytes: number;
  readonly #data: SegmentedBytes;
  readonly #index: SegmentedBytes;
  /** The last entries, without gaps. */
  #recent: Entry[] = [];
  #checkpoint: Checkpoint;

  /** Opens the disk and repairs a torn tail. Throws STORE_CORRUPT. */
  constructor({ disk, segmentBytes, plausible }: DLedgerStoreOptions) {
    this.#disk = disk;
    this.#segmentBytes = segmentBytes;
    this.hardState = readCurrTerm(disk);
    this.#checkpoint = readCheckpoint(disk) ?? { committedIndex: -1, endIndex: -1 };
    this.#data = disk.open('data', segmentBytes);
    this.#index = disk.open('index', indexSegmentBytes);
    try {
      const first = this.#data.starts[0] ?? 0;
      if (first !== 0) throw this.#corrupt(`the log begins at position ${first}`);
      this.#recover(plausible);
    } catch (thrown) {
      this.#data.close();
      this.#index.close();
      throw thrown;
    }
  }

  #recover(plausible: (body: Uint8Array) => boolean): void {
    const last = lastGoodEntry(this.#data, this.#index, this.#segmentBytes, plausible);
    const { committedIndex } = this.#checkpoint;
    const lastIndex = last?.index ?? -1;
    if (lastIndex < committedIndex) {
      throw this.#corrupt(`entry ${committedIndex} is committed, but the log ends with ${lastIndex}`);
    }
    if (last !== null && last.term > this.hardState.currTerm) {
      throw this.#corrupt(`the log ends in term ${last.term}, but currterm says ${this.hardState.currTerm}`);
    }
    if (last !== null) this.#recent.push(last);
    this.#truncate(lastIndex + 1, last === null ? 0 : endOf(last));
  }

  #corrupt(what: string): SwitchlabError {
    return new SwitchlabError('STORE_CORRUPT', `Controller log ${this.#disk.name}: ${what}.`);
  }

  get endIndex(): number {
    return this.#recent.at(-1)?.index ?? -1;
  }

  entry(index: number): Entry | undefined {
    const first = this.#recent[0];
    if (first === undefined || index < 0) return undefined;
    return index >= first.index ? this.#recent[index - first.index] : this.#read(index);
  }

  #read(index: number): Entry {
    const bytes = this.#index.read(index * indexUnitBytes, indexUnitBytes);
    const unit = bytes.length === indexUnitBytes ? decodeIndexUnit(bytes) : null;
    if (unit === null || unit.index !== index) throw this.#corrupt(`index unit ${index} is damaged`);
    const body = this.#data.read(unit.pos + entryHeaderBytes, unit.size - entryHeaderBytes);
    return { index, term: unit.term, pos: unit.pos, body };
  }

  /** Stores term, vote and entries of a `Ready`; resolves when they are durable. */
  async persist({ hardState, entries }: Pick<Ready, 'hardState' | 'entries'>): Promise<void> {
    if (hardState !== null) writeCurrTerm(this.#disk, hardState);
    if (entries.length === 0) return;
    // What is there already stays untouched: written again, it could be lost with the power after others counted on it.
    const fresh = entries.slice(this.#sameAtStart(entries));
    const keptIndex = (fresh[0]?.index ?? entries.at(-1)!.index + 1) - 1;
    if (keptIndex < this.endIndex) this.#cutBehind(keptIndex);
    for (const entry of fresh) {
      // Recovery looks at the last segments only: what lies before a new one must be on disk when that one begins.
      if (entry.pos > 0 && entry.pos % this.#segmentBytes === 0) await this.#flush();
      this.#write(entry);
    }
    await this.#flush();
  }

  async #flush(): Promise<void> {
    await Promise.all([this.#data.flush(), this.#index.flush()]);
  }

  /** How many of the first entries are stored as they are. */
  #sameAtStart(entries: readonly Entry[]): number {
    const differs = entries.findIndex((entry) => {
      const own = entry.index > this.endIndex ? undefined : this.entry(entry.index);
      return own === undefined || !sameEntry(own, entry);
    });
    return differs < 0 ? entries.length : differs;
  }

  #cutBehind(index: number): void {
    const first = this.#recent[0];
    if (first !== undefined && first.index <= index) this.#recent.length = index - first.index + 1;
    else this.#recent = [this.entry(index)].filter((entry) => entry !== undefined);
    const last = this.#recent.at(-1);
    this.#truncate(index + 1, last === undefined ? 0 : endOf(last));
  }

  #write(entry: Entry): void {
    const before = this.#recent.at(-1);
    const end = before === undefined ? 0 : endOf(before);
    if (entry.pos > end) this.#data.write(end, encodeFiller(entry.pos - end));
    this.#data.write(entry.pos, encodeEntry(entry));
    this.#index.write(entry.index * indexUnitBytes, encodeIndexUnit(entry));
    this.#recent.push(entry);
    if (this.#recent.length > recentMax) this.#recent.shift();
  }

  #truncate(index: number, position: number): void {
    this.#data.truncate(position);
    this.#index.truncate(index * indexUnitBytes);
  }

  /** Notes how far entries are committed; written only when it changed. */
  writeCheckpoint(committedIndex: number): void {
    const checkpoint = { committedIndex, endIndex: this.endIndex };
    const same = committedIndex === this.#checkpoint.committedIndex && this.endIndex === this.#checkpoint.endIndex;
    if (same || committedIndex < this.#checkpoint.committedIndex) return;
    this.#checkpoint = checkpoint;
    writeCheckpoint(this.#disk, checkpoint);
  }

  close(): void {
    this.#data.close();
    this.#index.close();
  }
}

function endOf(entry: Entry): number {
  return entry.pos + entrySize(entry.body);
}
