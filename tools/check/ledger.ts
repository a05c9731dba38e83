/**
 * The ledger of one run: what a producer tried, what a consumer was given, what each replica's log holds and what was
 * seen of masters and epochs. Rows are plain data, one JSON line each in the evidence folder.
 * All instants are wall-clock ms of one machine.
 */

/** What came back of one attempted send, by the names of `SendStatus`, or why nothing did. */
export type OutcomeKind =
  | 'SEND_OK'
  /** Stored by the master, but not as safely as asked for: neither promised nor forbidden to be readable later. */
  | 'FLUSH_DISK_TIMEOUT'
  | 'FLUSH_SLAVE_TIMEOUT'
  | 'SLAVE_NOT_AVAILABLE'
  /** The broker (or the client before it sent anything) said no: must not be stored. */
  | 'refused'
  /** No answer: may be stored or not. */
  | 'unknown';

/** One send of one message: a retry of the same key is a row of its own. */
export interface Attempt {
  readonly producer: string;
  /** Unique per message: `<run>-<producer>-<n>`. */
  readonly key: string;
  readonly attemptNo: number;
  readonly topic: string;
  readonly brokerName: string;
  /** Queue asked for; for stored messages the queue that the broker named. */
  readonly queueId: number;
  readonly sentMs: number;
  readonly answeredMs: number;
  readonly outcome: OutcomeKind;
  /** Response code, or the client's own (10001 …), or null without an answer. */
  readonly code: number | null;
  readonly remark: string | null;
  /** Place in the queue; null unless stored. */
  readonly queueOffset: number | null;
  /** Offset message id; null unless stored. */
  readonly offsetMsgId: string | null;
}

/** One message read from one queue of one broker. */
export interface Delivery {
  readonly consumer: string;
  readonly key: string;
  readonly topic: string;
  readonly brokerName: string;
  /** Address it was read from. */
  readonly address: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly physicalOffset: number;
  readonly readMs: number;
}

/** Keys that the log of one replica holds, however they were read. */
export interface ReplicaLog {
  readonly brokerName: string;
  /** Controller broker id. */
  readonly brokerId: number;
  readonly address: string;
  readonly keys: ReadonlySet<string>;
}

/** Somebody presented itself, or was presented, as a master that takes writes. */
export interface MasterSighting {
  readonly brokerName: string;
  readonly masterEpoch: number;
  readonly masterAddress: string;
  readonly seenMs: number;
  /** Who said so: a controller, a broker, a route. */
  readonly source: string;
}

/** The confirm offset of one broker while it held one role. */
export interface ConfirmSample {
  readonly address: string;
  readonly masterEpoch: number;
  readonly confirmOffset: number;
}

/** Epoch list of one replica, as GET_BROKER_EPOCH_CACHE names it. */
export interface ReplicaEpochs {
  readonly address: string;
  readonly epochs: readonly { readonly epoch: number; readonly startOffset: number }[];
  readonly maxOffset: number;
}

/** One broken promise: `text` names the first offending rows, `rows` holds them. */
export interface Violation {
  readonly check: string;
  readonly text: string;
  readonly rows: readonly object[];
}

/** A queue's name in reports: `topic/brokerName/queueId`. */
export function queueName(row: {
  readonly topic: string;
  readonly brokerName: string;
  readonly queueId: number;
}): string {
  return `${row.topic}/${row.brokerName}/${row.queueId}`;
}

/** Rows by the key that `keyOf` gives, in their order. */
export function groupBy<T>(rows: Iterable<T>, keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** A violation over many rows: the text shows the first three, the rows keep the first twenty. */
export function violation(check: string, what: string, rows: readonly object[]): Violation {
  const shown = rows.slice(0, 3).map((row) => JSON.stringify(row));
  const more = rows.length > 3 ? ` … and ${rows.length - 3} more` : '';
  return { check, text: `${what}: ${shown.join('; ')}${more}`, rows: rows.slice(0, 20) };
}
