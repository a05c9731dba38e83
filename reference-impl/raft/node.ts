// One member of a DLedger group, as a pure state machine: no clock, no disk, no network.
//
// The contract with its driver, "persist before send": take `ready()`; put `hardState` and `entries` on disk, durably;
// only then send `requests` and `answers` and apply `committed`; then call `advance`. Steps may happen in between, but the
// next `ready()` comes only after `advance`. A driver that sends first can elect two leaders in one term, or lose what a
// majority acknowledged.
import { assert } from '../base/assert.ts';
import { Candidate } from './candidate.ts';
import type { Entry } from './entry.ts';
import { Follower } from './follower.ts';
import { answerHeartBeat } from './heartbeat.ts';
import { Leader } from './leader.ts';
import { RaftLog, type StoredLog } from './log.ts';
import { type HardState, type MemberRole, MemberState } from './member.ts';
import {
  type Answer,
  type Outgoing,
  RaftCode,
  type RaftInput,
  type RaftRequest,
  type RaftResponse,
} from './messages.ts';
import type { RaftOptions } from './options.ts';
import { Outbox } from './outbox.ts';
import { answerVote } from './vote.ts';

export interface Ready {
  /** Term and vote, when they changed. */
  readonly hardState: HardState | null;
  /** Entries to store. The first may replace a stored one: cut there. */
  readonly entries: readonly Entry[];
  readonly requests: readonly Outgoing[];
  readonly answers: readonly Answer[];
  /** Entries to apply, each once, in order. */
  readonly committed: readonly Entry[];
}

export interface RaftStatus {
  readonly role: MemberRole;
  readonly leaderId: string | null;
  readonly currTerm: number;
  readonly commitIndex: number;
  /** Not above commitIndex: a follower hears of a commit while the entry is still being written. */
  readonly appliedIndex: number;
  readonly endIndex: number;
  /** Leader whose first, empty entry is applied: its state is complete. */
  readonly serving: boolean;
}

export type Proposal =
  | { readonly firstIndex: number; readonly lastIndex: number }
  | 'NOT_LEADER'
  | 'LEADER_PENDING_FULL';

const pendingMax = 10000;
const applyBatchMax = 1000;

export class RaftNode {
  readonly #options: RaftOptions;
  readonly #member: MemberState;
  readonly #log: RaftLog;
  readonly #outbox: Outbox;
  readonly #candidate: Candidate;
  readonly #follower: Follower;
  /** Present exactly in role LEADER. */
  #leader: Leader | null = null;
  #leaderSeenMs = 0;
  #persisted: HardState;
  #commitIndex = -1;
  #appliedIndex = -1;
  #outstanding: Ready | null = null;

