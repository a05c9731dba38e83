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
}

export function quorumOf(options: RaftOptions): number {
  return Math.floor(options.peerIds.length / 2) + 1;
}
