import type { CommitLog } from './commit-log.ts';
import type { LogSegment } from './log-segment.ts';

/**
 * Makes the commit log durable off the event loop: one fdatasync at a time; what is written meanwhile waits for the next.
 */
export class Flusher {
  readonly #log: CommitLog;
  readonly #onFlushed: () => void;
  readonly #onFailed: (thrown: unknown) => void;
  #flushedOffset: number;
  /** End of what the running flush makes durable; -1 while none runs. */
  #target = -1;
  #again = false;
  #failed = false;
  #segmentsKnown: number;
  readonly #waiting: { readonly offset: number; readonly resolve: () => void }[] = [];

  /**
   * @param flushedOffset what is surely on disk
   * @param onFailed the disk refused: nothing after flushedOffset is known to be durable
   */
  constructor(log: CommitLog, flushedOffset: number, onFlushed: () => void, onFailed: (thrown: unknown) => void) {
    this.#log = log;
    this.#flushedOffset = flushedOffset;
    // The names of segments are as sure as the bytes in them.
    this.#segmentsKnown = flushedOffset === log.writtenOffset ? log.segments.length : -1;
    this.#onFlushed = onFlushed;
    this.#onFailed = onFailed;
  }

  get flushedOffset(): number {
    return this.#flushedOffset;
  }

  /** Flushes what is written now; after the running flush, if there is one. */
  start(): void {
    // After a failed fdatasync a second one may succeed without the data: nothing is flushed ever again.
    if (this.#failed) return;
    if (this.#target !== -1) {
      this.#again = true;
      return;
    }
    const target = this.#log.writtenOffset;
    if (target <= this.#flushedOffset) return;
    this.#target = target;
    const segments = this.#log.segments.filter(
      (segment) => segment.endOffset > this.#flushedOffset && segment.startOffset < target,
    );
    for (const segment of segments) segment.flushing = true;
    this.#syncNext(segments, 0);
  }

  /** Resolves when everything written at the call is durable, or the disk failed. */
  flushed(): Promise<void> {
    const offset = this.#log.writtenOffset;
    if (this.#failed || offset <= this.#flushedOffset) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ offset, resolve });
      this.start();
    });
  }

  /** The log was cut: nothing from `offset` on counts as flushed, whatever a running flush does. */
  truncateTo(offset: number): void {
    this.#flushedOffset = Math.min(this.#flushedOffset, offset);
    if (this.#target !== -1) this.#target = Math.min(this.#target, offset);
    this.#segmentsKnown = Math.min(this.#segmentsKnown, this.#log.segments.length);
    this.#release();
  }

  /** The log is empty and goes on at `offset`. */
  beginAt(offset: number): void {
    this.#flushedOffset = offset;
  }

  #syncNext(segments: readonly LogSegment[], index: number): void {
    const segment = segments[index];
    if (segment === undefined) {
      this.#done();
      return;
    }
    segment.file.datasync((error) => {
      segment.flushed();
      if (error === null) {
        this.#syncNext(segments, index + 1);
        return;
      }
      for (const later of segments.slice(index + 1)) later.flushed();
      this.#fail(error);
    });
  }

  #done(): void {
    if (this.#segmentsKnown !== this.#log.segments.length) {
      try {
        this.#log.syncDirectories();
      } catch (thrown) {
        this.#fail(thrown);
        return;
      }
      this.#segmentsKnown = this.#log.segments.length;
    }
    this.#flushedOffset = Math.max(this.#flushedOffset, this.#target);
    this.#target = -1;
    this.#release();
    this.#onFlushed();
    if (!this.#again && this.#waiting.length === 0) return;
    this.#again = false;
    this.start();
  }

  #fail(thrown: unknown): void {
    this.#failed = true;
    this.#onFailed(thrown);
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** Waits for bytes that were cut away are over too. */
  #release(): void {
    const end = this.#log.writtenOffset;
    for (let i = this.#waiting.length - 1; i >= 0; i--) {
      const { offset, resolve } = this.#waiting[i]!;
      if (Math.min(offset, end) > this.#flushedOffset) continue;
      this.#waiting.splice(i, 1);
      resolve();
    }
  }
}
