// One member of a DLedger group, as a pure state machine: no clock, no disk, no network.
//
// The contract with its driver, "persist before send": take `ready()`; put `hardState` and `entries` on disk, durably;
// only then send `requests` and `answers` and apply `committed`; then call `advance`. Steps may happen in between, but the
// next `ready()` comes only after `advance`. A driver that sends first can elect two leaders in one term, or lose what a
// majority acknowledged.
import { assert } from '../base/assert.ts';
import { Candidate } from './candidate.ts';
import { type Entry, entrySize } from './entry.ts';
import { type CommitIndex, Follower } from './follower.ts';
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
  /** Entries to apply, each once, in order. None for a commit log. */
  readonly committed: readonly Entry[];
  /**
   * Everything up to here is committed and was on disk before this `Ready`. Of a commit log it can go back, when entries
   * are replaced that only another leader's majority knew (see LogKind).
   */
  readonly appliedIndex: number;
}

export interface RaftStatus {
  readonly role: MemberRole;
  readonly leaderId: string | null;
  readonly currTerm: number;
  readonly commitIndex: number;
  /** Not above commitIndex: a follower hears of a commit while the entry is still being written. */
  readonly appliedIndex: number;
  readonly endIndex: number;
  /** Leader that has applied everything that earlier terms left: its state is complete. */
  readonly serving: boolean;
}

/** Why nothing is appended (`DLedgerResponseCode`). */
export type AppendRefusal = 'NOT_LEADER' | 'LEADER_PENDING_FULL' | 'LEADER_TRANSFERRING';

