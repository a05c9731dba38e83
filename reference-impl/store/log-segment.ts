import { closeSync, openSync, rmSync } from 'node:fs';
import { createSegment, type SegmentFile } from './segment-files.ts';

/** One file of the commit log; its descriptor stays open from the first use. */
export class LogSegment {
  readonly path: string;
  readonly startOffset: number;
  readonly endOffset: number;
  /** A flush is using the descriptor: closing waits for it. */
  flushing = false;
  #fd = -1;
  #closed = false;

  constructor(file: SegmentFile, segmentSize: number) {
    this.path = file.path;
    this.startOffset = file.startOffset;
    this.endOffset = file.startOffset + segmentSize;
  }

  get fd(): number {
    if (this.#fd === -1) this.#fd = openSync(this.path, 'r+');
    return this.#fd;
  }

  /** Creates the file, sparse, at its full length. */
  create(): this {
    this.#fd = createSegment(this.path, this.endOffset - this.startOffset);
    return this;
  }

  flushed(): void {
    this.flushing = false;
    if (this.#closed) this.close();
  }

  close(): void {
    this.#closed = true;
    if (this.flushing || this.#fd === -1) return;
    closeSync(this.#fd);
    this.#fd = -1;
  }

  delete(): void {
    this.close();
    rmSync(this.path);
  }
}
