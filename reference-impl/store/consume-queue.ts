import { join } from 'node:path';
import { readInt64, viewOf, writeInt64 } from '../base/bytes.ts';
import type { DiskFile } from '../base/disk.ts';
import { isExtAddress, readExtTagsCode } from './consume-queue-ext.ts';
import { readFully, writeFully, writeZeros, zeroLeftovers } from './file-io.ts';
import type { OpenFiles } from './open-files.ts';
import { listSegments, segmentPath } from './segment-files.ts';

// Consume queue unit, 20 bytes, big-endian:  0 physicalOffset i64 | 8 size i32 | 12 tagsCode i64
// In segments of a multiple of 20 bytes; the file position of a unit is its queue offset times 20. What stands before the
// first unit of a queue that does not start at 0 is filled with units 0 | 0x7FFFFFFF | 0.

export const unitSize = 20;
const fillerSize = 0x7fffffff;
const tailUnitsMin = 50;
const tailUnitsMax = 800;
const recoverStepSize = 3200 * unitSize;
/** So many bytes of zeros behind the last unit, and there is nothing more: units are never zeros. */
const zerosEnough = 65536;

/** Consecutive units of one queue: the first is at `at`. Valid until the queue grows. */
export interface UnitsView {
  readonly view: DataView;
  readonly at: number;
  readonly count: number;
}

/** What becomes of one unit. `again`: put as the first one, and all that were there went. */
export type PutResult = 'put' | 'known' | 'gap' | 'again';

/**
 * The index of one queue: where in the commit log each message is. The newest units stay in memory and leave in batches
 * (`write`); whatever a crash takes is put again by recovery, since the checkpoint names only units that are on disk.
 */
export class ConsumeQueue {
  readonly topic: string;
  readonly queueId: number;
  readonly #directory: string;
  readonly #extDirectory: string;
  readonly #segmentSize: number;
  readonly #files: OpenFiles;
  /** Start offsets of the segment files, ascending. */
  readonly #segments: number[];
  #tail = Buffer.allocUnsafe(tailUnitsMin * unitSize);
  #tailView = viewOf(this.#tail);
  /** Queue position, bytes, of the first byte of `#tail`. */
  #tailStart = 0;
  /** End of the units, bytes. */
  #end = 0;
  /** End of what the file holds, bytes. */
  #written = 0;
  /** Segments written since the last sync. */
  readonly #unsynced = new Set<number>();
  /** End, in the commit log, of the last message indexed. */
  maxPhysicOffset = 0;
  /** Queue offset of the first message that the commit log still holds. */
  minOffset = 0;
  /** Queue offset that the next appended message takes: ahead of `maxOffset` while messages are undispatched. */
  nextOffset = 0;

  /** Takes the units that the files hold, as far as they are whole. */
  constructor(rootDir: string, topic: string, queueId: number, fileSize: number, files: OpenFiles) {
    this.topic = topic;
    this.queueId = queueId;
    this.#directory = join(rootDir, 'consumequeue', topic, String(queueId));
    this.#extDirectory = join(rootDir, 'consumequeue_ext', topic, String(queueId));
    this.#segmentSize = Math.ceil(fileSize / unitSize) * unitSize;
    this.#files = files;
    this.#segments = listSegments(files.disk, [this.#directory], this.#segmentSize).map((file) => file.startOffset);
    this.#recover();
  }

  /** Next queue offset to be dispatched. */
  get maxOffset(): number {
    return this.#end / unitSize;
  }

  get unwritten(): boolean {
    return this.#written < this.#end;
  }

