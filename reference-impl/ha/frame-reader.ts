import { viewOf } from '../base/bytes.ts';

/** How the frames of one direction look: a header of known size, then a body whose size the header tells. */
export interface FrameFormat<H> {
  /** Leading bytes that suffice to tell the header's size. */
  readonly prefixSize: number;
  /** Size of the header that starts like `prefix`; throws FRAME_MALFORMED. */
  headerSize(prefix: DataView): number;
  /** Decodes exactly that many bytes; throws FRAME_MALFORMED. */
  decode(header: DataView): H;
  /** Bytes that follow `header`. */
  bodySize(header: H): number;
}

/** What a reader found. Bodies are handed on as they arrive, in views of the received chunk. */
export interface FrameSink<H> {
  header(header: H): void;
  /** A piece of the body of the last header; `remaining` bytes of it are still to come. */
  body(piece: Buffer, remaining: number): void;
}

const largestHeader = 64;

/** Cuts a byte stream into frames, whatever the chunks. Holds at most one incomplete header, never a body. */
export class FrameReader<H> {
  readonly #format: FrameFormat<H>;
  readonly #head = Buffer.alloc(largestHeader);
  readonly #view = viewOf(this.#head);
  #held = 0;
  #wanted: number;
  #sized = false;
  #bodyLeft = 0;

  constructor(format: FrameFormat<H>) {
    this.#format = format;
    this.#wanted = format.prefixSize;
  }

  /** True between two frames: nothing of an incomplete one was read. */
  get idle(): boolean {
    return this.#held === 0 && this.#bodyLeft === 0;
  }

  /** Reads one chunk. Throws FRAME_MALFORMED; the stream is then useless. */
  feed(chunk: Buffer, sink: FrameSink<H>): void {
    let at = 0;
    while (at < chunk.length) at = this.#bodyLeft > 0 ? this.#body(chunk, at, sink) : this.#header(chunk, at, sink);
  }

  #body(chunk: Buffer, at: number, sink: FrameSink<H>): number {
    const end = Math.min(chunk.length, at + this.#bodyLeft);
    this.#bodyLeft -= end - at;
    sink.body(chunk.subarray(at, end), this.#bodyLeft);
    return end;
  }

  #header(chunk: Buffer, at: number, sink: FrameSink<H>): number {
    const end = Math.min(chunk.length, at + this.#wanted - this.#held);
    chunk.copy(this.#head, this.#held, at, end);
    this.#held += end - at;
    if (this.#held < this.#wanted) return end;
    if (!this.#sized) {
      this.#wanted = this.#format.headerSize(this.#view);
      this.#sized = true;
      if (this.#held < this.#wanted) return end;
    }
    const header = this.#format.decode(this.#view);
    this.#held = 0;
    this.#sized = false;
    this.#wanted = this.#format.prefixSize;
    this.#bodyLeft = this.#format.bodySize(header);
    sink.header(header);
    return end;
  }
}
