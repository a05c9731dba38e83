import type { RaftLog } from './log.ts';
import type { MemberState } from './member.ts';
import type { RaftResponse, VoteRequest } from './messages.ts';
import { quorumOf, type RaftOptions } from './options.ts';
import type { Outbox } from './outbox.ts';
import { answerVote, VoteRound } from './vote.ts';

/**
 * When a candidate votes, and in which term. A term that another member leads, or in which too few answered, is voted in
 * again: so a member that merely lost its connection does not push the terms of the others. The first vote of a process
 * comes at once, in the term that its disk knows; a member that is its own majority wins it.
 * Source: `DLedgerLeaderElector.maintainAsCandidate`, 0.3.1.2.
 */
export class Candidate {
  readonly #options: RaftOptions;
  readonly #member: MemberState;
  readonly #log: RaftLog;
  readonly #outbox: Outbox;
  #round: VoteRound | null = null;
  #nextVoteMs = 0;
  #nextTermFirst = false;
  /** A larger term was heard of: take it over at once, then wait an interval for its leader before voting. */
  #mustIncreaseTerm = false;
  #hurries = false;

  constructor(options: RaftOptions, member: MemberState, log: RaftLog, outbox: Outbox) {
    this.#options = options;
    this.#member = member;
    this.#log = log;
    this.#outbox = outbox;
  }

  increaseTermNext(): void {
    this.#mustIncreaseTerm = true;
    this.#hurries = false;
  }

  /** The leader of now gives way: the next term is voted in at once, before anybody else misses it. */
  takeLeadership(): void {
    this.#mustIncreaseTerm = true;
    this.#hurries = true;
  }

  /** It has a leader now: when it loses that one, it votes in the same term first. */
  followed(): void {
    this.#nextTermFirst = false;
    this.#mustIncreaseTerm = false;
  }

  /** Ends a round under way: its answers do not count any more. */
  abandon(): void {
    this.#round = null;
    this.#hurries = false;
  }

  /** Returns whether the vote is won. */
  turn(nowMs: number): boolean {
    if (this.#round !== null) return this.#round.decided(nowMs) && this.#finish(this.#round, nowMs);
    if (nowMs < this.#nextVoteMs && !this.#mustIncreaseTerm) return false;
    if (this.#mustIncreaseTerm || this.#nextTermFirst) this.#member.nextTerm();
    this.#nextTermFirst = false;
    if (!this.#mustIncreaseTerm) return this.#start(nowMs);
    this.#mustIncreaseTerm = false;
    this.#nextVoteMs = nowMs + this.#intervalMs();
    return false;
  }

  /** Takes an answer of the round under way; returns whether the vote is won. */
  answered(from: string, seq: number, response: RaftResponse | null, nowMs: number): boolean {
    const round = this.#round;
    if (round?.seq !== seq) return false;
    round.count(from, response?.kind === 'vote' ? response : null);
    return round.decided(nowMs) && this.#finish(round, nowMs);
  }

  #start(nowMs: number): boolean {
    const { group, selfId, peerIds, timings, random } = this.#options;
    const heartBeatMs = timings.heartBeatTimeIntervalMs;
    const deadlineMs = nowMs + heartBeatMs + random.int(heartBeatMs / 2);
    const { currTerm: term } = this.#member;
    const round = new VoteRound(term, this.#outbox.nextSeq(), deadlineMs, peerIds.length, quorumOf(this.#options));
    this.#round = round;
    const requestTo = (remoteId: string): VoteRequest => ({
      kind: 'vote',
      group,
      localId: selfId,
      remoteId,
      leaderId: selfId,
      term,
      ledgerEndIndex: this.#log.endIndex,
      ledgerEndTerm: this.#log.endTerm,
    });
    round.count(selfId, answerVote(this.#member, this.#log, this.#options, requestTo(selfId), true).response);
    this.#outbox.broadcast(round.seq, requestTo);
    return round.decided(nowMs) && this.#finish(round, nowMs);
  }

  #finish(round: VoteRound, nowMs: number): boolean {
    const { heartBeatTimeIntervalMs, maxHeartBeatLeak, maxVoteIntervalMs } = this.#options.timings;
    this.#round = null;
    this.#nextVoteMs = nowMs + this.#intervalMs();
    this.#nextTermFirst = false;
    switch (round.outcome()) {
      case 'PASSED':
        return true;
      case 'LARGER_TERM':
        this.#member.becomeCandidate(round.knownMaxTerm);
        this.#nextTermFirst = true;
        break;
      case 'HAS_LEADER':
        this.#nextVoteMs += heartBeatTimeIntervalMs * maxHeartBeatLeak;
        break;
      case 'BIGGER_LEDGER':
        this.#nextVoteMs += maxVoteIntervalMs;
        break;
      case 'REVOTE_IMMEDIATELY':
        this.#nextVoteMs = nowMs;
        break;
      case 'WAIT_TO_VOTE_NEXT':
        this.#nextTermFirst = true;
        break;
      default:
    }
    return false;
  }

  #intervalMs(): number {
    const { minVoteIntervalMs, maxVoteIntervalMs } = this.#options.timings;
    if (this.#hurries) return this.#options.random.int(minVoteIntervalMs / 3);
    return minVoteIntervalMs + this.#options.random.int(maxVoteIntervalMs - minVoteIntervalMs);
  }
}
