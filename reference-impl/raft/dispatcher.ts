import { assert } from '../base/assert.ts';
import type { RaftLog } from './log.ts';
import { type PushResponse, type PushType, RaftCode } from './messages.ts';
import type { RaftTimings } from './options.ts';

/** A push that a dispatcher wants sent; the node adds the envelope. `index` is -1 for COMMIT. */
export interface Push {
  readonly seq: number;
  readonly type: PushType;
  readonly index: number;
}

const restartPauseMs = 500;
const pipelineMax = 1000;
const commitPauseMs = 1000;

/**
 * The leader's side of replication to one follower: finds the last common entry (COMPARE, one at a time), has the
 * follower cut behind it (TRUNCATE), then streams entries without waiting (APPEND).
 */
export class Dispatcher {
  /** The follower's log is known to equal ours up to here. */
  matchIndex = -1;
  #phase: 'COMPARE' | 'TRUNCATE' | 'APPEND' = 'COMPARE';
  #index = -1;
  #waitingSeq: number | null = null;
  #sentAtMs = 0;
  #pauseUntilMs = 0;
  /** Appends sent and not acknowledged: index to time sent, ascending. */
  readonly #unacknowledged = new Map<number, number>();
  /** Answers to appends of an earlier streak are recognized by their sequence number. */
  #streakSeq = 0;
  #lastPushMs = 0;
  readonly #log: RaftLog;
  readonly #timings: RaftTimings;
  readonly #nextSeq: () => number;

  constructor(log: RaftLog, timings: RaftTimings, nextSeq: () => number) {
    this.#log = log;
    this.#timings = timings;
    this.#nextSeq = nextSeq;
  }

  /** Pushes due now. */
  due(nowMs: number): Push[] {
    if (this.#phase === 'APPEND') return this.#dueAppends(nowMs);
    if (this.#waitingSeq !== null) {
      if (nowMs - this.#sentAtMs <= this.#timings.requestTimeoutMs) return [];
      this.#restart(nowMs, 0);
    }
    if (nowMs < this.#pauseUntilMs || this.#log.endIndex < 0) return [];
    if (this.#phase === 'COMPARE' && (this.#index < 0 || this.#index > this.#log.endIndex)) {
      this.#index = this.#log.endIndex;
    }
    this.#waitingSeq = this.#nextSeq();
    this.#sentAtMs = nowMs;
    return [{ seq: this.#waitingSeq, type: this.#phase, index: this.#index }];
  }

  #dueAppends(nowMs: number): Push[] {
    const pushes: Push[] = [];
    const oldest = this.#unacknowledged.entries().next().value;
    if (oldest !== undefined && nowMs - oldest[1] > this.#timings.maxPushTimeOutMs) {
      pushes.push({ seq: this.#nextSeq(), type: 'APPEND', index: oldest[0] });
      this.#unacknowledged.set(oldest[0], nowMs);
    }
    while (this.#index <= this.#log.endIndex && this.#unacknowledged.size < pipelineMax) {
      this.#unacknowledged.set(this.#index, nowMs);
      pushes.push({ seq: this.#nextSeq(), type: 'APPEND', index: this.#index++ });
    }
    if (this.#unacknowledged.size === 0 && nowMs - this.#lastPushMs > commitPauseMs) {
      pushes.push({ seq: this.#nextSeq(), type: 'COMMIT', index: -1 });
    }
    if (pushes.length > 0) this.#lastPushMs = nowMs;
    return pushes;
  }

  /** Takes an answer, or null for none. What answers an abandoned phase is ignored. */
  answered(seq: number, response: PushResponse | null, nowMs: number): void {
    if (this.#phase === 'APPEND') {
      if (seq < this.#streakSeq || response === null) return;
      if (response.code === RaftCode.SUCCESS && response.index >= 0) this.#acknowledged(response);
      if (response.code === RaftCode.INCONSISTENT_STATE) this.#restart(nowMs, 0);
      return;
    }
    if (seq !== this.#waitingSeq) return;
    this.#waitingSeq = null;
    const ok = response?.code === RaftCode.SUCCESS;
    if (response === null || (!ok && response.code !== RaftCode.INCONSISTENT_STATE)) {
      this.#restart(nowMs, restartPauseMs);
    } else if (this.#phase === 'TRUNCATE') {
      if (ok) this.#appendAfter(this.#index, nowMs);
      else this.#restart(nowMs, restartPauseMs);
    } else if (ok) {
      if (response.endIndex === this.#index) this.#appendAfter(this.#index, nowMs);
      else this.#phase = 'TRUNCATE';
    } else this.#compareLower(response);
  }

  #acknowledged(response: PushResponse): void {
    const last = response.index + response.count - 1;
    assert(last <= this.#log.endIndex, 'a follower acknowledged an entry that the leader does not have');
    this.matchIndex = Math.max(this.matchIndex, last);
    for (const index of this.#unacknowledged.keys()) {
      if (index > this.matchIndex) break;
      this.#unacknowledged.delete(index);
    }
  }

  #compareLower(follower: PushResponse): void {
    const apart = follower.endIndex < 0 || this.#index < follower.beginIndex;
    if (apart) this.#truncateAt(0);
    else if (this.#index > follower.endIndex) this.#index = follower.endIndex;
    else if (this.#index === 0) this.#truncateAt(0);
    else this.#index--;
  }

  #truncateAt(index: number): void {
    this.#phase = 'TRUNCATE';
    this.#index = index;
  }

  #appendAfter(index: number, nowMs: number): void {
    this.#phase = 'APPEND';
    this.#index = index + 1;
    this.#streakSeq = this.#nextSeq();
    this.#lastPushMs = nowMs;
    this.matchIndex = Math.max(this.matchIndex, index);
  }

  #restart(nowMs: number, pauseMs: number): void {
    this.#phase = 'COMPARE';
    this.#index = -1;
    this.#waitingSeq = null;
    this.#pauseUntilMs = nowMs + pauseMs;
    this.#unacknowledged.clear();
  }
}
