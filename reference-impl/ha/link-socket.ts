import { type Clock, systemClock, type Timer } from '../base/clock.ts';
import { errorText } from '../base/errors.ts';
import { FlowMeter } from './flow-meter.ts';
import type { HaSocket } from './network.ts';
import type { HaOptions } from './types.ts';

/** Bytes that may wait in one socket before a sender pauses. */
const bufferedMax = 1024 * 1024;
/** How often a link looks at its clock, as a part of the shorter of its two intervals. */
const checksPerInterval = 4;

/** What a link does with its socket's events. */
export interface LinkHandlers {
  /** Whatever it throws closes the link. */
  data(chunk: Buffer): void;
  /** Nothing was written for `haSendHeartbeatInterval`. */
  heartbeat(): void;
  /** The socket takes more after it was congested. */
  drained(): void;
  /** Once, for whatever reason. */
  closed(): void;
}

export type LinkOptions = Pick<HaOptions, 'log' | 'clock' | 'haSendHeartbeatInterval' | 'haHousekeepingInterval'>;

/** One HA connection of either side: heartbeats when it writes nothing, closes when it reads nothing. */
export class LinkSocket {
  readonly remoteAddress: string;
  readonly meter = new FlowMeter();
  lastReadMs: number;
  lastWriteMs: number;
  readonly #socket: HaSocket;
  readonly #clock: Clock;
  readonly #options: LinkOptions;
  readonly #handlers: LinkHandlers;
  readonly #timer: Timer;
  #closed = false;

  /** @param socket connected */
  constructor(socket: HaSocket, options: LinkOptions, handlers: LinkHandlers) {
    this.#socket = socket;
    this.#options = options;
    this.#handlers = handlers;
    this.#clock = options.clock ?? systemClock;
    this.lastReadMs = this.#clock.nowMs();
    this.lastWriteMs = this.lastReadMs;
    this.remoteAddress = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('drain', () => handlers.drained());
    socket.on('error', (error) =>
      options.log.info({ peer: this.remoteAddress, error: error.message }, 'HA connection failed'),
    );
    socket.on('close', () => this.close('closed by the peer'));
    const interval = Math.min(options.haSendHeartbeatInterval, options.haHousekeepingInterval);
    this.#timer = this.#clock.every(Math.max(1, interval / checksPerInterval), () => this.#check());
  }

  get closed(): boolean {
    return this.#closed;
  }

  get congested(): boolean {
    return this.#closed || this.#socket.writableLength >= bufferedMax;
  }

  /** Several writes as one. */
  together(writes: () => void): void {
    this.#socket.cork();
    writes();
    this.#socket.uncork();
  }

  write(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.lastWriteMs = this.#clock.nowMs();
    this.#socket.write(bytes);
  }

  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer.cancel();
    this.#socket.destroy();
    this.#options.log.info({ peer: this.remoteAddress, reason }, 'HA connection closed');
    this.#handlers.closed();
  }

  #read(chunk: Buffer): void {
    if (this.#closed) return;
    this.lastReadMs = this.#clock.nowMs();
    try {
      this.#handlers.data(chunk);
    } catch (thrown) {
      this.close(errorText(thrown));
    }
  }

  #check(): void {
    const now = this.#clock.nowMs();
    if (now - this.lastReadMs > this.#options.haHousekeepingInterval) this.close('nothing received for too long');
    else if (now - this.lastWriteMs >= this.#options.haSendHeartbeatInterval) this.#handlers.heartbeat();
  }
}
