import type { MessageStore } from '../store/types.ts';
import type { LinkSocket } from './link-socket.ts';

/** What one kind of transfer frame says of the log. */
export interface TransferFrames {
  /** Where a frame that begins at `offset` has to end at the latest; segments end frames anyway. */
  endAt(offset: number): number;
  header(offset: number, size: number): Buffer;
}

/** Sends written log bytes over one link, as many as the socket takes; the socket's drain goes on. */
export class LogSender {
  /** Next byte to send. */
  nextOffset: number;
  readonly #store: MessageStore;
  readonly #link: LinkSocket;
  readonly #batchSize: number;
  readonly #frames: TransferFrames;

  /** @param batchSize haTransferBatchSize: most bytes of one frame */
  constructor(store: MessageStore, link: LinkSocket, batchSize: number, frames: TransferFrames, nextOffset: number) {
    this.#store = store;
    this.#link = link;
    this.#batchSize = batchSize;
    this.#frames = frames;
    this.nextOffset = nextOffset;
  }

  /** Sends what is there. A replica that needs deleted segments is disconnected: nothing can be sent to it. */
  pump(): void {
    if (this.nextOffset >= this.#store.writtenOffset || this.#link.congested) return;
    if (this.nextOffset < this.#store.minPhyOffset)
      return this.#link.close(`offset ${this.nextOffset} is deleted here`);
    this.#link.together(() => {
      while (!this.#link.congested && this.#sendFrame());
    });
  }

  heartbeat(): void {
    this.#link.write(this.#frames.header(this.nextOffset, 0));
  }

  #sendFrame(): boolean {
    const size = Math.min(this.#batchSize, this.#frames.endAt(this.nextOffset) - this.nextOffset);
    const data = this.#store.readRaw(this.nextOffset, size);
    if (data === null || data.length === 0) return false;
    this.#link.write(this.#frames.header(this.nextOffset, data.length));
    this.#link.write(data);
    this.#link.meter.add(data.length, this.#link.lastWriteMs);
    this.nextOffset += data.length;
    return true;
  }
}
