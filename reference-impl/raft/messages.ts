import type { Entry } from './entry.ts';

/** Result codes inside DLedger responses (`DLedgerResponseCode`), those that a member of a group gives or understands. */
export const RaftCode = {
  SUCCESS: 200,
  NETWORK_ERROR: 302,
  UNSUPPORTED: 303,
  UNKNOWN_GROUP: 400,
  UNKNOWN_MEMBER: 401,
  UNEXPECTED_MEMBER: 402,
  EXPIRED_TERM: 403,
  NOT_LEADER: 404,
  NOT_FOLLOWER: 405,
  INCONSISTENT_STATE: 406,
  INCONSISTENT_TERM: 407,
  INCONSISTENT_INDEX: 408,
  INCONSISTENT_LEADER: 409,
  INDEX_OUT_OF_RANGE: 410,
  UNEXPECTED_ARGUMENT: 411,
  REPEATED_PUSH: 413,
  TERM_NOT_READY: 416,
  FALL_BEHIND_TOO_MUCH: 417,
  TAKE_LEADERSHIP_FAILED: 418,
  PUSH_REQUEST_IS_FULL: 421,
  LEADER_TRANSFERRING: 506,
} as const;

export type VoteResult =
  | 'UNKNOWN'
  | 'ACCEPT'
  | 'REJECT_UNKNOWN_LEADER'
  | 'REJECT_UNEXPECTED_LEADER'
  | 'REJECT_EXPIRED_VOTE_TERM'
  | 'REJECT_ALREADY_VOTED'
  | 'REJECT_ALREADY_HAS_LEADER'
  | 'REJECT_TERM_NOT_READY'
  | 'REJECT_TERM_SMALL_THAN_LEDGER'
  | 'REJECT_EXPIRED_LEDGER_TERM'
  | 'REJECT_SMALL_LEDGER_END_INDEX'
  | 'REJECT_TAKING_LEADERSHIP';

/** What every request carries: sender, receiver, and whom the sender holds for the leader (the candidate in a vote). */
interface Envelope {
  readonly group: string;
  readonly localId: string;
  readonly remoteId: string;
  readonly leaderId: string;
  readonly term: number;
}

export interface VoteRequest extends Envelope {
  readonly kind: 'vote';
  /** -1 for an empty log; so is the term. */
  readonly ledgerEndIndex: number;
  readonly ledgerEndTerm: number;
}

export interface HeartBeatRequest extends Envelope {
  readonly kind: 'heartBeat';
}

export type PushType = 'APPEND' | 'COMMIT' | 'COMPARE' | 'TRUNCATE';

export interface PushRequest extends Envelope {
  readonly kind: 'push';
  readonly type: PushType;
  readonly commitIndex: number;
  /** None for COMMIT, one for COMPARE and TRUNCATE, one or (batched) more for APPEND. */
  readonly entries: readonly Entry[];
}

export type RaftRequest = VoteRequest | HeartBeatRequest | PushRequest;

export interface VoteResponse {
  readonly kind: 'vote';
  readonly code: number;
  readonly term: number;
  readonly voteResult: VoteResult;
}

export interface HeartBeatResponse {
  readonly kind: 'heartBeat';
  readonly code: number;
  readonly term: number;
}

export interface PushResponse {
  readonly kind: 'push';
  readonly code: number;
  readonly term: number;
  /** First index of the push that is answered; -1 for COMMIT. */
  readonly index: number;
  readonly count: number;
  /** Range of the answering member's log; both -1 when it is empty. */
  readonly beginIndex: number;
  readonly endIndex: number;
}

export type RaftResponse = VoteResponse | HeartBeatResponse | PushResponse;

/** What reaches a node: a peer's request, or the answer to an own one. */
export type RaftInput =
  | { readonly kind: 'request'; readonly token: number; readonly request: RaftRequest }
  /** `response` is null when none came: refused connection, or time-out. */
  | { readonly kind: 'answer'; readonly from: string; readonly seq: number; readonly response: RaftResponse | null };

/** A request to send. The answer comes back with the same `seq`. */
export interface Outgoing {
  readonly to: string;
  readonly seq: number;
  readonly request: RaftRequest;
}

/** The answer to the request that came in with `token`. Every token is answered once. */
export interface Answer {
  readonly token: number;
  readonly response: RaftResponse;
}
