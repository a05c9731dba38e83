import { assert } from '../base/assert.ts';
import { viewOf } from '../base/bytes.ts';
import type { Disk } from '../base/disk.ts';
import { blankSize, encodeRecord, recordSizeBound, storeTimestampOf } from '../message/record.ts';
import type { MessageToStore } from '../message/types.ts';
import { Arena, type ArenaChunk, type LogWindow } from './arena.ts';
import { readFully, writeFully, zeroLeftovers } from './file-io.ts';
import { type Framing, plainFraming } from './framing.ts';
import { LogSegment } from './log-segment.ts';
import { listSegments, segmentPath } from './segment-files.ts';

/** `append…`: the properties take more than 32767 bytes. */
export const propertiesTooLong = -1;
/** `append…`: larger than a segment. */
export const recordTooLong = -2;

const readWindowSize = 32768;
const scanWindowSize = 1048576;
/** Twice the largest body, which may consist of zeros. */
const zerosEnough = 8 * 1048576;

/**
 * The commit log: records back to back in segments (store.md 2, 3). Records are encoded into the arena; `write` hands all
 * of them to the kernel with one call per segment touched. A record goes where `size + 8` bytes are left, otherwise the
 * segment is closed with a BLANK mark and the record starts the next one.
 */
export class CommitLog {
  readonly segmentSize: number;
  readonly framing: Framing;
  readonly #disk: Disk;
  readonly #directories: readonly string[];
  readonly #segments: LogSegment[];
  readonly #arena = new Arena();
  #chunk: ArenaChunk | null = null;
  #maxOffset: number;
  #writtenOffset: number;
  readonly #scratch = Buffer.alloc(128);
  readonly #scratchView = viewOf(this.#scratch);

  /** Takes every segment as completely written; recovery then cuts the end with `truncateTo`. */
  constructor(disk: Disk, directories: readonly string[], segmentSize: number, framing: Framing = plainFraming) {
    this.#disk = disk;
    this.#directories = directories;
    this.segmentSize = segmentSize;
    this.framing = framing;
    const files = listSegments(disk, directories, segmentSize);
    this.#segments = files.map((file) => new LogSegment(disk, file, segmentSize));
    this.#maxOffset = this.#segments.at(-1)?.endOffset ?? 0;
    this.#writtenOffset = this.#maxOffset;
  }

  get segments(): readonly LogSegment[] {
    return this.#segments;
  }

  /** Start of the first segment; 0 for an empty log. */
  get minOffset(): number {
    return this.#segments[0]?.startOffset ?? 0;
  }

  /** End of what was placed. */
  get maxOffset(): number {
    return this.#maxOffset;
  }

  /** End of what was handed to the kernel. */
  get writtenOffset(): number {
    return this.#writtenOffset;
  }

