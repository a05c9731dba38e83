import type { Attempt } from '../../check/ledger.ts';

/** Pairs whose lag says whether everything was consumed. */
export interface LoadConsumer {
  readonly topic: string;
  readonly consumerGroup: string;
}

/** What was sent and read so far. */
export interface LoadFigures {
  readonly sent: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Without an answer: neither promised nor forbidden to be stored. */
  readonly unknown: number;
  readonly delivered: number;
}

/** Traffic that runs through an upgrade: what the player needs of it. */
export interface Load {
  readonly topics: readonly string[];
  readonly consumers: readonly LoadConsumer[];
  readonly attempts: readonly Attempt[];
  readonly figures: LoadFigures;
  /** Producers send, again after `off`. */
  on(): Promise<void>;
  /** Producers send no more; resolves when nothing is in flight. Consumers go on. */
  off(): Promise<void>;
  /** The store of a group is about to be given up: what it holds counts as kept from now on when it was delivered. */
  giveUp(group: string): void;
}

/** Longest time without an acknowledgement in a group, ms, and when it began. */
export interface Downtime {
  readonly group: string;
  readonly ms: number;
  readonly sinceMs: number;
  /** False: it had not ended at the end. */
  readonly ended: boolean;
}

/**
 * How long producers went without an acknowledgement in each group, at the longest, between two instants. A group that
 * never acknowledged anything is not listed, unless it is one of the `expected`: for these the time up to the end counts too.
 */
export function downtimes(
  attempts: readonly Attempt[],
  fromMs: number,
  toMs: number,
  expected: readonly string[] = [],
): Downtime[] {
  const longest = new Map<string, Downtime>();
  const last = new Map<string, number>();
  const acknowledged = attempts.filter(({ outcome }) => outcome === 'SEND_OK');
  for (const { brokerName: group, answeredMs } of [...acknowledged].sort((a, b) => a.answeredMs - b.answeredMs)) {
    if (answeredMs > toMs) break;
    const sinceMs = Math.max(last.get(group) ?? fromMs, fromMs);
    const ms = answeredMs - sinceMs;
    if (answeredMs >= fromMs && ms >= (longest.get(group)?.ms ?? 0))
      longest.set(group, { group, ms, sinceMs, ended: true });
    last.set(group, answeredMs);
  }
  for (const group of expected) {
    const sinceMs = Math.max(last.get(group) ?? fromMs, fromMs);
    const ms = toMs - sinceMs;
    if (ms > (longest.get(group)?.ms ?? 0)) longest.set(group, { group, ms, sinceMs, ended: false });
  }
  return [...longest.values()].sort((a, b) => a.group.localeCompare(b.group));
}
