// One member of a DLedger group, as a pure state machine: no clock, no disk, no network.
//
// The contract with its driver, "persist before send": take `ready()`; put `hardState` and `entries` on disk, durably;
// only then send `requests` and `answers` and apply `committed`; then call `advance`. Steps may happen in between, but the
// next `ready()` comes only after `advance`. A driver that sends first can elect two leaders in one term, or lose what a
// majority acknowledged.
import { assert } from '../base/assert.ts';
import { Dispatcher, type Push } from './dispatcher.ts';
import type { Entry } from './entry.ts';
import { Follower } from './follower.ts';
import { answerHeartBeat, HeartBeatRound } from './heartbeat.ts';
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
import { quorumOf, type RaftOptions } from './options.ts';
import { answerVote, VoteRound } from './vote.ts';

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
  readonly #follower: Follower;
  readonly #quorum: number;
  #persisted: HardState;
  #commitIndex = -1;
  #appliedIndex = -1;
  #seq = 0;
  #outstanding: Ready | null = null;
  #requests: Outgoing[] = [];
  #answers: Answer[] = [];

  // Candidate.
  #voteRound: VoteRound | null = null;
  #nextVoteMs = 0;
  #lastOutcome: 'WAIT_TO_REVOTE' | 'WAIT_TO_VOTE_NEXT' = 'WAIT_TO_REVOTE';
  #mustIncreaseTerm = false;
  // Follower.
  #leaderSeenMs = 0;
  // Leader.
  #heartBeatRound: HeartBeatRound | null = null;
  #nextHeartBeatMs = 0;
  #quorumSeenMs = 0;
  #leadsSinceIndex = 0;
  readonly #dispatchers = new Map<string, Dispatcher>();

  /** @param stored what the last `Ready`s left on disk; a fresh member has term 0 and no vote */
  constructor(options: RaftOptions, stored: HardState, log: StoredLog) {
    assert(options.peerIds.includes(options.selfId), 'a member belongs to its group');
    this.#options = options;
    this.#quorum = quorumOf(options);
    this.#member = new MemberState(stored);
    this.#persisted = stored;
    this.#log = new RaftLog(log, options.segmentBytes);
    this.#follower = new Follower(
      this.#member,
      this.#log,
      (index) => this.#commitTo(index),
      () => this.#commitIndex,
    );
  }

  get status(): RaftStatus {
    const { role, leaderId, currTerm } = this.#member;
    const serving = role === 'LEADER' && this.#appliedIndex >= this.#leadsSinceIndex;
    return { role, leaderId, currTerm, commitIndex: this.#commitIndex, endIndex: this.#log.endIndex, serving };
  }

  /** Lets time act. Call it every few milliseconds, and once after construction. */
  tick(nowMs: number): void {
    if (this.#member.role === 'CANDIDATE') this.#candidateTurn(nowMs);
    else if (this.#member.role === 'FOLLOWER') this.#followerTurn(nowMs);
    else this.#leaderTurn(nowMs);
  }

  /** Takes a message of a peer. */
  step(input: RaftInput, nowMs: number): void {
    if (input.kind === 'request') this.#takeRequest(input.token, input.request, nowMs);
    else this.#takeAnswer(input.from, input.seq, input.response, nowMs);
  }

  /** Appends one entry per body. They count only when they come out of `committed` with this term. */
  propose(bodies: readonly Uint8Array[], nowMs: number): Proposal {
    if (this.#member.role !== 'LEADER') return 'NOT_LEADER';
    if (this.#log.endIndex - this.#commitIndex + bodies.length > pendingMax) return 'LEADER_PENDING_FULL';
    const firstIndex = this.#log.endIndex + 1;
    for (const body of bodies) {
      const index = this.#log.endIndex + 1;
      this.#log.append({ index, term: this.#member.currTerm, pos: this.#log.positionAt(index, body), body });
    }
    this.#push(nowMs);
    return { firstIndex, lastIndex: this.#log.endIndex };
  }

  /** What to do now, or null: nothing, or the last one is still under way. */
  ready(): Ready | null {
    if (this.#outstanding !== null) return null;
    const hardState = this.#member.hardState;
    const changed =
      hardState.currTerm !== this.#persisted.currTerm || hardState.currVoteFor !== this.#persisted.currVoteFor;
    const entries = this.#log.unstable();
    const committed = this.#nextCommitted();
    const nothing = !changed && entries.length + committed.length + this.#requests.length + this.#answers.length === 0;
    if (nothing) return null;
    this.#outstanding = {
      hardState: changed ? hardState : null,
      entries,
      requests: this.#requests,
      answers: this.#answers,
      committed,
    };
    this.#requests = [];
    this.#answers = [];
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
    if (this.#member.role === 'LEADER') this.#advanceCommit();
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

  #candidateTurn(nowMs: number): void {
    if (this.#voteRound !== null) {
      if (this.#voteRound.decided(nowMs)) this.#finishVote(this.#voteRound, nowMs);
      return;
    }
    if (nowMs < this.#nextVoteMs && !this.#mustIncreaseTerm) return;
    if (this.#mustIncreaseTerm || this.#lastOutcome === 'WAIT_TO_VOTE_NEXT') this.#member.nextTerm();
    if (this.#mustIncreaseTerm) {
      this.#mustIncreaseTerm = false;
      this.#nextVoteMs = nowMs + this.#voteIntervalMs();
      return;
    }
    this.#startVote(nowMs);
  }

  #startVote(nowMs: number): void {
    const { group, selfId, peerIds, timings, random } = this.#options;
    const heartBeatMs = timings.heartBeatTimeIntervalMs;
    const deadlineMs = nowMs + heartBeatMs + random.int(heartBeatMs / 2);
    const round = new VoteRound(this.#member.currTerm, this.#nextSeq(), deadlineMs, peerIds.length, this.#quorum);
    this.#voteRound = round;
    const requestTo = (remoteId: string) => ({
      kind: 'vote' as const,
      group,
      localId: selfId,
      remoteId,
      leaderId: selfId,
      term: round.term,
      ledgerEndIndex: this.#log.endIndex,
      ledgerEndTerm: this.#log.endTerm,
    });
    round.count(selfId, answerVote(this.#member, this.#log, this.#options, requestTo(selfId), true).response);
    this.#send(round.seq, requestTo);
    if (round.decided(nowMs)) this.#finishVote(round, nowMs);
  }

  #finishVote(round: VoteRound, nowMs: number): void {
    this.#voteRound = null;
    const { heartBeatTimeIntervalMs, maxHeartBeatLeak, maxVoteIntervalMs } = this.#options.timings;
    this.#nextVoteMs = nowMs + this.#voteIntervalMs();
    this.#lastOutcome = 'WAIT_TO_REVOTE';
    switch (round.outcome()) {
      case 'PASSED':
        this.#lead(nowMs);
        break;
      case 'LARGER_TERM':
        this.#member.becomeCandidate(round.knownMaxTerm);
        this.#lastOutcome = 'WAIT_TO_VOTE_NEXT';
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
        this.#lastOutcome = 'WAIT_TO_VOTE_NEXT';
        break;
      default:
    }
  }

  #followerTurn(nowMs: number): void {
    const { heartBeatTimeIntervalMs, maxHeartBeatLeak, maxPushTimeOutMs } = this.#options.timings;
    this.#answers.push(...this.#follower.expire(nowMs, maxPushTimeOutMs));
    if (nowMs - this.#leaderSeenMs > heartBeatTimeIntervalMs * maxHeartBeatLeak) {
      this.#becomeCandidate(this.#member.currTerm);
    }
  }

  #leaderTurn(nowMs: number): void {
    const { heartBeatTimeIntervalMs, maxHeartBeatLeak } = this.#options.timings;
    const round = this.#heartBeatRound;
    if (round !== null && round.decided(nowMs)) this.#finishHeartBeat(round, nowMs);
    if (this.#member.role !== 'LEADER') return;
    if (nowMs - this.#quorumSeenMs > heartBeatTimeIntervalMs * maxHeartBeatLeak) {
      this.#becomeCandidate(this.#member.currTerm);
      return;
    }
    if (this.#heartBeatRound === null && nowMs >= this.#nextHeartBeatMs) this.#startHeartBeat(nowMs);
    this.#push(nowMs);
  }

  #startHeartBeat(nowMs: number): void {
    const { group, selfId, peerIds, timings } = this.#options;
    const term = this.#member.currTerm;
    const deadlineMs = nowMs + timings.heartBeatTimeIntervalMs;
    const round = new HeartBeatRound(this.#nextSeq(), deadlineMs, peerIds.length, this.#quorum);
    this.#heartBeatRound = round;
    this.#nextHeartBeatMs = deadlineMs;
    this.#send(round.seq, (remoteId) => ({
      kind: 'heartBeat',
      group,
      localId: selfId,
      remoteId,
      leaderId: selfId,
      term,
    }));
    if (round.decided(nowMs)) this.#finishHeartBeat(round, nowMs);
  }

  #finishHeartBeat(round: HeartBeatRound, nowMs: number): void {
    this.#heartBeatRound = null;
    switch (round.outcome()) {
      case 'QUORUM':
        this.#quorumSeenMs = nowMs;
        break;
      case 'SEND_AGAIN':
        this.#nextHeartBeatMs = nowMs;
        break;
      case 'OTHER_LEADER':
        this.#becomeCandidate(this.#member.currTerm);
        break;
      default:
    }
  }

  #lead(nowMs: number): void {
    const { selfId, peerIds, timings } = this.#options;
    this.#member.becomeLeader(this.#member.currTerm, selfId);
    this.#heartBeatRound = null;
    this.#nextHeartBeatMs = nowMs;
    this.#quorumSeenMs = nowMs;
    this.#leadsSinceIndex = this.#log.endIndex + 1;
    this.#dispatchers.clear();
    for (const peer of peerIds) {
      if (peer !== selfId) this.#dispatchers.set(peer, new Dispatcher(this.#log, timings, () => this.#nextSeq()));
    }
    this.propose([new Uint8Array(0)], nowMs);
    this.#leaderTurn(nowMs);
  }

  #becomeCandidate(term: number): void {
    this.#member.becomeCandidate(term);
    this.#leaveRole();
  }

  #leaveRole(): void {
    this.#answers.push(...this.#follower.dropWaiting());
    this.#dispatchers.clear();
    this.#heartBeatRound = null;
    this.#voteRound = null;
  }

  #takeRequest(token: number, request: RaftRequest, nowMs: number): void {
    const refusal = this.#misdirected(request);
    if (refusal !== null) this.#answers.push({ token, response: refusal });
    else if (request.kind === 'push') this.#answers.push(...this.#follower.push(token, request, nowMs));
    else if (request.kind === 'vote') {
      const { response, mustIncreaseTerm } = answerVote(this.#member, this.#log, this.#options, request, false);
      this.#answers.push({ token, response });
      if (mustIncreaseTerm) this.#increaseTermNext();
    } else {
      const { response, effect } = answerHeartBeat(this.#member, this.#options, request);
      this.#answers.push({ token, response });
      if (effect === 'INCREASE_TERM') {
        this.#member.becomeCandidate(request.term);
        this.#increaseTermNext();
      }
      if (effect === 'FOLLOW') {
        this.#leaveRole();
        this.#member.becomeFollower(request.term, request.leaderId);
      }
      if (effect === 'FOLLOW' || effect === 'REFRESH') this.#leaderSeenMs = nowMs;
    }
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

  #increaseTermNext(): void {
    this.#leaveRole();
    this.#mustIncreaseTerm = true;
  }

  #takeAnswer(from: string, seq: number, response: RaftResponse | null, nowMs: number): void {
    if (this.#voteRound?.seq === seq) {
      this.#voteRound.count(from, response?.kind === 'vote' ? response : null);
      if (this.#voteRound.decided(nowMs)) this.#finishVote(this.#voteRound, nowMs);
    } else if (response?.kind === 'heartBeat' && response.term > this.#member.currTerm) {
      // Stricter than DLedger, which looks at it only without a quorum: a member with a larger term and a shorter log can
      // neither win nor follow, so it would stay outside until the next election.
      this.#becomeCandidate(response.term);
    } else if (this.#heartBeatRound?.seq === seq) {
      this.#heartBeatRound.count(from, response?.kind === 'heartBeat' ? response : null);
      if (this.#heartBeatRound.decided(nowMs)) this.#finishHeartBeat(this.#heartBeatRound, nowMs);
    } else {
      this.#dispatchers.get(from)?.answered(seq, response?.kind === 'push' ? response : null, nowMs);
      if (this.#member.role === 'LEADER') {
        this.#advanceCommit();
        this.#push(nowMs);
      }
    }
  }

  #push(nowMs: number): void {
    const { group, selfId } = this.#options;
    for (const [remoteId, dispatcher] of this.#dispatchers) {
      for (const { seq, type, index } of dispatcher.due(nowMs))
        this.#requests.push(this.#pushTo(remoteId, { seq, type, index }, group, selfId));
    }
  }

  #pushTo(remoteId: string, { seq, type, index }: Push, group: string, selfId: string): Outgoing {
    const entry = index < 0 ? undefined : this.#log.entry(index);
    assert(type === 'COMMIT' || entry !== undefined, `entry ${index} to push is missing`);
    const envelope = { group, localId: selfId, remoteId, leaderId: selfId, term: this.#member.currTerm };
    const entries = entry === undefined ? [] : [entry];
    return { to: remoteId, seq, request: { kind: 'push', ...envelope, type, commitIndex: this.#commitIndex, entries } };
  }

  #send(seq: number, requestTo: (remoteId: string) => RaftRequest): void {
    const { selfId, peerIds } = this.#options;
    for (const to of peerIds) if (to !== selfId) this.#requests.push({ to, seq, request: requestTo(to) });
  }

  // Stricter than DLedger: the entry that the quorum reaches must be of this term. Without that condition an entry that a
  // majority holds can still be replaced by the next leader (figure 8 of the Raft paper). Peers do not notice.
  #advanceCommit(): void {
    const watermarks = [this.#log.stableIndex, ...[...this.#dispatchers.values()].map(({ matchIndex }) => matchIndex)];
    watermarks.sort((a, b) => b - a);
    const reached = watermarks[this.#quorum - 1]!;
    if (this.#log.entry(reached)?.term === this.#member.currTerm) this.#commitTo(reached);
  }

  #commitTo(index: number): void {
    this.#commitIndex = Math.max(this.#commitIndex, index);
  }

  #voteIntervalMs(): number {
    const { minVoteIntervalMs, maxVoteIntervalMs } = this.#options.timings;
    return minVoteIntervalMs + this.#options.random.int(maxVoteIntervalMs - minVoteIntervalMs);
  }

  #nextSeq(): number {
    return ++this.#seq;
  }
}
