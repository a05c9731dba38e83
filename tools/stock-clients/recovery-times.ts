import type { Attempt, Delivery } from '../check/ledger.ts';
import { Inconclusive } from '../lab/inconclusive.ts';
import { ConditionFailure } from '../lab/until.ts';

/** The ledger of a client that outlived a master. */
export interface OutlivedMaster {
  readonly attempts: readonly Attempt[];
  readonly deliveries: readonly Delivery[];
  /** When the fault began, ms since the epoch. */
  readonly lostAtMs: number;
  /** Whether a broker other than the lost one acknowledged it. */
  readonly isStoredElsewhere: (attempt: Attempt) => boolean;
}

/**
 * How long after the fault the first send was acknowledged by another broker, and the first message that such a one had
 * acknowledged was delivered, ms. Throws `Inconclusive` when the fault came after the last send, `ConditionFailure` when
 * nothing that was sent after it was delivered.
 */
export function recoveryTimes({ attempts, deliveries, lostAtMs, isStoredElsewhere }: OutlivedMaster) {
  const elsewhere = attempts.filter(({ answeredMs }) => answeredMs >= lostAtMs).filter(isStoredElsewhere);
  if (elsewhere.length === 0) throw new Inconclusive('Every message was sent before the master was lost.');
  const keys = new Set(elsewhere.map(({ key }) => key));
  const delivered = deliveries.filter(({ key, readMs }) => keys.has(key) && readMs >= lostAtMs);
  if (delivered.length === 0) throw new ConditionFailure('No message that the new master took was delivered.');
  const first = (times: readonly number[]) => Math.min(...times) - lostAtMs;
  return {
    sendMs: first(elsewhere.map(({ answeredMs }) => answeredMs)),
    deliveryMs: first(delivered.map(({ readMs }) => readMs)),
  };
}
