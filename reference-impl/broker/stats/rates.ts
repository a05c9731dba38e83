/** Totals that rates are taken from. */
export type Totals = Readonly<Record<'put' | 'getFound' | 'getMiss' | 'getTransferred', number>>;

interface Sample {
  readonly atMs: number;
  readonly totals: Totals;
}

const samplesMax = 601;
const windowsSeconds = [10, 60, 600] as const;

/** One sample of the totals per second, for the rates of GET_BROKER_RUNTIME_INFO. */
export class Rates {
  readonly #samples: Sample[] = [];

  sample(nowMs: number, totals: Totals): void {
    this.#samples.push({ atMs: nowMs, totals });
    if (this.#samples.length > samplesMax) this.#samples.shift();
  }

  /** Rates per second over 10 s, 1 min and 10 min; those that the broker is too young for are missing. */
  of(amount: (totals: Totals) => number): number[] {
    const last = this.#samples.at(-1);
    return windowsSeconds.flatMap((seconds) => {
      const first = this.#samples.at(-1 - seconds);
      if (last === undefined || first === undefined) return [];
      return [((amount(last.totals) - amount(first.totals)) * 1000) / (last.atMs - first.atMs)];
    });
  }
}