  /**
   * Places one record at `maxOffset` before the call, or at the next segment's start: `maxOffset - size` afterwards.
   * @returns its size, propertiesTooLong or recordTooLong
   */
  append(message: MessageToStore, topic: Uint8Array, magic: number, queueOffset: number, nowMs: number): number {
    const { framing } = this;
    const prefix = framing.prefixBytes;
    const bound = prefix + recordSizeBound(message, topic);
    let chunk = this.#room(bound);
    let at = chunk.used + prefix;
    const { bytes, view } = chunk;
    let size = encodeRecord(bytes, view, at, message, topic, magic, queueOffset, this.#maxOffset + prefix, nowMs);
    if (size < 0) return propertiesTooLong;
    if (prefix + size + blankSize > chunk.segment.endOffset - this.#maxOffset) {
      if (prefix + size + blankSize > this.segmentSize) return recordTooLong;
      this.#closeSegment();
      chunk = this.#room(bound);
      at = chunk.used + prefix;
      const offset = this.#maxOffset + prefix;
      size = encodeRecord(chunk.bytes, chunk.view, at, message, topic, magic, queueOffset, offset, nowMs);
    }
    framing.writePrefix(chunk.view, chunk.used, prefix + size, this.#maxOffset);
    chunk.used = at + size;
    this.#maxOffset += prefix + size;
    return size;
  }

  /**
   * Places the record of a whole frame at log position `position`: the end, or the next segment's start. What stands
   * before it is written anew.
   */
  appendFrame(position: number, record: Uint8Array): void {
    const { framing } = this;
    if (position > this.#maxOffset) this.#closeSegment();
    assert(position === this.#maxOffset, `a frame for ${position}, but the log ends at ${this.#maxOffset}`);
    const size = framing.prefixBytes + record.length;
    const chunk = this.#room(size);
    framing.writePrefix(chunk.view, chunk.used, size, position);
    chunk.bytes.set(record, chunk.used + framing.prefixBytes);
    chunk.used += size;
    this.#maxOffset += size;
  }

  /** An empty log goes on at `position`. */
  beginAt(position: number): void {
    assert(this.#maxOffset === this.minOffset, 'only an empty log begins anew');
    this.#startAt(position);
  }

  /** The `size` bytes at `offset` that were placed and are perhaps not written yet, as a view that never changes. */
  placed(offset: number, size: number): Buffer {
    const chunk = this.#arena.at(offset);
    assert(chunk !== null && offset + size <= chunk.endOffset, `nothing was placed at ${offset}`);
    chunk.lent = true;
    const at = offset - chunk.startOffset;
    return chunk.bytes.subarray(at, at + size);
  }

  /**
   * Places consecutive records of a plain log, all in one segment or none: they end at `maxOffset`.
   * @returns the sizes, or propertiesTooLong or recordTooLong
   */
  appendAll(
    messages: readonly MessageToStore[],
    topic: Uint8Array,
    magic: number,
    firstQueueOffset: number,
    nowMs: number,
  ): number[] | typeof propertiesTooLong | typeof recordTooLong {
    let bound = 0;
    for (const message of messages) bound += recordSizeBound(message, topic);
    for (;;) {
      const chunk = this.#room(bound);
      const sizes: number[] = [];
      let total = 0;
      for (const message of messages) {
        const size = encodeRecord(
          chunk.bytes,
          chunk.view,
          chunk.used + total,
          message,
          topic,
          magic,
          firstQueueOffset + sizes.length,
          this.#maxOffset + total,
          nowMs,
        );
        if (size < 0) return propertiesTooLong;
        sizes.push(size);
        total += size;
      }
      if (total + blankSize > this.segmentSize) return recordTooLong;
      if (total + blankSize <= chunk.segment.endOffset - this.#maxOffset) {
        chunk.used += total;
        this.#maxOffset += total;
        return sizes;
      }
      this.#closeSegment();
    }
  }

  /** Places raw log bytes at `offset`: the end, or anywhere in an empty log. */
  appendRaw(offset: number, data: Uint8Array): void {
    if (offset !== this.#maxOffset && this.#maxOffset === this.minOffset) this.#startAt(offset);
    assert(offset === this.#maxOffset, `raw bytes for ${offset}, but the log ends at ${this.#maxOffset}`);
    let done = 0;
    while (done < data.length) {
      const chunk = this.#room(1);
      const room = Math.min(chunk.bytes.length - chunk.used, chunk.segment.endOffset - this.#maxOffset);
      const piece = data.subarray(done, done + room);
      chunk.bytes.set(piece, chunk.used);
      chunk.used += piece.length;
      this.#maxOffset += piece.length;
      done += piece.length;
    }
  }

  /** Hands everything placed to the kernel: one write per segment touched. Throws what the system threw. */
  write(): void {
    for (const chunk of this.#arena.chunks) this.#writeChunk(chunk);
    this.#writtenOffset = this.#maxOffset;
  }

  /** Cuts the log at `offset`: later segments go, the rest of its own segment becomes zeros, so no reader finds it again. */
  truncateTo(offset: number): void {
    assert(offset >= this.minOffset && offset <= this.#maxOffset, `cut at ${offset} outside the log`);
    for (const chunk of this.#arena.chunks) this.#writeChunk(chunk);
    const before = this.#segments.length;
    while (this.#segments.length > 0 && this.#segments.at(-1)!.startOffset > offset) this.#segments.pop()!.delete();
    // What is cut must not come back between records written later, when the power fails before those are flushed.
    if (this.#segments.length < before) this.syncDirectories();
    const last = this.#segments.at(-1);
    if (last !== undefined && last.endOffset > offset) {
      const end = Math.min(this.#maxOffset - last.startOffset, this.segmentSize);
      const cut = zeroLeftovers(last.file, offset - last.startOffset, end, zerosEnough);
      if (cut) last.file.sync();
    }
    this.#arena.cut(offset);
    this.#chunk = null;
    this.#maxOffset = offset;
    this.#writtenOffset = offset;
  }

  /** The `size` written bytes at `offset`, as a view that never changes; null when they are not all there. */
  read(offset: number, size: number): Buffer | null {
    if (offset < this.minOffset || offset + size > this.#writtenOffset) return null;
    const chunk = this.#arena.at(offset);
    if (chunk !== null && offset + size <= chunk.endOffset) {
      chunk.lent = true;
      const at = offset - chunk.startOffset;
      return chunk.bytes.subarray(at, at + size);
    }
    const bytes = Buffer.allocUnsafe(size);
    const segment = this.#segmentAt(offset);
    if (offset + size > segment.endOffset) return null;
    return readFully(segment.file, bytes, 0, size, offset - segment.startOffset) === size ? bytes : null;
  }

  /** At most `bytesMax` written bytes from `offset`, never across a segment, as a view that never changes; null when none. */
  readRaw(offset: number, bytesMax: number): Buffer | null {
    if (offset < this.minOffset || offset >= this.#writtenOffset) return null;
    const end = Math.min(offset + bytesMax, this.segmentEnd(offset), this.#writtenOffset);
    const chunkEnd = this.#arena.at(offset)?.endOffset ?? end;
    return this.read(offset, Math.min(end, chunkEnd) - offset);
  }

  /** The bytes around the record at `offset` for a reader that goes on with nearby ones; its bytes never change. */
  windowForRead(offset: number, size: number): LogWindow | null {
    if (offset < this.minOffset || offset + size > this.#writtenOffset) return null;
    const chunk = this.#arena.at(offset);
    if (chunk === null || offset + size > chunk.endOffset) return this.#diskWindow(offset, size, readWindowSize);
    chunk.lent = true;
    return chunk;
  }

  /** Bytes from `offset` for a scan that keeps no views: at least `sizeMin` where the segment holds so many. */
  windowForScan(offset: number, sizeMin: number): LogWindow | null {
    if (offset < this.minOffset || offset >= this.#writtenOffset) return null;
    const chunk = this.#arena.at(offset);
    if (chunk !== null && offset + sizeMin <= chunk.endOffset) return chunk;
    return this.#diskWindow(offset, sizeMin, scanWindowSize);
  }

  /** End of the segment that holds `offset`. */
  segmentEnd(offset: number): number {
    return offset - (offset % this.segmentSize) + this.segmentSize;
  }

  /** storeTimestamp of the record at `offset`, -1 when there is none. */
  storeTimestampAt(offset: number): number {
    const size = Math.min(76, this.#writtenOffset - offset);
    if (offset < this.minOffset || size < 76) return -1;
    const chunk = this.#arena.at(offset);
    if (chunk !== null && offset + size <= chunk.endOffset)
      return storeTimestampOf(chunk.view, offset - chunk.startOffset);
    const segment = this.#segmentAt(offset);
    if (readFully(segment.file, this.#scratch, 0, size, offset - segment.startOffset) < size) return -1;
    return storeTimestampOf(this.#scratchView, 0);
  }

  /** Makes the names of new segments durable. */
  syncDirectories(): void {
    for (const directory of this.#directories) this.#disk.syncDirectory(directory);
  }

  close(): void {
    for (const segment of this.#segments) segment.close();
  }

  /** The chunk that takes `size` more bytes at `maxOffset`. */
  #room(size: number): ArenaChunk {
    const chunk = this.#chunk;
    if (chunk !== null && chunk.used + size <= chunk.bytes.length && this.#maxOffset < chunk.segment.endOffset)
      return chunk;
    // Bounds what a turn can pile up: a full chunk leaves at once.
    if (chunk !== null) this.#writeChunk(chunk);
    const segment = this.#lastSegment();
    this.#chunk = this.#arena.begin(segment, this.#maxOffset, size);
    return this.#chunk;
  }

  #writeChunk(chunk: ArenaChunk): void {
    if (chunk.written === chunk.used) return;
    const position = chunk.startOffset + chunk.written - chunk.segment.startOffset;
    writeFully(chunk.segment.file, chunk.bytes, chunk.written, chunk.used, position);
    chunk.written = chunk.used;
  }

  /** The segment that takes the byte at `maxOffset`; created when the last one is full. */
  #lastSegment(): LogSegment {
    const last = this.#segments.at(-1);
    if (last !== undefined && this.#maxOffset < last.endOffset) return last;
    const startOffset = this.#maxOffset - (this.#maxOffset % this.segmentSize);
    const directory = this.#directories[(startOffset / this.segmentSize) % this.#directories.length]!;
    const segment = new LogSegment(
      this.#disk,
      { path: segmentPath(directory, startOffset), startOffset },
      this.segmentSize,
    ).create();
    this.#segments.push(segment);
    return segment;
  }

  #closeSegment(): void {
    const chunk = this.#room(blankSize);
    const { endOffset } = chunk.segment;
    this.framing.writeFiller(chunk.view, chunk.used, endOffset - this.#maxOffset);
    chunk.used += blankSize;
    this.#maxOffset = endOffset;
  }

  #startAt(offset: number): void {
    for (const segment of this.#segments) segment.delete();
    this.#segments.length = 0;
    this.#arena.cut(0);
    this.#chunk = null;
    this.#maxOffset = offset;
    this.#writtenOffset = offset;
  }

  #segmentAt(offset: number): LogSegment {
    const segment = this.#segments[Math.floor((offset - this.minOffset) / this.segmentSize)];
    assert(segment !== undefined, `no segment holds ${offset}`);
    return segment;
  }

  #diskWindow(offset: number, sizeMin: number, sizeWanted: number): LogWindow | null {
    const segment = this.#segmentAt(offset);
    const end = Math.min(segment.endOffset, this.#writtenOffset);
    const bytes = Buffer.allocUnsafe(Math.min(Math.max(sizeMin, sizeWanted), end - offset));
    const count = readFully(segment.file, bytes, 0, bytes.length, offset - segment.startOffset);
    return count < bytes.length ? null : { startOffset: offset, endOffset: offset + count, bytes, view: viewOf(bytes) };
  }
}
