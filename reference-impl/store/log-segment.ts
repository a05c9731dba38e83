import type { Disk, DiskFile } from '../base/disk.ts';
import { createSegment, type SegmentFile } from './segment-files.ts';

/** One file of the commit log; it stays open from the first use. */
export class LogSegment {
  readonly path: string;
  readonly startOffset: number;
  readonly endOffset: number;
  /** A flush is using the open file: closing waits for it. */
  flushing = false;
  readonly #disk: Disk;
  #file: DiskFile | null = null;
  #closed = false;

  constructor(disk: Disk, file: SegmentFile, segmentSize: number) {
    this.#disk = disk;
    this.path = file.path;
    this.startOffset = file.startOffset;
    this.endOffset = file.startOffset + segmentSize;
  }

  get file(): DiskFile {
    this.#file ??= this.#disk.open(this.path, 'r+');
    return this.#file;
  }

  /** Creates the file, sparse, at its full length. */
  create(): this {
    this.#file = createSegment(this.#disk, this.path, this.endOffset - this.startOffset);
    return this;
  }

  flushed(): void {
    this.flushing = false;
    if (this.#closed) this.close();
  }

  close(): void {
    this.#closed = true;
    if (this.flushing) return;
    this.#file?.close();
    this.#file = null;
  }

  delete(): void {
    this.close();
    this.#disk.remove(this.path);
  }
}
