import type { Clock, Timer } from '../../base/clock.ts';
import type { RoleHost } from './types.ts';

/** The first pause between two registrations; it doubles up to `retryMs`. */
const firstPauseMs = 50;

/**
 * A new slave learns where its master replicates from the answer to its registration, which a NameServer can give only
 * once the master has registered too. RocketMQ asks again every 30 s; this asks again soon, until the address is known.
 */
export class MasterSearch {
  readonly #host: RoleHost;
  readonly #found: () => boolean;
  readonly #clock: Clock;
  readonly #retryMs: number;
  #timer: Timer | null = null;

  /** @param found the registrations told what was looked for */
  constructor(host: RoleHost, found: () => boolean, clock: Clock, retryMs: number) {
    this.#host = host;
    this.#found = found;
    this.#clock = clock;
    this.#retryMs = retryMs;
  }

  start(): void {
    this.stop();
    this.#againIn(firstPauseMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #againIn(pauseMs: number): void {
    const timer = this.#clock.after(pauseMs, () => {
      if (this.#found()) return;
      const again = () => {
        if (this.#timer === timer) this.#againIn(Math.min(2 * pauseMs, this.#retryMs));
      };
      this.#host.registerToNamesrv().then(again, again);
    });
    this.#timer = timer;
  }
}
