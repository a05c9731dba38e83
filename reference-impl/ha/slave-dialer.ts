import { type Clock, systemClock, type Timer } from '../base/clock.ts';
import { errorText } from '../base/errors.ts';
import type { LinkSocket } from './link-socket.ts';
import { type HaSocket, systemNetwork } from './network.ts';
import type { HaOptions } from './types.ts';

type DialerOptions = Pick<HaOptions, 'addressBook' | 'reconnectMs' | 'log' | 'clock' | 'network'>;

/** A slave's connection to its master: dials, dials again `reconnectMs` after a failure, at once when the address changes. */
export class SlaveDialer {
  readonly #options: DialerOptions;
  readonly #clock: Clock;
  readonly #open: (socket: HaSocket) => LinkSocket;
  #stopped = false;
  #address: string | null = null;
  #dialling: HaSocket | null = null;
  #link: LinkSocket | null = null;
  #retry: Timer | null = null;

  /** @param open makes a link of a connected socket; it tells its end through `lost` */
  constructor(options: DialerOptions, open: (socket: HaSocket) => LinkSocket) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#open = open;
  }

  get address(): string | null {
    return this.#address;
  }

  get link(): LinkSocket | null {
    return this.#link;
  }

  /** Null: stay unconnected. The same address again changes nothing. Throws ADDRESS_ILLEGAL. */
  setAddress(address: string | null): void {
    // A NameServer may answer after the end: dialling again would feed a store that closes.
    if (this.#stopped || address === this.#address) return;
    if (address !== null) this.#options.addressBook.dial(address);
    this.#address = address;
    this.#drop('another master');
    if (address !== null) this.#dial(address);
  }

  /** For good. */
  stop(): void {
    this.setAddress(null);
    this.#stopped = true;
  }

  /** The link that `open` made is closed. */
  lost(): void {
    this.#link = null;
    if (this.#address === null || this.#retry !== null) return;
    this.#retry = this.#clock.after(this.#options.reconnectMs, () => {
      this.#retry = null;
      if (this.#address !== null) this.#dial(this.#address);
    });
  }

  #drop(reason: string): void {
    this.#dialling?.destroy();
    this.#dialling = null;
    this.#link?.close(reason);
    // Closing the link called `lost`; its retry must not dial the former address.
    this.#retry?.cancel();
    this.#retry = null;
  }

  #dial(address: string): void {
    const { host, port } = this.#options.addressBook.dial(address);
    const socket = (this.#options.network ?? systemNetwork).connect({ host, port });
    this.#dialling = socket;
    const failed = (error: Error) => {
      if (this.#dialling !== socket) return;
      this.#dialling = null;
      this.#options.log.info({ address, error: error.message }, 'The HA port of the master does not answer');
      this.lost();
    };
    socket.once('error', failed);
    socket.setTimeout(this.#options.reconnectMs, () => socket.destroy(new Error('no connection in time')));
    socket.once('connect', () => {
      socket.off('error', failed);
      socket.setTimeout(0);
      this.#dialling = null;
      this.#opened(socket, address);
    });
  }

  /** A store whose disk failed cannot begin to replicate; it says so each time it tries. */
  #opened(socket: HaSocket, address: string): void {
    try {
      this.#link = this.#open(socket);
    } catch (thrown) {
      this.#options.log.warn({ address, error: errorText(thrown) }, 'Replication cannot begin');
      socket.destroy();
      this.lost();
    }
  }
}
