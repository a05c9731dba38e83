import { type Attempt, type Delivery, groupBy, queueName, type Violation, violation } from './ledger.ts';

/**
 * Every message answered with SEND_OK is readable.
 * @param log every message of the topic, read after the run from every broker set that took sends
 */
export function noAcknowledgedLoss(attempts: readonly Attempt[], log: readonly Delivery[]): Violation[] {
  const readable = new Set(log.map((row) => row.key));
  const lost = attempts.filter((attempt) => attempt.outcome === 'SEND_OK' && !readable.has(attempt.key));
  if (lost.length === 0) return [];
  return [violation('no-acknowledged-loss', `${lost.length} acknowledged messages are not readable`, lost)];
}

/**
 * A message is in the log at most once per attempt that may have stored it, at least once per SEND_OK, at the place that
 * each SEND_OK named, and never when every attempt was refused. An unknown attempt allows one more place and demands none.
 */
export function exactlyOnce(attempts: readonly Attempt[], log: readonly Delivery[]): Violation[] {
  const placesByKey = groupBy(uniquePlaces(log), (row) => row.key);
  const misplaced: object[] = [];
  const excess: object[] = [];
  for (const [key, tries] of groupBy(attempts, (attempt) => attempt.key)) {
    const places = placesByKey.get(key) ?? [];
    const names = new Set(places.map(placeName));
    const allowed = tries.filter((attempt) => attempt.outcome !== 'refused').length;
    if (places.length > allowed) excess.push({ key, allowed, places: places.map(placeName) });
    for (const attempt of tries) {
      if (attempt.outcome === 'SEND_OK' && !names.has(placeName(attempt))) {
        misplaced.push({ key, acknowledgedAt: placeName(attempt), places: [...names] });
      }
    }
  }
  return [
    ...(excess.length > 0 ? [violation('exactly-once', `${excess.length} messages are stored too often`, excess)] : []),
    ...(misplaced.length > 0
      ? [
          violation(
            'exactly-once',
            `${misplaced.length} acknowledged messages are not where the broker said`,
            misplaced,
          ),
        ]
      : []),
  ];
}

/** No message appears in the log that no producer of the run sent. */
export function nothingInvented(attempts: readonly Attempt[], log: readonly Delivery[]): Violation[] {
  const sent = new Set(attempts.map((attempt) => attempt.key));
  const strange = log.filter((row) => !sent.has(row.key));
  return strange.length > 0
    ? [violation('nothing-invented', `${strange.length} messages were never sent`, strange)]
    : [];
}

/**
 * A place (queue, offset) holds one message for ever: what the broker acknowledged there and every later read agree.
 * Applies where nothing acknowledged may be lost; a lost and overwritten message breaks it too.
 */
export function oneValuePerPlace(attempts: readonly Attempt[], deliveries: readonly Delivery[]): Violation[] {
  const seen = new Map<string, Attempt | Delivery>();
  const conflicts: object[] = [];
  const acknowledged = attempts.filter((attempt) => attempt.outcome === 'SEND_OK');
  for (const row of [...acknowledged, ...deliveries]) {
    const place = placeName(row);
    const first = seen.get(place);
    if (first === undefined) seen.set(place, row);
    else if (first.key !== row.key) conflicts.push({ place, firstKey: first.key, laterKey: row.key });
  }
  return conflicts.length > 0
    ? [violation('one-value-per-place', `${conflicts.length} queue offsets changed their message`, conflicts)]
    : [];
}

/**
 * Within one queue, what a producer sent after an earlier send of its own was acknowledged lies behind that one.
 * Sends in flight together have no order: a broker serves a connection's requests concurrently.
 */
export function orderWithinQueue(attempts: readonly Attempt[]): Violation[] {
  // What was stored but not acknowledged may be cut away at a switch, and its place be given to another message.
  const acknowledged = attempts.filter(({ outcome, queueOffset }) => outcome === 'SEND_OK' && queueOffset !== null);
  const found: Violation[] = [];
  for (const [queue, rows] of groupBy(acknowledged, (row) => `${row.producer} in ${queueName(row)}`)) {
    const byOffset = rows.sort((a, b) => a.queueOffset! - b.queueOffset!);
    // From the end: the earliest answer among larger offsets must not precede the send at this offset.
    let earliest: Attempt | undefined;
    for (const row of byOffset.reverse()) {
      if (earliest !== undefined && earliest.answeredMs < row.sentMs) {
        found.push(violation('order-within-queue', `${queue} is out of order`, [earliest, row]));
        break;
      }
      if (earliest === undefined || row.answeredMs < earliest.answeredMs) earliest = row;
    }
  }
  return found;
}

/** Attempts without an answer that turned out to be stored: counted, never a violation. */
export function recovered(attempts: readonly Attempt[], log: readonly Delivery[]): Attempt[] {
  const readable = new Set(log.map((row) => row.key));
  return attempts.filter((attempt) => attempt.outcome === 'unknown' && readable.has(attempt.key));
}

function placeName(row: Attempt | Delivery): string {
  return `${queueName(row)}@${row.queueOffset}`;
}

/** The same place read twice, or from two replicas, counts once. */
function uniquePlaces(log: readonly Delivery[]): Delivery[] {
  const places = new Map<string, Delivery>();
  for (const row of log) places.set(`${placeName(row)} ${row.key}`, row);
  return [...places.values()];
}
