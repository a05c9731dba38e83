import type { Clock, Timer } from '../../base/clock.ts';
import { Latencies } from './latencies.ts';
import { Rates, type Totals } from './rates.ts';
import { StatsItem } from './stats-item.ts';

/** What VIEW_BROKER_STATS_DATA can be asked for; each has one counter per key. */
export const statsNames = [
  'TOPIC_PUT_NUMS',
  'TOPIC_PUT_SIZE',
  'GROUP_GET_NUMS',
  'GROUP_GET_SIZE',
  'SNDBCK_PUT_NUMS',
  'BROKER_PUT_NUMS',
  'BROKER_GET_NUMS',
] as const;
export type StatsName = (typeof statsNames)[number];

/** Messages put and got in all, at three moments. */
export interface DayTotals {
  yesterdayMorning: number;
  todayMorning: number;
}

type StatsItems = Readonly<Record<StatsName, Map<string, StatsItem>>>;

const sampleMs = 1000;
const itemSampleMs = 10_000;
const latencyWindowMs = 60_000;

/** Counters of one broker. Counting is a map look-up and an addition; rates come from a timer. */
export class BrokerStats {
  readonly rates = new Rates();
  readonly putLatencies = new Latencies();
  readonly getLatencies = new Latencies();
  readonly putDays: DayTotals = { yesterdayMorning: 0, todayMorning: 0 };
  readonly getDays: DayTotals = { yesterdayMorning: 0, todayMorning: 0 };
  putTimes = 0;
  putBytes = 0;
  putFailures = 0;
  readonly #cluster: string;
  readonly #clock: Clock;
  readonly #items: StatsItems;
  #totals = { put: 0, getFound: 0, getMiss: 0, getTransferred: 0 };
  #timers: Timer[] = [];
  #today: number;

  /** @param cluster key of the counters of the whole broker */
  constructor(cluster: string, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#items = Object.fromEntries(statsNames.map((name) => [name, new Map()])) as StatsItems;
    this.#today = dayOf(clock.nowMs());
  }

  get totals(): Totals {
    return this.#totals;
  }

  start(): void {
    this.#timers = [
      this.#clock.every(sampleMs, () => this.rates.sample(this.#clock.nowMs(), { ...this.#totals })),
      this.#clock.every(itemSampleMs, () => this.#sampleItems()),
      this.#clock.every(latencyWindowMs, () => {
        this.putLatencies.rotate();
        this.getLatencies.rotate();
      }),
    ];
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
  }

  /** `count` messages of `bytes` in all were stored. */
  put(topic: string, count: number, bytes: number): void {
    this.#totals.put += count;
    this.putTimes += count;
    this.putBytes += bytes;
    this.#add('TOPIC_PUT_NUMS', topic, count);
    this.#add('TOPIC_PUT_SIZE', topic, bytes);
    this.#add('BROKER_PUT_NUMS', this.#cluster, count);
  }

  putFailed(): void {
    this.putFailures += 1;
  }

  /** A pull found `count` messages of `bytes` in all. */
  got(topic: string, group: string, count: number, bytes: number): void {
    this.#totals.getFound += 1;
    this.#totals.getTransferred += count;
    const key = `${topic}@${group}`;
    this.#add('GROUP_GET_NUMS', key, count);
    this.#add('GROUP_GET_SIZE', key, bytes);
    this.#add('BROKER_GET_NUMS', this.#cluster, count);
  }

  missed(): void {
    this.#totals.getMiss += 1;
  }

  sentBack(topic: string, group: string): void {
    this.#add('SNDBCK_PUT_NUMS', `${topic}@${group}`, 1);
  }

  /** The counter, undefined while nothing was counted. */
  item(name: string, key: string): StatsItem | undefined {
    return name in this.#items ? this.#items[name as StatsName].get(key) : undefined;
  }

  /** Messages per second that `group` took from `topic` in the last minute. */
  consumeTps(topic: string, group: string): number {
    return this.item('GROUP_GET_NUMS', `${topic}@${group}`)?.snapshot('statsMinute').tps ?? 0;
  }

  /** A topic or a group is gone. */
  forget(matches: (key: string) => boolean): void {
    for (const items of Object.values(this.#items)) {
      for (const key of items.keys()) if (matches(key)) items.delete(key);
    }
  }

  #add(name: StatsName, key: string, amount: number): void {
    let item = this.#items[name].get(key);
    if (item === undefined) {
      item = new StatsItem();
      item.sample(this.#clock.nowMs());
      this.#items[name].set(key, item);
    }
    item.add(amount);
  }

  #sampleItems(): void {
    const nowMs = this.#clock.nowMs();
    for (const items of Object.values(this.#items)) for (const item of items.values()) item.sample(nowMs);
    if (dayOf(nowMs) === this.#today) return;
    this.#today = dayOf(nowMs);
    for (const [days, total] of [
      [this.putDays, this.#totals.put],
      [this.getDays, this.#totals.getTransferred],
    ] as const) {
      days.yesterdayMorning = days.todayMorning;
      days.todayMorning = total;
    }
  }
}

function dayOf(nowMs: number): number {
  return new Date(nowMs).setHours(0, 0, 0, 0);
}
