import { readInt64, viewOf, writeInt64 } from '../base/bytes.ts';
import type { Disk, DiskFile } from '../base/disk.ts';
import { readFully, writeFully } from './file-io.ts';
import { createSegment } from './segment-files.ts';

// Key index file, big-endian, 40 + 4 * slots + 20 * entries bytes:
//   header:   0 beginTimestamp i64 | 8 endTimestamp i64 | 16 beginPhyOffset i64 | 24 endPhyOffset i64
//            32 hashSlotCount i32 | 36 indexCount i32, 1 in an empty file: entry 0 is never used
//   slot i at 40 + 4i: number of its newest entry i32, 0 = none
//   entry n at 40 + 4 * slots + 20n:  0 keyHash i32 | 4 phyOffset i64 | 12 seconds since beginTimestamp i32
//                                    16 previous entry of the slot i32

const headerSize = 40;
const entrySize = 20;
/** Entries collected before they go to the file. */
const tailEntries = 3200;
const slotPageSize = 4096;
const secondsMax = 0x7fffffff;

/**
 * One key index file. The last one is written: its slots are in memory, its entries leave in batches; slots and header
 * only with `write`, so that a header on disk never promises more than the file holds.
 */
export class IndexFile {
  readonly path: string;
  readonly #slotCount: number;
  readonly #entryCount: number;
  readonly #file: DiskFile;
  readonly #header = Buffer.alloc(headerSize);
  readonly #headerView = viewOf(this.#header);
  /** Slots as on disk; null while nobody writes to this file. */
  #slots: DataView | null = null;
  #dirtyPages = new Uint8Array(0);
  readonly #tail = Buffer.alloc(tailEntries * entrySize);
  readonly #tailView = viewOf(this.#tail);
  /** Number of the first entry in `#tail`. */
  #tailFirst = 1;

