import { assert } from '../base/assert.ts';
import { SwitchlabError } from '../base/errors.ts';
import type { StoreDisk } from '../dledger/disk.ts';
import type { DurableLog } from '../dledger/durable-log.ts';
import { type EntryPlace, entryPlaceAt } from '../dledger/entry-format.ts';
import {
  type Checkpoint,
  readCheckpoint,
  readCurrTerm,
  writeCheckpoint,
  writeCurrTerm,
} from '../dledger/state-file.ts';
import { type Entry, entryHeaderBytes, entrySize } from '../raft/entry.ts';
import type { HardState } from '../raft/member.ts';
import type { AppendRefusal, Ready } from '../raft/node.ts';
import type { CommitLog } from './commit-log.ts';
import type { DLedgerFraming } from './dledger-framing.ts';
import { DLedgerIndex, indexSegmentBytes } from './dledger-index.ts';
import type { LogSegment } from './log-segment.ts';

/** Segments before these were complete when the next one began. */
const scannedSegments = 3;

/** Who may append, and hears of what was appended: the driver of the Raft member. */
export interface Appender {
  next(count: number): { readonly index: number; readonly term: number } | AppendRefusal;
  append(entry: Entry): void;
}

/** What the log needs of the store that it is part of. */
export interface LogOwner {
  /** Hands everything placed to the kernel; resolves, when there is a promise, once it is as durable as configured. */
  write(): Promise<void> | void;
  /** Cuts log, queues and index behind log position `position`. */
  truncateTo(position: number): void;
  /** Drops everything; the log goes on at `position`. */
  beginAt(position: number): void;
}

/**
 * A commit log as the log of a DLedger member: each record is the body of an entry. The leader's entries are placed by the
 * store, in the same memory that they are written from; a follower's come in with `persist`.
 */
export class DLedgerLog implements DurableLog {
  readonly hardState: HardState;
  readonly #disk: StoreDisk;
  readonly #log: CommitLog;
  readonly #framing: DLedgerFraming;
  readonly #index: DLedgerIndex;
  #checkpoint: Checkpoint;
  #beginIndex = 0;
  #endIndex = -1;
  #endTerm = -1;
  /** The leader's entries that lie behind `endIndex` in the log and were not persisted by the Raft member yet. */
  #placed: Entry[] = [];
  #owner: LogOwner | null = null;
  #appender: Appender | null = null;

  /** Throws STORE_CORRUPT. The log is usable after `recovered`. */
  constructor(disk: StoreDisk, log: CommitLog, framing: DLedgerFraming) {
    this.#disk = disk;
    this.#log = log;
    this.#framing = framing;
    this.hardState = readCurrTerm(disk);
    this.#checkpoint = readCheckpoint(disk) ?? { committedIndex: -1, endIndex: -1 };
    this.#index = new DLedgerIndex(disk.open('index', indexSegmentBytes));
  }

  get beginIndex(): number {
    return this.#beginIndex;
  }

  get endIndex(): number {
    return this.#endIndex;
  }