export type Proposal = { readonly firstIndex: number; readonly lastIndex: number } | AppendRefusal;

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
  #transferee: string | null = null;
  #leaderSeenMs = 0;
  #persisted: HardState;
  #commitIndex = -1;
  #appliedIndex = -1;
  /** As the last `Ready` said. */
  #reportedIndex = -1;
  #outstanding: Ready | null = null;

  /**
   * @param stored what the last `Ready`s left on disk; a fresh member has term 0 and no vote
   * @param appliedIndex what needs no second application: -1, or of a commit log what is known to be committed
   */
  constructor(options: RaftOptions, stored: HardState, log: StoredLog, appliedIndex = -1) {
    assert(options.peerIds.includes(options.selfId), 'a member belongs to its group');
    this.#options = options;
    this.#member = new MemberState(stored);
    this.#persisted = stored;
    this.#log = new RaftLog(log, options.segmentBytes);
    this.#outbox = new Outbox(options);
    this.#candidate = new Candidate(options, this.#member, this.#log, this.#outbox);
    this.#commitIndex = appliedIndex;
    this.#appliedIndex = appliedIndex;
    this.#reportedIndex = appliedIndex;
    this.#follower = new Follower(this.#member, this.#log, options.kind, this.#commitPoint());
  }

  get status(): RaftStatus {
    const { role, leaderId, currTerm } = this.#member;
    const serving = this.#leader !== null && this.#appliedIndex >= this.#leader.servingIndex;
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
    const firstIndex = this.nextIndex(bodies.length);
    if (typeof firstIndex === 'string') return firstIndex;
    for (const body of bodies) {
      const index = this.#log.endIndex + 1;
      this.#log.append({ index, term: this.#member.currTerm, pos: this.#log.positionAt(index, entrySize(body)), body });
    }
    this.push(nowMs);
    return { firstIndex, lastIndex: this.#log.endIndex };
  }

  /** Index of the next entry, if this member may append `count` of them now; they are of the term in `status`. */
  nextIndex(count: number): number | AppendRefusal {
    if (this.#leader === null) return 'NOT_LEADER';
    if (this.#transferee !== null) return 'LEADER_TRANSFERRING';
    // What earlier terms left is committed together with the first entry of this one: a log of any length can be led.
    const settledIndex = Math.max(this.#commitIndex, this.#leader.servingIndex - 1);
    if (this.#log.endIndex - settledIndex + count > pendingMax) return 'LEADER_PENDING_FULL';
    return this.#log.endIndex + 1;
  }

  /** Appends an entry that its owner built and placed itself, at `nextIndex`. It is sent with the next `push`. */
  append(entry: Entry): void {
    assert(this.#leader !== null && entry.term === this.#member.currTerm, 'only the leader of a term appends to it');
    assert(entry.index === this.#log.endIndex + 1, `entry ${entry.index} is not the next one`);
    this.#log.append(entry);
  }

  /** Leader: sends what the followers lack. */
  push(nowMs: number): void {
    this.#leader?.push(this.#commitIndex, nowMs);
  }

  /** Leader: appends nothing more, so that `peer` can catch up and take over; null: goes on leading. */
  giveWayTo(peer: string | null): void {
    this.#transferee = this.#leader === null ? null : peer;
  }

  get transferee(): string | null {
    return this.#transferee;
  }

  /** Follower: its leader gives way to it, so it asks for the next term. */
  takeLeadership(): void {
    this.#becomeCandidate(this.#member.currTerm + 1);
    this.#candidate.takeLeadership();
  }

  /** Leader: whether `peer` answered the last heartbeat. */
  isAlive(peer: string): boolean {
    return this.#leader?.isAlive(peer) ?? false;
  }

  /** Leader: how far the log of `peer` is known to equal this one; -1 when nothing is known. */
  matchIndexOf(peer: string): number {
    return this.#leader?.matchIndexOf(peer) ?? -1;
  }

  /** What to do now, or null: nothing, or the last one is still under way. */
  ready(): Ready | null {
    if (this.#outstanding !== null) return null;
    const { currTerm, currVoteFor } = this.#member;
    const changed = currTerm !== this.#persisted.currTerm || currVoteFor !== this.#persisted.currVoteFor;
    const entries = this.#log.unstable();
    const appliedIndex = this.#nextApplied();
    const idle = entries.length === 0 && appliedIndex === this.#reportedIndex && this.#outbox.empty;
    if (!changed && idle) return null;
    const hardState = changed ? { currTerm, currVoteFor } : null;
    const committed = this.#entriesToApply(appliedIndex);
    this.#outstanding = { hardState, entries, ...this.#outbox.take(), committed, appliedIndex };
    return this.#outstanding;
  }

  /** The last `Ready` is done: stored, sent and applied. */
  advance(): void {
    const done = this.#outstanding;
    assert(done !== null, 'advance without ready');
    this.#outstanding = null;
    if (done.hardState !== null) this.#persisted = done.hardState;
    this.#log.stored(done.entries);
    // Not what was cut meanwhile.
    this.#appliedIndex = Math.min(done.appliedIndex, this.#commitIndex);
    this.#reportedIndex = done.appliedIndex;
    if (this.#leader !== null) this.#commitTo(this.#leader.committable());
  }

  // Only what is on disk here is applied, so a crash never takes back what a state machine saw.
  #nextApplied(): number {
    const last = Math.min(this.#commitIndex, this.#log.stableIndex);
    if (this.#options.kind === 'COMMIT_LOG') return last;
    // A TRUNCATE behind an applied entry stores that entry again: it stays applied.
    return Math.max(this.#appliedIndex, Math.min(last, this.#appliedIndex + applyBatchMax));
  }

  #entriesToApply(last: number): Entry[] {
    const committed: Entry[] = [];
    if (this.#options.kind === 'COMMIT_LOG') return committed;
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
    if (leader.turn(nowMs)) return this.#becomeCandidate(this.#member.currTerm);
    // A commit log that nobody adds to is committed by what is there.
    this.#commitTo(leader.committable());
    leader.push(this.#commitIndex, nowMs);
  }

  #lead(nowMs: number): void {
    this.#member.becomeLeader(this.#member.currTerm, this.#options.selfId);
    this.#leader = new Leader(this.#options, this.#log, this.#outbox, this.#member.currTerm, nowMs);
    if (this.#options.kind === 'STATE_MACHINE') this.propose([new Uint8Array(0)], nowMs);
    this.#leaderTurn(this.#leader, nowMs);
  }

  #becomeCandidate(term: number): void {
    this.#member.becomeCandidate(term);
    this.#leaveRole();
  }

  #leaveRole(): void {
    this.#outbox.answer(...this.#follower.dropWaiting());
    this.#candidate.abandon();
    this.#transferee = null;
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
        this.#candidate.followed();
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
    // DLedger 0.2 names itself in its heartbeats only.
    const isStranger = request.localId !== '' && !peerIds.includes(request.localId);
    if (request.remoteId !== selfId || isStranger) code = RaftCode.UNKNOWN_MEMBER;
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
      // neither win nor follow, so it would stay outside until the next election. That is one in the larger term at least: in
      // its own this member would win again, and be told again.
      this.#increaseTermTo(response.term);
    } else if (leader.answered(from, seq, response, nowMs)) this.#becomeCandidate(this.#member.currTerm);
    else {
      this.#commitTo(leader.committable());
      leader.push(this.#commitIndex, nowMs);
    }
  }

  #commitPoint(): CommitIndex {
    const value = () => this.#commitIndex;
    return {
      get value() {
        return value();
      },
      raiseTo: (index) => this.#commitTo(index),
      cutTo: (index) => {
        this.#commitIndex = Math.min(this.#commitIndex, index);
      },
    };
  }

  #commitTo(index: number): void {
    this.#commitIndex = Math.max(this.#commitIndex, index);
  }
}