  /** @param stored what the last `Ready`s left on disk; a fresh member has term 0 and no vote */
  constructor(options: RaftOptions, stored: HardState, log: StoredLog) {
    assert(options.peerIds.includes(options.selfId), 'a member belongs to its group');
    this.#options = options;
    this.#member = new MemberState(stored);
    this.#persisted = stored;
    this.#log = new RaftLog(log, options.segmentBytes);
    this.#outbox = new Outbox(options);
    this.#candidate = new Candidate(options, this.#member, this.#log, this.#outbox);
    this.#follower = new Follower(
      this.#member,
      this.#log,
      (index) => this.#commitTo(index),
      () => this.#commitIndex,
    );
  }

  get status(): RaftStatus {
    const { role, leaderId, currTerm } = this.#member;
    const serving = this.#leader !== null && this.#appliedIndex >= this.#leader.firstIndex;
    return {
      role,
      leaderId,
      currTerm,
      commitIndex: this.#commitIndex,
      appliedIndex: this.#appliedIndex,
      endIndex: this.#log.endIndex,
      serving,
    };
  }

  /** Lets time act. Call it every few milliseconds, and once after construction. */
  tick(nowMs: number): void {
    if (this.#leader !== null) this.#leaderTurn(this.#leader, nowMs);
    else if (this.#member.role === 'FOLLOWER') this.#followerTurn(nowMs);
    else if (this.#candidate.turn(nowMs)) this.#lead(nowMs);
  }

  /** Takes a message of a peer. */
  step(input: RaftInput, nowMs: number): void {
    if (input.kind === 'request') this.#takeRequest(input.token, input.request, nowMs);
    else this.#takeAnswer(input.from, input.seq, input.response, nowMs);
  }

  /** Appends one entry per body. They count only when they come out of `committed` with this term. */
  propose(bodies: readonly Uint8Array[], nowMs: number): Proposal {
    if (this.#leader === null) return 'NOT_LEADER';
    if (this.#log.endIndex - this.#commitIndex + bodies.length > pendingMax) return 'LEADER_PENDING_FULL';
    const firstIndex = this.#log.endIndex + 1;
    for (const body of bodies) {
      const index = this.#log.endIndex + 1;
      this.#log.append({ index, term: this.#member.currTerm, pos: this.#log.positionAt(index, body), body });
    }
    this.#leader.push(this.#commitIndex, nowMs);
    return { firstIndex, lastIndex: this.#log.endIndex };
  }

  /** What to do now, or null: nothing, or the last one is still under way. */
  ready(): Ready | null {
    if (this.#outstanding !== null) return null;
    const { currTerm, currVoteFor } = this.#member;
    const changed = currTerm !== this.#persisted.currTerm || currVoteFor !== this.#persisted.currVoteFor;
    const entries = this.#log.unstable();
    const committed = this.#nextCommitted();
    if (!changed && entries.length + committed.length === 0 && this.#outbox.empty) return null;
    const hardState = changed ? { currTerm, currVoteFor } : null;
    this.#outstanding = { hardState, entries, ...this.#outbox.take(), committed };
    return this.#outstanding;
  }

  /** The last `Ready` is done: stored, sent and applied. */
  advance(): void {
    const done = this.#outstanding;
    assert(done !== null, 'advance without ready');
    this.#outstanding = null;
    if (done.hardState !== null) this.#persisted = done.hardState;
    this.#log.stored(done.entries);
    this.#appliedIndex = done.committed.at(-1)?.index ?? this.#appliedIndex;
    if (this.#leader !== null) this.#commitTo(this.#leader.committable());
  }

  // Only what is on disk here is applied, so a crash never takes back what a state machine saw.
  #nextCommitted(): Entry[] {
    const committed: Entry[] = [];
    const last = Math.min(this.#commitIndex, this.#log.stableIndex, this.#appliedIndex + applyBatchMax);
    for (let index = this.#appliedIndex + 1; index <= last; index++) {
      const entry = this.#log.entry(index);
      assert(entry !== undefined, `committed entry ${index} is missing`);
      committed.push(entry);
    }
    return committed;
  }

  #followerTurn(nowMs: number): void {
    const { heartBeatTimeIntervalMs, maxHeartBeatLeak, maxPushTimeOutMs } = this.#options.timings;
    this.#outbox.answer(...this.#follower.expire(nowMs, maxPushTimeOutMs));
    const silentMs = nowMs - this.#leaderSeenMs;
    if (silentMs > heartBeatTimeIntervalMs * maxHeartBeatLeak) this.#becomeCandidate(this.#member.currTerm);
  }

  #leaderTurn(leader: Leader, nowMs: number): void {
    if (leader.turn(nowMs)) this.#becomeCandidate(this.#member.currTerm);
    else leader.push(this.#commitIndex, nowMs);
  }

  #lead(nowMs: number): void {
    this.#member.becomeLeader(this.#member.currTerm, this.#options.selfId);
    this.#leader = new Leader(this.#options, this.#log, this.#outbox, this.#member.currTerm, nowMs);
    this.propose([new Uint8Array(0)], nowMs);
    this.#leaderTurn(this.#leader, nowMs);
  }

  #becomeCandidate(term: number): void {
    this.#member.becomeCandidate(term);
    this.#leaveRole();
  }

  #leaveRole(): void {
    this.#outbox.answer(...this.#follower.dropWaiting());
    this.#candidate.abandon();
    this.#leader = null;
  }

  #takeRequest(token: number, request: RaftRequest, nowMs: number): void {
    const refusal = this.#misdirected(request);
    if (refusal !== null) this.#outbox.answer({ token, response: refusal });
    else if (request.kind === 'push') this.#outbox.answer(...this.#follower.push(token, request, nowMs));
    else if (request.kind === 'vote') {
      const { response, mustIncreaseTerm } = answerVote(this.#member, this.#log, this.#options, request, false);
      this.#outbox.answer({ token, response });
      if (mustIncreaseTerm) this.#increaseTermTo(request.term);
    } else {
      const { response, effect } = answerHeartBeat(this.#member, this.#options, request);
      this.#outbox.answer({ token, response });
      if (effect === 'INCREASE_TERM') this.#increaseTermTo(request.term);
      if (effect === 'FOLLOW') {
        this.#leaveRole();
        this.#member.becomeFollower(request.term, request.leaderId);
      }
      if (effect === 'FOLLOW' || effect === 'REFRESH') this.#leaderSeenMs = nowMs;
    }
  }

  #increaseTermTo(term: number): void {
    this.#becomeCandidate(term);
    this.#candidate.increaseTermNext();
  }

  #misdirected(request: RaftRequest): RaftResponse | null {
    const { group, selfId, peerIds } = this.#options;
    let code: number | null = null;
    if (request.group !== group) code = RaftCode.UNKNOWN_GROUP;
    if (request.remoteId !== selfId || !peerIds.includes(request.localId)) code = RaftCode.UNKNOWN_MEMBER;
    if (code === null) return null;
    if (request.kind === 'vote') return { kind: 'vote', code, term: -1, voteResult: 'UNKNOWN' };
    if (request.kind === 'heartBeat') return { kind: 'heartBeat', code, term: -1 };
    return { kind: 'push', code, term: -1, index: -1, count: 0, beginIndex: -1, endIndex: -1 };
  }

  #takeAnswer(from: string, seq: number, response: RaftResponse | null, nowMs: number): void {
    const leader = this.#leader;
    if (leader === null) {
      if (this.#candidate.answered(from, seq, response, nowMs)) this.#lead(nowMs);
    } else if (response?.kind === 'heartBeat' && response.term > this.#member.currTerm) {
      // Stricter than DLedger, which looks at it only without a quorum: a member with a larger term and a shorter log can
      // neither win nor follow, so it would stay outside until the next election.
      this.#becomeCandidate(response.term);
    } else if (leader.answered(from, seq, response, nowMs)) this.#becomeCandidate(this.#member.currTerm);
    else {
      this.#commitTo(leader.committable());
      leader.push(this.#commitIndex, nowMs);
    }
  }

  #commitTo(index: number): void {
    this.#commitIndex = Math.max(this.#commitIndex, index);
  }
}
