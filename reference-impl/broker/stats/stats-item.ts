/** Sum and rate over one window. */
export interface StatsSnapshot {
  readonly sum: number;
  /** Per second. */
  readonly tps: number;
  /** Amount per call of `add`. */
  readonly avgpt: number;
}

interface Sample {
  readonly atMs: number;
  readonly value: number;
  readonly times: number;
}

/** The windows of VIEW_BROKER_STATS_DATA: how often each takes a sample, and how many it keeps. */
const windows = {
  statsMinute: { everyMs: 10_000, keep: 7 },
  statsHour: { everyMs: 600_000, keep: 7 },
  statsDay: { everyMs: 3_600_000, keep: 25 },
} as const;

export type StatsWindow = keyof typeof windows;

const windowNames = Object.keys(windows) as StatsWindow[];

/** One counter of a broker, seen over a minute, an hour and a day (`StatsItem`). */
export class StatsItem {
  #value = 0;
  #times = 0;
  readonly #samples: Record<StatsWindow, Sample[]> = { statsMinute: [], statsHour: [], statsDay: [] };

  add(amount: number): void {
    this.#value += amount;
    this.#times += 1;
  }

  /** Takes the samples that are due; call it at least as often as the shortest window asks. */
  sample(nowMs: number): void {
    for (const name of windowNames) {
      const samples = this.#samples[name];
      const last = samples.at(-1);
      if (last !== undefined && nowMs - last.atMs < windows[name].everyMs) continue;
      samples.push({ atMs: nowMs, value: this.#value, times: this.#times });
      if (samples.length > windows[name].keep) samples.shift();
    }
  }

  snapshot(name: StatsWindow): StatsSnapshot {
    const first = this.#samples[name][0];
    const last = this.#samples[name].at(-1);
    if (first === undefined || last === undefined || last === first) return { sum: 0, tps: 0, avgpt: 0 };
    const sum = last.value - first.value;
    const times = last.times - first.times;
    return { sum, tps: (sum * 1000) / (last.atMs - first.atMs), avgpt: times === 0 ? 0 : sum / times };
  }
}
