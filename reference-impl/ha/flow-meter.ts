/** Bytes per second over the last whole second, without a timer. */
export class FlowMeter {
  #secondStartMs = 0;
  #bytes = 0;
  #rate = 0;

  add(bytes: number, nowMs: number): void {
    this.#roll(nowMs);
    this.#bytes += bytes;
  }

  rate(nowMs: number): number {
    this.#roll(nowMs);
    return this.#rate;
  }

  /** Bytes counted in the second that `nowMs` is in. */
  bytesThisSecond(nowMs: number): number {
    this.#roll(nowMs);
    return this.#bytes;
  }

  /** ms until the next second begins. */
  untilNextSecond(nowMs: number): number {
    this.#roll(nowMs);
    return this.#secondStartMs + 1000 - nowMs;
  }

  #roll(nowMs: number): void {
    const seconds = Math.floor((nowMs - this.#secondStartMs) / 1000);
    if (seconds < 1) return;
    this.#rate = seconds === 1 ? this.#bytes : 0;
    this.#bytes = 0;
    this.#secondStartMs += seconds * 1000;
  }
}
