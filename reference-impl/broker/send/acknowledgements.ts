import type { BrokerConfig } from '../../config/broker.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import type { MessageStore, StoreProgress } from '../../store/types.ts';
import type { BrokerRole, Refusal } from '../role/types.ts';
import { type WaitingAnswer, WaitingAnswers } from './waiting-answers.ts';

/** What an acknowledgement depends on. */
export interface AcknowledgementSources {
  readonly config: () => BrokerConfig;
  readonly store: StoreProgress & Pick<MessageStore, 'writeable'>;
  readonly role: BrokerRole;
  /** Answers a stored send. */
  readonly answer: (waiting: WaitingAnswer, code: number) => void;
  /** Answers a send that may be stored and must not count as sent. */
  readonly refuse: (waiting: WaitingAnswer, refusal: Refusal) => void;
}

/** How far a message must have come before its producer hears of it. */
export type AcknowledgedWhen = 'written' | 'flushed' | 'replicated';

/**
 * Answers stored sends when their bytes are safe enough: WAIT=false when written, otherwise when written (ASYNC_FLUSH) or
 * flushed (SYNC_FLUSH) and replicated as the role asks. Late ones get FLUSH_DISK_TIMEOUT or FLUSH_SLAVE_TIMEOUT, those
 * that the disk took down with it SERVICE_NOT_AVAILABLE.
 */
export class Acknowledgements {
  readonly #sources: AcknowledgementSources;
  readonly #written: WaitingAnswers;
  readonly #flushed: WaitingAnswers;
  readonly #replicated: WaitingAnswers;
  #roleStamp: string;

  constructor(sources: AcknowledgementSources) {
    const capacity = sources.config().sendThreadPoolQueueCapacity;
    this.#sources = sources;
    this.#written = new WaitingAnswers(capacity);
    this.#flushed = new WaitingAnswers(capacity);
    this.#replicated = new WaitingAnswers(capacity);
    this.#roleStamp = stampOf(sources.role);
  }

  get size(): number {
    return this.#written.size + this.#flushed.size + this.#replicated.size;
  }

  /** True when no further send may wait: it must be refused before it is stored. */
  get full(): boolean {
    return this.#written.full || this.#flushed.full || this.#replicated.full;
  }

  /** Age of the oldest waiting send, ms. */
  oldestWaitMs(nowMs: number): number {
    const since = [this.#written, this.#flushed, this.#replicated].map((queue) => queue.oldest?.sinceMs ?? nowMs);
    return nowMs - Math.min(...since);
  }

  /** Only while not `full`. */
  wait(waiting: WaitingAnswer, when: AcknowledgedWhen): void {
    if (when === 'written') this.#written.push(waiting);
    else if (when === 'flushed') this.#flushed.push(waiting);
    else this.#replicated.push(waiting);
  }

  /** Store or replication moved: answers what is safe now. */
  release(): void {
    if (this.size === 0) return;
    const { store, role } = this.#sources;
    this.roleChanged();
    const stored = this.#storedOffset;
    this.#answerUpTo(this.#written, store.writtenOffset);
    this.#answerUpTo(this.#flushed, stored);
    this.#answerUpTo(this.#replicated, Math.min(stored, role.replicatedOffset));
  }

  /** Answers those that waited too long. */
  sweep(nowMs: number): void {
    this.release();
    const { store, role, config } = this.#sources;
    if (!store.writeable) this.#refuseLost();
    const { syncFlushTimeout } = config();
    const slaveTimeout = role.majority?.timeoutMs ?? config().slaveTimeout;
    const flushLimitMs = nowMs - syncFlushTimeout;
    this.#expire(this.#written, flushLimitMs, ResponseCode.FLUSH_DISK_TIMEOUT);
    this.#expire(this.#flushed, flushLimitMs, ResponseCode.FLUSH_DISK_TIMEOUT);
    for (let code = this.#lateCode(flushLimitMs, nowMs - slaveTimeout); code !== null; ) {
      this.#answerLate(this.#replicated.shift(), code);
      code = this.#lateCode(flushLimitMs, nowMs - slaveTimeout);
    }
  }

  /** The broker stops: nobody may count on what is still waiting. */
  abandon(): void {
    this.#expire(this.#written, Infinity, ResponseCode.FLUSH_DISK_TIMEOUT);
    this.#expire(this.#flushed, Infinity, ResponseCode.FLUSH_DISK_TIMEOUT);
    const { majority } = this.#sources.role;
    if (majority === null) return this.#expire(this.#replicated, Infinity, ResponseCode.FLUSH_SLAVE_TIMEOUT);
    while (this.#replicated.oldest !== undefined) {
      this.#sources.refuse(this.#replicated.shift(), majority.roleChanged);
    }
  }

  #answerLate(waiting: WaitingAnswer, code: number): void {
    const { majority } = this.#sources.role;
    if (majority === null || code !== ResponseCode.FLUSH_SLAVE_TIMEOUT) this.#sources.answer(waiting, code);
    else this.#sources.refuse(waiting, majority.late);
  }

  /**
   * Answers every waiting send as late, if the role is another one than before. The offsets of another role measure
   * another log: bytes that a new master wrote in the same place must not acknowledge a message that was cut off here.
   */
  roleChanged(): void {
    const stamp = stampOf(this.#sources.role);
    if (stamp === this.#roleStamp) return;
    this.#roleStamp = stamp;
    this.abandon();
  }

  /** End of what this broker has stored as its flushDiskType asks. */
  get #storedOffset(): number {
    const { store, config } = this.#sources;
    return config().flushDiskType === 'SYNC_FLUSH' ? store.flushedOffset : store.writtenOffset;
  }

  /** Code for the oldest send that waits for replicas, null while it is in time. A missing replica counts more than a flush. */
  #lateCode(flushLimitMs: number, slaveLimitMs: number): number | null {
    const { oldest } = this.#replicated;
    if (oldest === undefined) return null;
    if (this.#sources.role.replicatedOffset >= oldest.endOffset) {
      return oldest.sinceMs <= flushLimitMs ? ResponseCode.FLUSH_DISK_TIMEOUT : null;
    }
    return oldest.sinceMs <= slaveLimitMs ? ResponseCode.FLUSH_SLAVE_TIMEOUT : null;
  }

  /** The disk failed: bytes that this broker has not stored by now it never will. Call right after `release`. */
  #refuseLost(): void {
    this.#expire(this.#written, Infinity, ResponseCode.SERVICE_NOT_AVAILABLE);
    this.#expire(this.#flushed, Infinity, ResponseCode.SERVICE_NOT_AVAILABLE);
    const stored = this.#storedOffset;
    for (let { oldest } = this.#replicated; oldest !== undefined && oldest.endOffset > stored; ) {
      this.#sources.answer(this.#replicated.shift(), ResponseCode.SERVICE_NOT_AVAILABLE);
      oldest = this.#replicated.oldest;
    }
  }

  #answerUpTo(queue: WaitingAnswers, offset: number): void {
    for (let { oldest } = queue; oldest !== undefined && oldest.endOffset <= offset; { oldest } = queue) {
      queue.shift();
      this.#sources.answer(oldest, oldest.code);
    }
  }

  #expire(queue: WaitingAnswers, sinceMs: number, code: number): void {
    for (let { oldest } = queue; oldest !== undefined && oldest.sinceMs <= sinceMs; { oldest } = queue) {
      queue.shift();
      this.#sources.answer(oldest, code);
    }
  }
}

function stampOf(role: BrokerRole): string {
  return `${role.name} ${role.masterEpoch} ${role.fenced}`;
}
