import { type Attempt, type Delivery, groupBy, type Violation, violation } from '../check/ledger.ts';
import {
  exactlyOnce,
  noAcknowledgedLoss,
  nothingInvented,
  oneValuePerPlace,
  orderWithinQueue,
} from '../check/messages.ts';

/** What a stock producer and a stock consumer saw of one topic, and what is in it afterwards. */
export interface ClientRun {
  readonly attempts: readonly Attempt[];
  readonly deliveries: readonly Delivery[];
  /** Every message that the master gives out after the run. */
  readonly log: readonly Delivery[];
  /** When the group lost its master, ms since the epoch; null when it did not. */
  readonly lostAtMs: number | null;
}

/** A call of send makes up to this many tries (`retryTimesWhenSendFailed` is 2), of which it reports the last. */
const triesPerCall = 3;

/** Broken promises. Without a loss every call of send succeeds and every message comes once. */
export function judge({ attempts, deliveries, log, lostAtMs }: ClientRun): Violation[] {
  const undisturbed = lostAtMs === null;
  return [
    ...noAcknowledgedLoss(attempts, deliveries),
    ...noAcknowledgedLoss(attempts, log),
    ...nothingInvented(attempts, [...deliveries, ...log]),
    ...oneValuePerPlace(attempts, [...deliveries, ...log]),
    ...orderWithinQueue(attempts),
    ...exactlyOnce(undisturbed ? attempts : attempts.flatMap(withHiddenTries), log),
    ...(undisturbed ? disturbances(attempts, deliveries) : []),
  ];
}

/** Deliveries beyond the first of each key: a place delivered again, or a message stored again by a retry. */
export function repeats(deliveries: readonly Delivery[]): number {
  return deliveries.length - new Set(deliveries.map(({ key }) => key)).size;
}

/** Each earlier try inside the call may have stored the message without an answer. */
function withHiddenTries(attempt: Attempt): Attempt[] {
  const hidden: Attempt = { ...attempt, outcome: 'unknown', queueOffset: null, offsetMsgId: null };
  return [...Array.from({ length: triesPerCall - 1 }, () => hidden), attempt];
}

function disturbances(attempts: readonly Attempt[], deliveries: readonly Delivery[]): Violation[] {
  const failed = attempts.filter(({ outcome }) => outcome !== 'SEND_OK');
  const again = [...groupBy(deliveries, ({ key }) => key).values()].flatMap((rows) => rows.slice(1));
  return [
    ...(failed.length > 0
      ? [violation('undisturbed', `${failed.length} sends failed, and no master was lost`, failed)]
      : []),
    ...(again.length > 0
      ? [violation('undisturbed', `${again.length} messages came again, and no master was lost`, again)]
      : []),
  ];
}
