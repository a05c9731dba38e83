// Frame, big-endian:  0 length i32 (bytes after this field) | 4 serializeType u8 | 5 headerLength u24 | 8 header | body
import { assert } from '../base/assert.ts';
import { SwitchlabError } from '../base/errors.ts';

/** Largest value of the length field: the frame, its length field included, has at most 16 MiB. */
export const frameLengthMax = 16777216 - 4;

/** serializeType and headerLength are always there. */
const frameLengthMin = 4;

const tlsHandshake = 0x16;
const empty = Buffer.alloc(0);

/**
 * Cuts the chunks of one socket into frames. A frame that lies within one chunk is not copied.
 * Use: `push` a chunk, then call `next` until it says false; each true leaves a frame in `bytes` from `start` to `end`,
 * length field excluded. Source: `NettyDecoder`, `LengthFieldBasedFrameDecoder`.
 */
export class FrameSplitter {
  bytes: Buffer = empty;
  start = 0;
  end = 0;

  #chunk: Buffer = empty;
  #position = 0;
  // A frame cut by the end of a chunk: first its length field, then the whole of it in a buffer of its own.
  readonly #lengthField = Buffer.alloc(4);
  #lengthFieldBytes = 0;
  #cut: Buffer | null = null;
  #cutBytes = 0;

  /** Whether bytes of the last chunk wait for `next`. */
  get pending(): boolean {
    return this.#position < this.#chunk.length;
  }

  push(chunk: Buffer): void {
    assert(!this.pending, 'the previous chunk was not read to its end');
    this.#chunk = chunk;
    this.#position = 0;
  }

  /** Moves to the next whole frame. Throws FRAME_TOO_LARGE or FRAME_MALFORMED: the stream is lost from there on. */
  next(): boolean {
    if (this.#cut === null && this.#lengthFieldBytes === 0) {
      const chunk = this.#chunk;
      const position = this.#position;
      const available = chunk.length - position;
      if (available >= 4) {
        const end = position + 4 + checkedLength(chunk, position);
        if (end <= chunk.length) {
          this.#position = end;
          this.#emit(chunk, position + 4, end);
          return true;
        }
      }
    }
    return this.#assemble();
  }

  #assemble(): boolean {
    if (this.#cut === null) {
      this.#lengthFieldBytes += this.#take(this.#lengthField, this.#lengthFieldBytes);
      if (this.#lengthFieldBytes < 4) return false;
      // Reserved, not touched: a peer that announces 16 MiB and sends nothing costs address space only.
      this.#cut = Buffer.allocUnsafeSlow(checkedLength(this.#lengthField, 0));
      this.#lengthFieldBytes = 0;
      this.#cutBytes = 0;
    }
    this.#cutBytes += this.#take(this.#cut, this.#cutBytes);
    if (this.#cutBytes < this.#cut.length) return false;
    this.#emit(this.#cut, 0, this.#cut.length);
    this.#cut = null;
    return true;
  }

  /** Copies what fits from the chunk into `target` at `offset`; returns the number of bytes. */
  #take(target: Buffer, offset: number): number {
    const count = this.#chunk.copy(target, offset, this.#position);
    this.#position += count;
    if (!this.pending) {
      // A cut frame, or an idle connection, must not keep the chunk alive.
      this.#chunk = empty;
      this.#position = 0;
    }
    return count;
  }

  #emit(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }
}

function checkedLength(bytes: Buffer, offset: number): number {
  const length = bytes.readInt32BE(offset);
  if (length >= frameLengthMin && length <= frameLengthMax) return length;
  if (bytes[offset] === tlsHandshake) throw new SwitchlabError('NOT_BUILT', 'The peer began a TLS handshake.');
  if (length > frameLengthMax) throw new SwitchlabError('FRAME_TOO_LARGE', `A frame announces ${length} bytes.`);
  throw new SwitchlabError('FRAME_MALFORMED', `A frame announces a length of ${length}.`);
}
