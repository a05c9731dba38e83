import { assert } from '../base/assert.ts';
import { type Entry, entrySize } from './entry.ts';
import type { RaftLog } from './log.ts';
import { type PushResponse, type PushType, RaftCode } from './messages.ts';
import type { RaftTimings } from './options.ts';

/** A push that a dispatcher wants sent; the node adds the envelope. */
export interface Push {
  readonly seq: number;
  readonly type: PushType;
  /** None for COMMIT, one for COMPARE and TRUNCATE, consecutive ones for APPEND. */
  readonly entries: readonly Entry[];
}

/** An append under way. */
interface Sent {
  readonly count: number;
  readonly bytes: number;
  atMs: number;
}

const restartPauseMs = 500;
const pipelineMax = 1000;
const pipelineBytesMax = 33554432;
/** Entries of one append: members of 0.3.1.2 take a batch, whatever their own `enableBatchPush` says. */
const batchBytesMax = 262144;
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
  /** Appends sent and not acknowledged, by first index, ascending. */
  readonly #unacknowledged = new Map<number, Sent>();
  #unacknowledgedBytes = 0;
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
    return [{ seq: this.#waitingSeq, type: this.#phase, entries: [this.#entry(this.#index)] }];
  }

  #dueAppends(nowMs: number): Push[] {
    const pushes: Push[] = [];
    const oldest = this.#unacknowledged.entries().next().value;
    if (oldest !== undefined && nowMs - oldest[1].atMs > this.#timings.maxPushTimeOutMs) {
      const [first, sent] = oldest;
      const entries = Array.from({ length: sent.count }, (_, i) => this.#entry(first + i));
      pushes.push({ seq: this.#nextSeq(), type: 'APPEND', entries });
      sent.atMs = nowMs;
    }
    while (this.#index <= this.#log.endIndex && this.#hasRoom) pushes.push(this.#nextAppend(nowMs));
    if (this.#unacknowledged.size === 0 && nowMs - this.#lastPushMs > commitPauseMs) {
      pushes.push({ seq: this.#nextSeq(), type: 'COMMIT', entries: [] });
    }
    if (pushes.length > 0) this.#lastPushMs = nowMs;
    return pushes;
  }

  get #hasRoom(): boolean {
    return this.#unacknowledged.size < pipelineMax && this.#unacknowledgedBytes < pipelineBytesMax;
  }

  #nextAppend(nowMs: number): Push {
    const entries: Entry[] = [];
    let bytes = 0;
    while (this.#index <= this.#log.endIndex && bytes < batchBytesMax) {
      const entry = this.#entry(this.#index++);
      bytes += entrySize(entry.body);
      entries.push(entry);
    }
    this.#unacknowledged.set(entries[0]!.index, { count: entries.length, bytes, atMs: nowMs });
    this.#unacknowledgedBytes += bytes;
    return { seq: this.#nextSeq(), type: 'APPEND', entries };
  }

  #entry(index: number): Entry {
    const entry = this.#log.entry(index);
    assert(entry !== undefined, `entry ${index} to push is missing`);
    return entry;
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
    // 0.3.1.2 counts; an older member leaves it out for a single entry.
    const last = response.index + Math.max(1, response.count) - 1;
    assert(last <= this.#log.endIndex, 'a follower acknowledged an entry that the leader does not have');
    this.matchIndex = Math.max(this.matchIndex, last);
    for (const [index, sent] of this.#unacknowledged) {
      if (index + sent.count - 1 > this.matchIndex) break;
      this.#unacknowledged.delete(index);
      this.#unacknowledgedBytes -= sent.bytes;
    }
  }

  #compareLower(follower: PushResponse): void {
    const begin = this.#log.beginIndex;
    const apart = follower.endIndex < begin || this.#index < follower.beginIndex;
    if (apart) this.#truncateAt(begin);
    else if (this.#index > follower.endIndex) this.#index = follower.endIndex;
    else if (this.#index === begin) this.#truncateAt(begin);
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
    this.#unacknowledgedBytes = 0;
  }
}