  private constructor(path: string, slots: number, entries: number, file: DiskFile) {
    this.path = path;
    this.#slotCount = slots;
    this.#entryCount = entries;
    this.#file = file;
    readFully(file, this.#header, 0, headerSize, 0);
    if (this.indexCount <= 0) {
      this.#headerView.setInt32(36, 1);
      writeInt64(this.#headerView, 24, -1);
    }
    this.#tailFirst = this.indexCount;
  }

  static size(slots: number, entries: number): number {
    return headerSize + 4 * slots + entrySize * entries;
  }

  static open(disk: Disk, path: string, slots: number, entries: number): IndexFile {
    return new IndexFile(path, slots, entries, disk.open(path, 'r+'));
  }

  /** @param previous the full file before this one, whose end is where this one begins */
  static create(disk: Disk, path: string, slots: number, entries: number, previous: IndexFile | undefined): IndexFile {
    const file = new IndexFile(path, slots, entries, createSegment(disk, path, IndexFile.size(slots, entries)));
    if (previous !== undefined) {
      writeInt64(file.#headerView, 0, previous.endTimestamp);
      writeInt64(file.#headerView, 8, previous.endTimestamp);
      writeInt64(file.#headerView, 16, previous.endPhyOffset);
      writeInt64(file.#headerView, 24, previous.endPhyOffset);
    }
    return file;
  }

  get beginTimestamp(): number {
    return readInt64(this.#headerView, 0);
  }

  get endTimestamp(): number {
    return readInt64(this.#headerView, 8);
  }

  get beginPhyOffset(): number {
    return readInt64(this.#headerView, 16);
  }

  get endPhyOffset(): number {
    return readInt64(this.#headerView, 24);
  }

  get indexCount(): number {
    return this.#headerView.getInt32(36);
  }

  get isFull(): boolean {
    return this.indexCount >= this.#entryCount;
  }

  /** True when an entry may lie between the two times, ms. */
  overlaps(beginMs: number, endMs: number): boolean {
    return beginMs <= this.endTimestamp && endMs >= this.beginTimestamp;
  }

  /** Adds an entry; the file must not be full. */
  put(keyHash: number, phyOffset: number, storeTimestamp: number): void {
    const slots = this.#slots ?? this.#loadSlots();
    const view = this.#headerView;
    const number = view.getInt32(36);
    const slotAt = 4 * (keyHash % this.#slotCount);
    const previous = this.#validEntry(slots.getInt32(slotAt));
    const at = this.#tailRoom(number);
    this.#tailView.setInt32(at, keyHash);
    writeInt64(this.#tailView, at + 4, phyOffset);
    const beginTimestamp = this.beginTimestamp;
    const seconds = beginTimestamp <= 0 ? 0 : Math.trunc((storeTimestamp - beginTimestamp) / 1000);
    this.#tailView.setInt32(at + 12, Math.min(Math.max(seconds, 0), secondsMax));
    this.#tailView.setInt32(at + 16, previous);
    slots.setInt32(slotAt, number);
    this.#dirtyPages[Math.floor(slotAt / slotPageSize)] = 1;
    if (number <= 1) {
      writeInt64(view, 0, storeTimestamp);
      writeInt64(view, 16, phyOffset);
    }
    if (previous === 0) view.setInt32(32, view.getInt32(32) + 1);
    view.setInt32(36, number + 1);
    writeInt64(view, 24, phyOffset);
    writeInt64(view, 8, storeTimestamp);
  }

  /** Physical offsets with this hash whose time may be in range, newest first, until `visit` returns false; then false. */
  search(keyHash: number, beginMs: number, endMs: number, visit: (phyOffset: number) => boolean): boolean {
    let number = this.#validEntry(this.#slotValue(keyHash % this.#slotCount));
    while (number !== 0) {
      const { view, at } = this.#entry(number);
      const timestampMs = this.beginTimestamp + view.getInt32(at + 12) * 1000;
      // The entry keeps whole seconds: its true time is up to a second later.
      if (view.getInt32(at) === keyHash && timestampMs + 999 >= beginMs && timestampMs <= endMs) {
        if (!visit(readInt64(view, at + 4))) return false;
      }
      const previous = this.#validEntry(view.getInt32(at + 16));
      // Entries only point back; anything else is damage, and would not end.
      number = previous < number ? previous : 0;
    }
    return true;
  }

  /** Lets messages from `offset` on be indexed again, after the log was cut there; on disk too, or a crash forgets it. */
  forgetBehind(offset: number): void {
    if (this.endPhyOffset < offset) return;
    writeInt64(this.#headerView, 24, offset - 1);
    if (this.#slots === null) writeFully(this.#file, this.#header, 0, headerSize, 0);
    else this.write();
  }

  /** Hands everything to the kernel: entries, then slots, then the header that counts them. */
  write(): void {
    if (this.#slots === null) return;
    this.#writeTail();
    const slots = this.#slots;
    for (let page = 0; page < this.#dirtyPages.length; page++) {
      if (this.#dirtyPages[page] === 0) continue;
      const from = page * slotPageSize;
      const bytes = new Uint8Array(slots.buffer, from, Math.min(slotPageSize, slots.byteLength - from));
      writeFully(this.#file, bytes, 0, bytes.length, headerSize + from);
    }
    this.#dirtyPages.fill(0);
    writeFully(this.#file, this.#header, 0, headerSize, 0);
  }

  /** Keeps nothing in memory for writing any more: the file is full. */
  seal(): void {
    this.write();
    this.#slots = null;
    this.#dirtyPages = new Uint8Array(0);
  }

  close(): void {
    this.#file.close();
  }

  #loadSlots(): DataView {
    const bytes = Buffer.from(new ArrayBuffer(4 * this.#slotCount));
    if (this.indexCount > 1) readFully(this.#file, bytes, 0, bytes.length, headerSize);
    this.#slots = viewOf(bytes);
    this.#dirtyPages = new Uint8Array(Math.ceil(bytes.length / slotPageSize));
    return this.#slots;
  }

  #slotValue(slot: number): number {
    if (this.#slots !== null) return this.#slots.getInt32(4 * slot);
    const bytes = Buffer.alloc(4);
    readFully(this.#file, bytes, 0, 4, headerSize + 4 * slot);
    return bytes.readInt32BE();
  }

  /** 0 for a number that no entry has: a crash can leave slots that are ahead of the header. */
  #validEntry(number: number): number {
    return number > 0 && number < this.indexCount ? number : 0;
  }

  #entry(number: number): { view: DataView; at: number } {
    if (number >= this.#tailFirst) return { view: this.#tailView, at: (number - this.#tailFirst) * entrySize };
    const bytes = Buffer.alloc(entrySize);
    readFully(this.#file, bytes, 0, entrySize, this.#entryPosition(number));
    return { view: viewOf(bytes), at: 0 };
  }

  #entryPosition(number: number): number {
    return headerSize + 4 * this.#slotCount + entrySize * number;
  }

  #tailRoom(number: number): number {
    if (number - this.#tailFirst === tailEntries) this.#writeTail();
    return (number - this.#tailFirst) * entrySize;
  }

  #writeTail(): void {
    const count = this.indexCount - this.#tailFirst;
    writeFully(this.#file, this.#tail, 0, count * entrySize, this.#entryPosition(this.#tailFirst));
    this.#tailFirst = this.indexCount;
  }
}
