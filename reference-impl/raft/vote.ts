import type { MemberState } from './member.ts';
import { RaftCode, type VoteRequest, type VoteResponse, type VoteResult } from './messages.ts';
import type { RaftOptions } from './options.ts';

interface LogEnd {
  readonly endIndex: number;
  readonly endTerm: number;
}

/**
 * Answers a vote request, `fromSelf` for the own one, and notes the vote. A larger term is for the caller to take over.
 * The log is compared before any term is looked at: an outdated candidate cannot raise the terms of the others.
 * Source: `DLedgerLeaderElector.handleVote`, 0.3.1.2.
 */
export function answerVote(
  member: MemberState,
  log: LogEnd,
  options: RaftOptions,
  request: VoteRequest,
  fromSelf: boolean,
): { readonly response: VoteResponse; readonly mustIncreaseTerm: boolean } {
  const { voteResult, term } = decideVote(member, log, options, request, fromSelf);
  if (voteResult === 'ACCEPT') member.currVoteFor = request.leaderId;
  const mustIncreaseTerm = voteResult === 'REJECT_TERM_NOT_READY';
  return { response: { kind: 'vote', code: RaftCode.SUCCESS, term, voteResult }, mustIncreaseTerm };
}

function decideVote(
  member: MemberState,
  log: LogEnd,
  { peerIds, selfId }: RaftOptions,
  request: VoteRequest,
  fromSelf: boolean,
): { voteResult: VoteResult; term: number } {
  const own = member.currTerm;
  if (!peerIds.includes(request.leaderId)) return { voteResult: 'REJECT_UNKNOWN_LEADER', term: own };
  if (!fromSelf && request.leaderId === selfId) return { voteResult: 'REJECT_UNEXPECTED_LEADER', term: own };
  if (request.ledgerEndTerm < log.endTerm) return { voteResult: 'REJECT_EXPIRED_LEDGER_TERM', term: own };
  if (request.ledgerEndTerm === log.endTerm && request.ledgerEndIndex < log.endIndex) {
    return { voteResult: 'REJECT_SMALL_LEDGER_END_INDEX', term: own };
  }
  if (request.term < own) return { voteResult: 'REJECT_EXPIRED_VOTE_TERM', term: own };
  if (request.term > own) return { voteResult: 'REJECT_TERM_NOT_READY', term: own };
  if (member.currVoteFor !== null && member.currVoteFor !== request.leaderId) {
    const voteResult = member.leaderId === null ? 'REJECT_ALREADY_VOTED' : 'REJECT_ALREADY_HAS_LEADER';
    return { voteResult, term: own };
  }
  if (request.term < log.endTerm) return { voteResult: 'REJECT_TERM_SMALL_THAN_LEDGER', term: log.endTerm };
  return { voteResult: 'ACCEPT', term: own };
}

export type VoteOutcome =
  | 'PASSED'
  | 'REVOTE_IMMEDIATELY'
  | 'WAIT_TO_REVOTE'
  | 'WAIT_TO_VOTE_NEXT'
  /** Somebody leads: vote again in this term, after a whole heartbeat leak. */
  | 'HAS_LEADER'
  /** Longer logs are a majority of the answers: vote again in this term, a second later. */
  | 'BIGGER_LEDGER'
  /** A larger term was reported. */
  | 'LARGER_TERM';

/** Counts the answers of one vote round. */
export class VoteRound {
  readonly term: number;
  readonly seq: number;
  readonly deadlineMs: number;
  readonly #peers: number;
  readonly #quorum: number;
  readonly #answered = new Set<string>();
  #valid = 0;
  #accepted = 0;
  #notReady = 0;
  #biggerLedger = 0;
  #hasLeader = false;
  knownMaxTerm = -1;

  constructor(term: number, seq: number, deadlineMs: number, peers: number, quorum: number) {
    this.term = term;
    this.seq = seq;
    this.deadlineMs = deadlineMs;
    this.#peers = peers;
    this.#quorum = quorum;
  }

  /** Counts the answer of `peer`, null for none; a repeated one does not count. */
  count(peer: string, response: VoteResponse | null): void {
    if (this.#answered.has(peer)) return;
    this.#answered.add(peer);
    if (response === null || response.voteResult === 'UNKNOWN') return;
    this.#valid++;
    switch (response.voteResult) {
      case 'ACCEPT':
        this.#accepted++;
        break;
      case 'REJECT_TERM_NOT_READY':
        this.#notReady++;
        break;
      case 'REJECT_ALREADY_HAS_LEADER':
        this.#hasLeader = true;
        break;
      case 'REJECT_EXPIRED_VOTE_TERM':
      case 'REJECT_TERM_SMALL_THAN_LEDGER':
        this.knownMaxTerm = Math.max(this.knownMaxTerm, response.term);
        break;
      case 'REJECT_EXPIRED_LEDGER_TERM':
      case 'REJECT_SMALL_LEDGER_END_INDEX':
        this.#biggerLedger++;
        break;
      default:
    }
  }

  decided(nowMs: number): boolean {
    return (
      this.#hasLeader ||
      this.#accepted + this.#notReady >= this.#quorum ||
      this.#answered.size === this.#peers ||
      nowMs >= this.deadlineMs
    );
  }

  /** The order matters: the first condition that holds decides. */
  outcome(): VoteOutcome {
    if (this.knownMaxTerm > this.term) return 'LARGER_TERM';
    if (this.#hasLeader) return 'HAS_LEADER';
    if (this.#valid < this.#quorum) return 'WAIT_TO_REVOTE';
    if (this.#valid - this.#biggerLedger < this.#quorum) return 'BIGGER_LEDGER';
    if (this.#accepted >= this.#quorum) return 'PASSED';
    if (this.#accepted + this.#notReady >= this.#quorum) return 'REVOTE_IMMEDIATELY';
    return 'WAIT_TO_VOTE_NEXT';
  }
}
