import type { Random } from '../base/random.ts';

/** Intervals of a member, all ms. Every member of a group must use the same. */
export interface RaftTimings {
  readonly heartBeatTimeIntervalMs: number;
  /** Heartbeat intervals without contact before a follower votes, or a leader steps down. */
  readonly maxHeartBeatLeak: number;
  readonly minVoteIntervalMs: number;
  readonly maxVoteIntervalMs: number;
  /** An unacknowledged append is sent again after this; so long a gap may stay open on a follower. */
  readonly maxPushTimeOutMs: number;
  /** Time-out of a request between members. */
  readonly requestTimeoutMs: number;
}

/** Defaults of `DLedgerConfig` 0.3.1.2. */
export const dledgerTimings: RaftTimings = {
  heartBeatTimeIntervalMs: 2000,
  maxHeartBeatLeak: 3,
  minVoteIntervalMs: 300,
  maxVoteIntervalMs: 1000,
  maxPushTimeOutMs: 1000,
  requestTimeoutMs: 3000,
};

export interface RaftOptions {
  readonly group: string;
  readonly selfId: string;
  /** Every member, this one included. */
  readonly peerIds: readonly string[];
  /** Size of a data segment: decides entry positions, so it must be equal across the group. */
  readonly segmentBytes: number;
  readonly timings: RaftTimings;
  readonly random: Random;
  readonly kind: LogKind;
}

/**
 * What the log is for. STATE_MACHINE: entries are applied one by one, from the first on. A leader begins with an empty
 * entry, and what earlier terms left counts as committed only together with it.
 * COMMIT_LOG: the log is the data, and holds nothing that nobody sent. So there is no empty entry, and an entry of an
 * earlier term counts as committed once a majority has it, as in DLedger. Whoever acknowledges only what was appended in
 * the leader's own term loses nothing by that; but in a chain of three leaders an unacknowledged entry can be seen and
 * then be replaced (figure 8 of the Raft paper), so committed entries may be cut.
 */
export type LogKind = 'STATE_MACHINE' | 'COMMIT_LOG';

export function quorumOf(options: RaftOptions): number {
  return Math.floor(options.peerIds.length / 2) + 1;
}