  get appliedAtStart(): number {
    return Math.min(this.#checkpoint.committedIndex, this.#endIndex);
  }

  entry(index: number): Entry | undefined {
    if (index < this.#beginIndex || index > this.#endIndex) return undefined;
    const place = this.#index.at(index);
    const body = place && this.#log.read(place.pos + entryHeaderBytes, place.size - entryHeaderBytes);
    if (!place || !body) throw this.#corrupt(`entry ${index} cannot be read`);
    return { index, term: place.term, pos: place.pos, body };
  }

  /** Log position behind entry `index`; the log's beginning for -1 and for what is not there any more. */
  endOf(index: number): number {
    const place = index < this.#beginIndex ? undefined : this.#index.at(index);
    return place === undefined ? this.#log.minOffset : place.pos + place.size;
  }

  ownedBy(owner: LogOwner): void {
    this.#owner = owner;
  }

  appendedBy(appender: Appender): void {
    this.#appender = appender;
  }

  /** Before the store places a record: gives it index and term, or says why this member appends nothing now. */
  next(count: number): AppendRefusal | null {
    const next = this.#appender?.next(count) ?? 'NOT_LEADER';
    if (typeof next === 'string') return next;
    this.#framing.index = next.index;
    this.#framing.term = next.term;
    return null;
  }

  /** The store placed a record of `size` bytes at the end of the log, in the entry that `next` gave. */
  appended(size: number): void {
    const at = this.#log.maxOffset - size;
    const { index, term } = this.#framing;
    const entry = { index, term, pos: at - entryHeaderBytes, body: this.#log.placed(at, size) };
    this.#placed.push(entry);
    this.#framing.index++;
    this.#appender!.append(entry);
  }

  persist({ hardState, entries }: Pick<Ready, 'hardState' | 'entries'>): Promise<void> | void {
    if (hardState !== null) writeCurrTerm(this.#disk, hardState);
    if (entries.length === 0) return;
    let own = 0;
    for (const entry of entries) {
      if (this.#placed[own] === entry) own++;
      else {
        this.#placed.splice(0, own);
        own = 0;
        this.#place(entry);
      }
      this.#note({ index: entry.index, term: entry.term, pos: entry.pos, size: entrySize(entry.body) });
    }
    this.#placed.splice(0, own);
    this.#index.write();
    return this.#owner!.write();
  }

  writeCheckpoint(committedIndex: number): void {
    const same = committedIndex === this.#checkpoint.committedIndex && this.#endIndex === this.#checkpoint.endIndex;
    if (same) return;
    this.#checkpoint = { committedIndex, endIndex: this.#endIndex };
    writeCheckpoint(this.#disk, this.#checkpoint);
  }

  /** Closes nothing: the store closes with the broker, after its last member is gone. */
  close(): void {}

  closeFiles(): void {
    this.#index.close();
  }

  /** Where a recovery that would begin at log position `start` must begin, so that every entry behind is looked at. */
  scanFrom(start: number): number {
    const { segments } = this.#log;
    let from = segments.findLastIndex((segment) => segment.startOffset <= start);
    from = Math.max(0, Math.min(from, segments.length - scannedSegments));
    while (from > 0 && !this.#beginsAsIndexed(segments[from]!)) from--;
    return segments[from]?.startOffset ?? start;
  }

  /** Recovery: whether the entry whose record is at `recordAt` of `view`, `offset` of the log, follows the one before. */
  follows(view: DataView, recordAt: number, offset: number): boolean {
    const place = entryPlaceAt(view, recordAt - entryHeaderBytes);
    if (place === null || place.pos !== offset - entryHeaderBytes) return false;
    if (this.#endIndex >= 0 && (place.index !== this.#endIndex + 1 || place.term < this.#endTerm)) return false;
    this.#index.confirm(place);
    this.#endIndex = place.index;
    this.#endTerm = place.term;
    return true;
  }

  /** The log ends with the last entry that followed, and is cut there. Throws STORE_CORRUPT. */
  recovered(): void {
    const first = this.#log.segments[0];
    if (this.#endIndex >= 0 && first !== undefined) this.#beginIndex = this.#firstIndex(first);
    if (this.#endTerm > this.hardState.currTerm) {
      throw this.#corrupt(`it ends in term ${this.#endTerm}, but currterm says ${this.hardState.currTerm}`);
    }
    this.#index.cut(this.#endIndex + 1);
    this.#index.write();
  }

  /** Log position up to which the checkpoint calls everything committed, as far as the index knows its last entry. */
  committedPosition(): number {
    const place = this.#index.at(this.#checkpoint.committedIndex);
    return place === undefined ? 0 : place.pos + place.size;
  }

  #note(place: EntryPlace): void {
    this.#index.push(place);
    this.#endIndex = place.index;
    this.#endTerm = place.term;
  }

  /** Places an entry of another leader, or one that was cut from memory. */
  #place(entry: Entry): void {
    const lastIndex = this.#endIndex + this.#placed.length;
    if (entry.index > lastIndex + 1) this.#beginAnew(entry);
    else if (entry.index <= lastIndex) this.#cutTo(entry.index - 1);
    this.#framing.index = entry.index;
    this.#framing.term = entry.term;
    this.#log.appendFrame(entry.pos, entry.body);
  }

  #cutTo(lastIndex: number): void {
    const kept = Math.min(lastIndex, this.#endIndex);
    assert(kept === lastIndex, `entry ${lastIndex + 1} replaces one whose predecessor is not stored`);
    this.#placed = [];
    this.#owner!.truncateTo(this.endOf(kept));
    this.#index.cut(kept + 1);
    this.#endIndex = kept < this.#beginIndex ? -1 : kept;
    this.#endTerm = this.#index.at(kept)?.term ?? -1;
  }

  #beginAnew({ index, pos }: Entry): void {
    this.#placed = [];
    this.#owner!.beginAt(pos);
    this.#index.cut(0);
    this.#beginIndex = index;
    this.#endIndex = -1;
  }

  #beginsAsIndexed({ startOffset }: LogSegment): boolean {
    const window = this.#log.windowForScan(startOffset, entryHeaderBytes);
    const place = window && entryPlaceAt(window.view, 0);
    const unit = place && this.#index.at(place.index);
    return place?.pos === startOffset && unit?.pos === place.pos && unit.size === place.size;
  }

  #firstIndex({ startOffset }: LogSegment): number {
    const window = this.#log.windowForScan(startOffset, entryHeaderBytes);
    return (window && entryPlaceAt(window.view, 0)?.index) ?? 0;
  }

  #corrupt(what: string): SwitchlabError {
    return new SwitchlabError('STORE_CORRUPT', `DLedger log ${this.#disk.name}: ${what}.`);
  }
}
