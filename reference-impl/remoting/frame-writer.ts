// Frame, big-endian:  0 length i32 (bytes after this field) | 4 serializeType u8 | 5 headerLength u24 | 8 header | body
import { SwitchlabError } from '../base/errors.ts';
import { frameLengthMax } from './frame-splitter.ts';
import { encodeJsonHeader, jsonHeaderBytesMax } from './json-header.ts';
import { encodeRocketmqHeader, rocketmqHeaderBytesMax } from './rocketmq-header.ts';
import { SerializeType, type RemotingCommand } from './types.ts';

/** A frame to write: as it will be read, but any bytes will do as its body. */
export type OutgoingCommand = Omit<RemotingCommand, 'body'> & { readonly body: Uint8Array | null };

const slabBytes = 65536;
const headerOffset = 8;

/**
 * Collects the outgoing frames of one connection until `take`. Frames are written one behind the other into a slab, so
 * that all replies of a turn are one buffer. A slab is never written again where `take` gave it away: the socket may
 * still be reading it.
 */
export class FrameWriter {
  /** Bytes written and not taken. */
  pendingBytes = 0;
  #slab: Buffer | null = null;
  #taken = 0;
  #position = 0;
  #full: Buffer[] = [];

  /** Appends a frame; the body is copied. Throws FRAME_TOO_LARGE, and has then written nothing. */
  write(command: OutgoingCommand): void {
    const bodyBytes = command.body?.length ?? 0;
    const { serializeType, remark, extFields } = command;
    const isJson = serializeType === SerializeType.JSON;
    const headerBytesMax = (isJson ? jsonHeaderBytesMax : rocketmqHeaderBytesMax)(remark, extFields);
    const slab = this.#room(headerOffset + headerBytesMax + bodyBytes);
    const start = this.#position;
    const headerBytes = (isJson ? encodeJsonHeader : encodeRocketmqHeader)(command, slab, start + headerOffset);
    const length = 4 + headerBytes + bodyBytes;
    if (length > frameLengthMax) {
      throw new SwitchlabError('FRAME_TOO_LARGE', `The frame for code ${command.code} would have ${length + 4} bytes.`);
    }
    slab.writeInt32BE(length, start);
    slab.writeUInt32BE(serializeType * 0x1000000 + headerBytes, start + 4);
    if (command.body !== null) slab.set(command.body, start + headerOffset + headerBytes);
    this.#position = start + 4 + length;
    this.pendingBytes += 4 + length;
  }

  /** Everything written since the last call, in order; mostly one buffer. */
  take(): Buffer[] {
    this.#closeSlab();
    const taken = this.#full;
    this.#full = [];
    this.pendingBytes = 0;
    return taken;
  }

  #room(bytes: number): Buffer {
    if (this.#slab === null || this.#slab.length - this.#position < bytes) {
      this.#closeSlab();
      this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, bytes));
      this.#taken = 0;
      this.#position = 0;
    }
    return this.#slab;
  }

  #closeSlab(): void {
    if (this.#slab === null || this.#position === this.#taken) return;
    this.#full.push(this.#slab.subarray(this.#taken, this.#position));
    this.#taken = this.#position;
  }
}

/** One frame on its own. */
export function encodeFrame(command: OutgoingCommand): Buffer {
  const writer = new FrameWriter();
  writer.write(command);
  return writer.take()[0]!;
}
