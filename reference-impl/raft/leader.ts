import { Dispatcher } from './dispatcher.ts';
import { HeartBeatRound } from './heartbeat.ts';
import type { RaftLog } from './log.ts';
import { type PushRequest, RaftCode, type RaftResponse } from './messages.ts';
import { quorumOf, type RaftOptions } from './options.ts';
import type { Outbox } from './outbox.ts';

/** One leadership: rounds of heartbeats, and a dispatcher for each follower. */
export class Leader {
  readonly #options: RaftOptions;
  readonly #log: RaftLog;
  readonly #outbox: Outbox;
  readonly #term: number;
  /** What must be applied before this leader serves: its own empty entry, or in a commit log what it found there. */
  readonly servingIndex: number;
  readonly #dispatchers = new Map<string, Dispatcher>();
  /** Members that answered their last heartbeat. */
  readonly #alive = new Set<string>();
  #round: HeartBeatRound | null = null;
  #nextHeartBeatMs: number;
  #quorumSeenMs: number;

  constructor(options: RaftOptions, log: RaftLog, outbox: Outbox, term: number, nowMs: number) {
    this.#options = options;
    this.#log = log;
    this.#outbox = outbox;
    this.#term = term;
    this.servingIndex = options.kind === 'STATE_MACHINE' ? log.endIndex + 1 : log.endIndex;
    this.#nextHeartBeatMs = nowMs;
    this.#quorumSeenMs = nowMs;
    for (const peer of options.peerIds) {
      if (peer !== options.selfId) this.#dispatchers.set(peer, new Dispatcher(log, options.timings, outbox.nextSeq));
    }
  }

  /** Returns whether it must step down. */
  turn(nowMs: number): boolean {
    const { heartBeatTimeIntervalMs, maxHeartBeatLeak } = this.#options.timings;
    if (this.#round?.decided(nowMs) && this.#finish(this.#round, nowMs)) return true;
    if (nowMs - this.#quorumSeenMs > heartBeatTimeIntervalMs * maxHeartBeatLeak) return true;
    if (this.#round !== null || nowMs < this.#nextHeartBeatMs) return false;
    return this.#startHeartBeat(nowMs);
  }

  /** Takes an answer to a heartbeat or a push; returns whether it must step down. */
  answered(from: string, seq: number, response: RaftResponse | null, nowMs: number): boolean {
    const round = this.#round;
    if (response?.kind === 'heartBeat' && response.code === RaftCode.SUCCESS) this.#alive.add(from);
    if (round?.seq !== seq) {
      if (response?.kind === 'heartBeat') return false;
      this.#dispatchers.get(from)?.answered(seq, response?.kind === 'push' ? response : null, nowMs);
      return false;
    }
    const answer = response?.kind === 'heartBeat' ? response : null;
    if (answer === null) this.#alive.delete(from);
    round.count(from, answer);
    return round.decided(nowMs) && this.#finish(round, nowMs);
  }

  /** Sends what the followers lack. */
  push(commitIndex: number, nowMs: number): void {
    const { group, selfId } = this.#options;
    for (const [to, dispatcher] of this.#dispatchers) {
      for (const { seq, type, entries } of dispatcher.due(nowMs)) {
        const envelope = { group, localId: selfId, remoteId: to, leaderId: selfId, term: this.#term };
        const request: PushRequest = { kind: 'push', ...envelope, type, commitIndex, entries };
        this.#outbox.request({ to, seq, request });
      }
    }
  }

  isAlive(peer: string): boolean {
    return this.#alive.has(peer);
  }

  /** The follower's log is known to equal this one up to here; -1 when nothing is known. */
  matchIndexOf(peer: string): number {
    return this.#dispatchers.get(peer)?.matchIndex ?? -1;
  }

  /**
   * The index up to which a majority has everything on disk. For a state machine -1 when its entry is not of this term:
   * DLedger does not ask for that, and peers do not notice the difference (see LogKind).
   */
  committable(): number {
    const watermarks = [this.#log.stableIndex, ...[...this.#dispatchers.values()].map(({ matchIndex }) => matchIndex)];
    watermarks.sort((a, b) => b - a);
    const reached = watermarks[quorumOf(this.#options) - 1]!;
    const counts = this.#options.kind === 'COMMIT_LOG' || this.#log.entry(reached)?.term === this.#term;
    return counts ? reached : -1;
  }

  #startHeartBeat(nowMs: number): boolean {
    const { group, selfId, peerIds, timings } = this.#options;
    const deadlineMs = nowMs + timings.heartBeatTimeIntervalMs;
    const round = new HeartBeatRound(this.#outbox.nextSeq(), deadlineMs, peerIds.length, quorumOf(this.#options));
    const envelope = { group, localId: selfId, leaderId: selfId, term: this.#term };
    this.#round = round;
    this.#nextHeartBeatMs = deadlineMs;
    this.#outbox.broadcast(round.seq, (remoteId) => ({ kind: 'heartBeat', ...envelope, remoteId }));
    return round.decided(nowMs) && this.#finish(round, nowMs);
  }

  #finish(round: HeartBeatRound, nowMs: number): boolean {
    this.#round = null;
    const outcome = round.outcome();
    if (outcome === 'QUORUM') this.#quorumSeenMs = nowMs;
    if (outcome === 'SEND_AGAIN') this.#nextHeartBeatMs = nowMs;
    return outcome === 'OTHER_LEADER';
  }
}