  /** Files written since the last call, for whoever makes them durable. */
  takeUnsyncedFiles(): string[] {
    const paths = [...this.#unsynced].map((start) => segmentPath(this.#directory, start));
    this.#unsynced.clear();
    return paths;
  }

  /**
   * Appends the unit of a message. Known ones are dropped, so that messages can be dispatched twice; a gap means that the
   * message's queue offset lies behind the end: it is appended all the same, as RocketMQ does. A first message further on in
   * the log is that of a topic which was deleted and made again: nothing before it is in the queue any more.
   */
  put(queueOffset: number, physicalOffset: number, size: number, tagsCode: number): PutResult {
    const end = physicalOffset + size;
    if (end <= this.maxPhysicOffset) return 'known';
    const position = queueOffset * unitSize;
    if (this.maxPhysicOffset === 0 && position > this.#end) this.#fillUpTo(position);
    const again = position < this.#end;
    if (again && queueOffset > 0) return 'known';
    if (again) this.#beginAgain();
    const gap = position > this.#end;
    const at = this.#tailRoom();
    writeInt64(this.#tailView, at, physicalOffset);
    this.#tailView.setInt32(at + 8, size);
    writeInt64(this.#tailView, at + 12, tagsCode);
    this.#end += unitSize;
    this.maxPhysicOffset = end;
    if (this.nextOffset < this.maxOffset) this.nextOffset = this.maxOffset;
    if (again) return 'again';
    return gap ? 'gap' : 'put';
  }

  /** Up to `count` units from `queueOffset`, at least one when it exists, never across a segment; null without any. */
  units(queueOffset: number, count: number): UnitsView | null {
    const position = queueOffset * unitSize;
    const startPosition = this.#segments[0] ?? this.#tailStart;
    if (position >= this.#end || position < startPosition) return null;
    const available = (this.#end - position) / unitSize;
    if (position >= this.#tailStart) {
      return { view: this.#tailView, at: position - this.#tailStart, count: Math.min(count, available) };
    }
    const segmentStart = position - (position % this.#segmentSize);
    const end = Math.min(segmentStart + this.#segmentSize, this.#written, position + count * unitSize);
    const bytes = Buffer.allocUnsafe(end - position);
    readFully(
      this.#files.open(segmentPath(this.#directory, segmentStart)),
      bytes,
      0,
      bytes.length,
      position - segmentStart,
    );
    return { view: viewOf(bytes), at: 0, count: bytes.length / unitSize };
  }

  /** Tag hash of the unit at `at`, or due time in the schedule topic; null when it stands in a missing extension. */
  tagsCodeAt(view: DataView, at: number): number | null {
    if (!isExtAddress(view, at + 12)) return readInt64(view, at + 12);
    return readExtTagsCode(this.#extDirectory, this.#files, view, at + 12);
  }

  /** Physical offset of one unit, -1 when there is none. */
  physicalOffsetAt(queueOffset: number): number {
    const units = this.units(queueOffset, 1);
    return units === null ? -1 : readInt64(units.view, units.at);
  }

  /** First queue offset behind the segment file that holds `queueOffset`. */
  nextSegmentOffset(queueOffset: number): number {
    const position = queueOffset * unitSize;
    return (position - (position % this.#segmentSize) + this.#segmentSize) / unitSize;
  }

  /** Recomputes minOffset: the first unit that points at or behind the commit log's minimum. */
  correctMinOffset(minPhysicOffset: number): void {
    let low = (this.#segments[0] ?? this.#tailStart) / unitSize;
    let high = this.maxOffset;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const units = this.units(middle, 1)!;
      const isFiller = units.view.getInt32(units.at + 8) === fillerSize;
      if (isFiller || readInt64(units.view, units.at) < minPhysicOffset) low = middle + 1;
      else high = middle;
    }
    this.minOffset = low;
  }

  /** Drops the units of messages that end behind `physicalOffset`. */
  truncateTo(physicalOffset: number): void {
    let low = this.minOffset;
    let high = this.maxOffset;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#unitEnd(middle) <= physicalOffset) low = middle + 1;
      else high = middle;
    }
    if (low < this.maxOffset) this.#cut(low);
    this.nextOffset = this.maxOffset;
  }

  /** Hands the units in memory to the kernel. Throws what the system threw. */
  write(): void {
    while (this.#written < this.#end) {
      const segmentStart = this.#written - (this.#written % this.#segmentSize);
      const end = Math.min(this.#end, segmentStart + this.#segmentSize);
      const file = this.#segmentFile(segmentStart);
      writeFully(
        file,
        this.#tail,
        this.#written - this.#tailStart,
        end - this.#tailStart,
        this.#written - segmentStart,
      );
      this.#unsynced.add(segmentStart);
      this.#written = end;
    }
  }

  /** Removes the files of this queue, the newest first: a crash meanwhile leaves no gap between those that are left. */
  delete(): void {
    this.#deleteSegments();
    this.#files.disk.remove(this.#directory);
    this.#files.disk.remove(this.#extDirectory);
  }

  /** 0 for a filler, Infinity where a loss of power left no unit: both keep the search of `truncateTo` in order. */
  #unitEnd(queueOffset: number): number {
    const { view, at } = this.units(queueOffset, 1)!;
    const size = view.getInt32(at + 8);
    if (size === fillerSize) return 0;
    return size <= 0 ? Infinity : readInt64(view, at) + size;
  }

  /** Position in `#tail` for one more unit. */
  #tailRoom(): number {
    const at = this.#end - this.#tailStart;
    if (at + unitSize <= this.#tail.length) return at;
    this.write();
    if (this.#tail.length < tailUnitsMax * unitSize) {
      const larger = Buffer.allocUnsafe(Math.min(this.#tail.length * 2, tailUnitsMax * unitSize));
      larger.set(this.#tail.subarray(0, at));
      this.#tail = larger;
      this.#tailView = viewOf(larger);
      return at;
    }
    // Keeps the newer half for readers close to the end.
    const kept = Math.floor(tailUnitsMax / 2) * unitSize;
    this.#tail.copyWithin(0, at - kept, at);
    this.#tailStart += at - kept;
    return kept;
  }

  #segmentFile(start: number): DiskFile {
    const path = segmentPath(this.#directory, start);
    if (this.#segments.length > 0 && start <= this.#segments.at(-1)!) return this.#files.open(path);
    this.#files.disk.makeDirectory(this.#directory);
    this.#segments.push(start);
    return this.#files.create(path, this.#segmentSize);
  }

  /** Units before the first message, whose files may be there: a crash can have left fewer than it takes. */
  #fillUpTo(position: number): void {
    this.#deleteSegments();
    const segmentStart = position - (position % this.#segmentSize);
    const fillers = Buffer.alloc(position - segmentStart);
    for (let at = 0; at < fillers.length; at += unitSize) fillers.writeInt32BE(fillerSize, at + 8);
    writeFully(this.#segmentFile(segmentStart), fillers, 0, fillers.length, 0);
    this.#startTailAt(position);
    this.minOffset = position / unitSize;
  }

  /** `nextOffset` stays: messages that are not dispatched yet may have taken some. */
  #beginAgain(): void {
    this.#cut(0);
    this.minOffset = 0;
  }

  #startTailAt(position: number): void {
    this.#tailStart = position;
    this.#end = position;
    this.#written = position;
  }

  /** Forgets the units from `queueOffset` on and zeroes them on disk, so that a later load does not find them again. */
  #cut(queueOffset: number): void {
    const position = queueOffset * unitSize;
    const end = this.#written;
    while (this.#segments.length > 0 && this.#segments.at(-1)! > position) this.#deleteSegment(this.#segments.pop()!);
    const last = this.#segments.at(-1);
    if (last !== undefined && position < end) {
      const file = this.#files.open(segmentPath(this.#directory, last));
      writeZeros(file, position - last, Math.min(end - last, this.#segmentSize));
      this.#unsynced.add(last);
    }
    if (position <= this.#tailStart) {
      this.#startTailAt(position);
    } else {
      this.#end = position;
      this.#written = Math.min(this.#written, position);
    }
    this.maxPhysicOffset = queueOffset > this.minOffset ? this.#unitEnd(queueOffset - 1) : 0;
  }

  #deleteSegments(): void {
    while (this.#segments.length > 0) this.#deleteSegment(this.#segments.pop()!);
  }

  #deleteSegment(start: number): void {
    const path = segmentPath(this.#directory, start);
    this.#files.close(path);
    this.#unsynced.delete(start);
    this.#files.disk.remove(path);
  }

  /** Reads from the third segment from the end; the first unit without offset and size ends the queue. */
  #recover(): void {
    const first = this.#segments.at(-3) ?? this.#segments[0];
    if (first === undefined) return;
    this.#startTailAt(first);
    for (const start of this.#segments.filter((start) => start >= first)) {
      if (!this.#recoverSegment(start)) break;
    }
    while (this.#segments.length > 1 && this.#segments.at(-1)! > this.#end) this.#deleteSegment(this.#segments.pop()!);
    this.#startTailAt(this.#end);
    this.minOffset = this.#segments[0]! / unitSize;
    this.nextOffset = this.maxOffset;
  }

  /** False when the queue ends within this segment. */
  #recoverSegment(start: number): boolean {
    const bytes = Buffer.allocUnsafe(Math.min(this.#segmentSize, recoverStepSize));
    const view = viewOf(bytes);
    const file = this.#files.open(segmentPath(this.#directory, start));
    for (let from = 0; from < this.#segmentSize; from += bytes.length) {
      const count = readFully(file, bytes, 0, Math.min(bytes.length, this.#segmentSize - from), from);
      for (let at = 0; at < count; at += unitSize) {
        const offset = readInt64(view, at);
        const size = view.getInt32(at + 8);
        if (offset < 0 || size <= 0) {
          zeroLeftovers(file, from + at, this.#segmentSize, zerosEnough);
          return false;
        }
        this.#end += unitSize;
        this.maxPhysicOffset = size === fillerSize ? 0 : offset + size;
      }
    }
    return true;
  }
}
