import type { MemberState } from './member.ts';
import { type HeartBeatRequest, type HeartBeatResponse, RaftCode } from './messages.ts';
import type { RaftOptions } from './options.ts';

/** What a heartbeat does to its receiver, beyond the answer. */
export type HeartBeatEffect = 'NONE' | 'REFRESH' | 'FOLLOW' | 'INCREASE_TERM';

/** Answers a heartbeat. Source: `DLedgerLeaderElector.handleHeartBeat`, 0.3.1.2. */
export function answerHeartBeat(
  member: MemberState,
  { peerIds, selfId }: RaftOptions,
  request: HeartBeatRequest,
): { readonly response: HeartBeatResponse; readonly effect: HeartBeatEffect } {
  const answer = (code: number, term = -1, effect: HeartBeatEffect = 'NONE') => ({
    response: { kind: 'heartBeat' as const, code, term },
    effect,
  });
  if (!peerIds.includes(request.leaderId)) return answer(RaftCode.UNKNOWN_MEMBER);
  if (request.leaderId === selfId) return answer(RaftCode.UNEXPECTED_MEMBER);
  if (request.term < member.currTerm) return answer(RaftCode.EXPIRED_TERM, member.currTerm);
  // It follows only when a later heartbeat finds the terms equal: the two-step increase.
  if (request.term > member.currTerm) return answer(RaftCode.TERM_NOT_READY, -1, 'INCREASE_TERM');
  if (member.leaderId === null) return answer(RaftCode.SUCCESS, -1, 'FOLLOW');
  if (member.leaderId === request.leaderId) return answer(RaftCode.SUCCESS, -1, 'REFRESH');
  return answer(RaftCode.INCONSISTENT_LEADER);
}

export type HeartBeatOutcome = 'QUORUM' | 'SEND_AGAIN' | 'OTHER_LEADER' | 'NO_QUORUM';

/** Counts the answers of one round of heartbeats; the leader counts itself as a success. */
export class HeartBeatRound {
  readonly seq: number;
  readonly deadlineMs: number;
  readonly #peers: number;
  readonly #quorum: number;
  readonly #answered = new Set<string>();
  #successes = 1;
  #notReady = 0;
  #otherLeader = false;

  constructor(seq: number, deadlineMs: number, peers: number, quorum: number) {
    this.seq = seq;
    this.deadlineMs = deadlineMs;
    this.#peers = peers;
    this.#quorum = quorum;
  }

  /** Counts the answer of `peer`, null for none; a repeated one does not count. */
  count(peer: string, response: HeartBeatResponse | null): void {
    if (this.#answered.has(peer)) return;
    this.#answered.add(peer);
    if (response === null) return;
    if (response.code === RaftCode.SUCCESS) this.#successes++;
    else if (response.code === RaftCode.TERM_NOT_READY) this.#notReady++;
    else if (response.code === RaftCode.INCONSISTENT_LEADER) this.#otherLeader = true;
  }

  decided(nowMs: number): boolean {
    const reached = this.#successes + this.#notReady >= this.#quorum;
    return reached || this.#answered.size + 1 === this.#peers || nowMs >= this.deadlineMs;
  }

  outcome(): HeartBeatOutcome {
    if (this.#successes >= this.#quorum) return 'QUORUM';
    if (this.#successes + this.#notReady >= this.#quorum) return 'SEND_AGAIN';
    return this.#otherLeader ? 'OTHER_LEADER' : 'NO_QUORUM';
  }
}
