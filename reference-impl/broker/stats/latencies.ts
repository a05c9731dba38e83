const finestMs = 10_000;

/** Ends of the ranges of `putMessageDistributeTime`, ms, with their names. */
const ranges = [
  [0, '<=0ms'],
  [10, '0~10ms'],
  [50, '10~50ms'],
  [100, '50~100ms'],
  [200, '100~200ms'],
  [500, '200~500ms'],
  [1000, '500ms~1s'],
  [2000, '1~2s'],
  [3000, '2~3s'],
  [4000, '3~4s'],
  [5000, '4~5s'],
  [10000, '5~10s'],
  [Infinity, '10s~'],
] as const;

/** How long puts took, by whole milliseconds, over the last minute that ended. */
export class Latencies {
  max = 0;
  #counts = new Uint32Array(finestMs + 2);
  #previous = new Uint32Array(finestMs + 2);

  add(ms: number): void {
    if (ms > this.max) this.max = ms;
    this.#counts[Math.min(Math.max(0, ms), finestMs + 1)]!++;
  }

  /** Begins another minute. */
  rotate(): void {
    this.#previous = this.#counts;
    this.#counts = new Uint32Array(finestMs + 2);
  }

  /** The latency that `share` of the puts stayed within, ms. */
  percentile(share: number): number {
    const total = this.#previous.reduce((sum, count) => sum + count, 0);
    let seen = 0;
    const ms = this.#previous.findIndex((count) => (seen += count) >= total * share);
    return total === 0 ? 0 : ms;
  }

  /** `[<=0ms]:n [0~10ms]:n …` as RocketMQ prints it. */
  text(): string {
    let from = 0;
    return ranges
      .map(([end, name]) => {
        const to = Math.min(end, finestMs + 1) + 1;
        const count = this.#previous.subarray(from, to).reduce((sum, n) => sum + n, 0);
        from = to;
        return `[${name}]:${count} `;
      })
      .join('');
  }
}
