import { viewOf } from '../base/bytes.ts';
import type { SegmentedBytes } from '../dledger/disk.ts';
import { decodeIndexUnit, type EntryPlace, indexUnitBytes, writeIndexUnit } from '../dledger/entry-format.ts';

export const indexSegmentBytes = 167772160;
const recentMax = 4096;
const pendingMax = 4096;
const readAheadUnits = 4096;

/**
 * Where each entry of a DLedger commit log lies: the index files (dledger/entry-format.ts), with the newest places in
 * memory. Units are written in batches; a crash loses them, and recovery writes them again from the data.
 */
export class DLedgerIndex {
  readonly #bytes: SegmentedBytes;
  /** The newest places, without gaps, written or not. */
  #recent: EntryPlace[] = [];
  #unwritten: EntryPlace[] = [];
  #ahead: { readonly from: number; readonly units: Buffer } = { from: 0, units: Buffer.alloc(0) };

  constructor(bytes: SegmentedBytes) {
    this.#bytes = bytes;
  }

  /** Place of entry `index`, undefined when its unit is missing or names another one. */
  at(index: number): EntryPlace | undefined {
    const first = this.#recent[0];
    if (first !== undefined && index >= first.index) return this.#recent[index - first.index];
    if (index < 0) return undefined;
    const unit = this.#bytes.read(index * indexUnitBytes, indexUnitBytes);
    const place = unit.length === indexUnitBytes ? decodeIndexUnit(unit) : null;
    return place?.index === index ? place : undefined;
  }

  /** Notes the place of the entry behind the last one. */
  push(place: EntryPlace): void {
    this.#remember(place);
    this.#willWrite(place);
  }

  #remember(place: EntryPlace): void {
    this.#recent.push(place);
    if (this.#recent.length > 2 * recentMax) this.#recent = this.#recent.slice(-recentMax);
  }

  #willWrite(place: EntryPlace): void {
    this.#unwritten.push(place);
    if (this.#unwritten.length === pendingMax) this.write();
  }

  /** Like `push`, for recovery: a unit that is there already is not written again. */
  confirm(place: EntryPlace): void {
    const known = this.#readAhead(place.index);
    const same = known?.index === place.index && known.pos === place.pos && known.size === place.size;
    this.#remember(place);
    if (!same || known.term !== place.term) this.#willWrite(place);
  }

  #readAhead(index: number): EntryPlace | null {
    if (index < this.#ahead.from || index >= this.#ahead.from + this.#ahead.units.length / indexUnitBytes) {
      this.#ahead = { from: index, units: this.#bytes.read(index * indexUnitBytes, readAheadUnits * indexUnitBytes) };
    }
    const at = (index - this.#ahead.from) * indexUnitBytes;
    const unit = this.#ahead.units.subarray(at, at + indexUnitBytes);
    return unit.length === indexUnitBytes ? decodeIndexUnit(unit) : null;
  }

  /** Hands the units to the kernel: one write for each index segment touched. */
  write(): void {
    const places = this.#unwritten;
    this.#unwritten = [];
    for (let from = 0; from < places.length; ) from = this.#writeRun(places, from);
  }

  /** Forgets the entries from `index` on. */
  cut(index: number): void {
    const keep = (places: readonly EntryPlace[]) => places.filter((place) => place.index < index);
    this.#recent = keep(this.#recent);
    this.#unwritten = keep(this.#unwritten);
    this.#bytes.truncate(index * indexUnitBytes);
  }

  close(): void {
    this.write();
    this.#bytes.close();
  }

  /** Writes consecutive units of one segment; returns the first that is not among them. */
  #writeRun(places: readonly EntryPlace[], from: number): number {
    const position = places[from]!.index * indexUnitBytes;
    const room = (indexSegmentBytes - (position % indexSegmentBytes)) / indexUnitBytes;
    let count = 1;
    while (count < room && places[from + count]?.index === places[from]!.index + count) count++;
    const bytes = Buffer.allocUnsafe(count * indexUnitBytes);
    const view = viewOf(bytes);
    for (let i = 0; i < count; i++) writeIndexUnit(view, i * indexUnitBytes, places[from + i]!);
    this.#bytes.write(position, bytes);
    return from + count;
  }
}
