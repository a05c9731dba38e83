import type { MessageStore } from '../store/types.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import type { LinkSocket } from './link-socket.ts';
import type { HaOptions } from './types.ts';

/** What one kind of transfer frame says of the log. */
export interface TransferFrames {
  /** Where a frame that begins at `offset` has to end at the latest; segments end frames anyway. */
  endAt(offset: number): number;
  header(offset: number, size: number): Buffer;
}

export type TransferLimits = Pick<HaOptions, 'haTransferBatchSize' | 'maxHaTransferByteInSecond' | 'clock'>;

/**
 * Sends written log bytes over one link, as many as the socket takes; the socket's drain goes on. When the bytes of a
 * second are used up, the next second goes on.
 */
export class LogSender {
  /** Next byte to send. */
  nextOffset: number;
  readonly #store: MessageStore;
  readonly #link: LinkSocket;
  readonly #limits: TransferLimits;
  readonly #frames: TransferFrames;
  readonly #clock: Clock;
  /** The bytes of this second are used up. */
  #paused = false;

  constructor(
    store: MessageStore,
    link: LinkSocket,
    limits: TransferLimits,
    frames: TransferFrames,
    nextOffset: number,
  ) {
    this.#store = store;
    this.#link = link;
    this.#limits = limits;
    this.#frames = frames;
    this.#clock = limits.clock ?? systemClock;
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
    const { haTransferBatchSize, maxHaTransferByteInSecond } = this.#limits;
    const nowMs = this.#clock.nowMs();
    const left = maxHaTransferByteInSecond - this.#link.meter.bytesThisSecond(nowMs);
    if (left <= 0) {
      this.#goOnIn(this.#link.meter.untilNextSecond(nowMs));
      return false;
    }
    const size = Math.min(haTransferBatchSize, left, this.#frames.endAt(this.nextOffset) - this.nextOffset);
    if (size <= 0) return false;
    const data = this.#store.readRaw(this.nextOffset, size);
    if (data === null || data.length === 0) return false;
    this.#link.write(this.#frames.header(this.nextOffset, data.length));
    this.#link.write(data);
    this.#link.meter.add(data.length, this.#link.lastWriteMs);
    this.nextOffset += data.length;
    return true;
  }

  #goOnIn(waitMs: number): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#clock.after(waitMs, () => {
      this.#paused = false;
      this.pump();
    });
  }
}
