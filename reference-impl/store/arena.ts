import { viewOf } from '../base/bytes.ts';
import type { LogSegment } from './log-segment.ts';

/** Log bytes in memory: `bytes[i]` is the byte at log offset `startOffset + i`, for all offsets below `endOffset`. */
export interface LogWindow {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly bytes: Buffer;
  readonly view: DataView;
}

/** A piece of the arena: consecutive log bytes of one segment. `used` bytes are placed, `written` of them handed over. */
export class ArenaChunk implements LogWindow {
  readonly bytes: Buffer;
  readonly view: DataView;
  segment: LogSegment;
  startOffset: number;
  used = 0;
  written = 0;
  /** Somebody holds views of these bytes: they must never change again. */
  lent = false;

  constructor(bytes: Buffer, segment: LogSegment, startOffset: number) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.segment = segment;
    this.startOffset = startOffset;
  }

  get endOffset(): number {
    return this.startOffset + this.used;
  }
}

const chunkSize = 4 * 1048576;
/** Chunks kept for reads of the tail: 32 MiB. */
const chunksMax = 8;

/**
 * The newest bytes of the log, in chunks that records are encoded straight into and that tail reads are served from. A
 * chunk whose bytes were lent to a reader goes to the garbage collector, any other one is used again.
 */
export class Arena {
  /** Ascending and, within a segment, without gaps. */
  readonly chunks: ArenaChunk[] = [];
  #spare: ArenaChunk | null = null;

  /** A new last chunk with room for at least `size` bytes. Everything older must have been written. */
  begin(segment: LogSegment, startOffset: number, size: number): ArenaChunk {
    if (this.chunks.length === chunksMax) this.#retire(this.chunks.shift()!);
    const chunk = this.#take(segment, startOffset, size);
    this.chunks.push(chunk);
    return chunk;
  }

  /** The chunk that holds the byte at `offset`, or null. */
  at(offset: number): ArenaChunk | null {
    for (let i = this.chunks.length - 1; i >= 0; i--) {
      const chunk = this.chunks[i]!;
      if (offset >= chunk.startOffset) return offset < chunk.startOffset + chunk.used ? chunk : null;
    }
    return null;
  }

  /** Forgets the bytes from `offset` on. Views of them stay as they are: the next record goes to a new chunk. */
  cut(offset: number): void {
    while (this.chunks.length > 0 && this.chunks.at(-1)!.startOffset >= offset) this.chunks.pop();
    const last = this.chunks.at(-1);
    if (last !== undefined && last.endOffset > offset) {
      last.used = offset - last.startOffset;
      last.written = last.used;
    }
  }

  #take(segment: LogSegment, startOffset: number, size: number): ArenaChunk {
    const spare = this.#spare;
    if (spare === null || size > chunkSize) {
      const room = Math.min(chunkSize, segment.endOffset - startOffset);
      return new ArenaChunk(Buffer.allocUnsafeSlow(Math.max(size, room)), segment, startOffset);
    }
    this.#spare = null;
    spare.segment = segment;
    spare.startOffset = startOffset;
    spare.used = 0;
    spare.written = 0;
    return spare;
  }

  #retire(chunk: ArenaChunk): void {
    if (!chunk.lent && chunk.bytes.length === chunkSize) this.#spare = chunk;
  }
}
