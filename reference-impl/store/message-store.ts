import { assert } from '../base/assert.ts';
import type { Clock, Timer } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import type { MessageToStore } from '../message/types.ts';
import { removeAbortFile } from './abort-file.ts';
import { Appender } from './appender.ts';
import { Checkpointer } from './checkpointer.ts';
import { DiskGuard } from './disk-guard.ts';
import type { DLedgerLog } from './dledger-log.ts';
import { Flusher } from './flusher.ts';
import { getMessages } from './get-messages.ts';
import type { FolderLock } from '../base/folder-lock.ts';
import { lookMessage, offsetByTime, queryByKey, storeTimestampAt } from './queries.ts';
import type { StoreParts } from './recovery.ts';
import type {
  AppendRefusal,
  AppendResult,
  DispatchEvent,
  GetMessageResult,
  MessageFilter,
  MessageStore,
  StoreOptions,
  StoreProgress,
  TimeBoundary,
} from './types.ts';

const flushPagesMin = 4;
const pageSize = 4096;
const flushThoroughIntervalMs = 10_000;
const checkpointIntervalMs = 60_000;

/** The store of one broker, opened and recovered by `openStore`. */
export class LocalMessageStore implements MessageStore {
  readonly #parts: StoreParts;
  readonly #options: StoreOptions;
  readonly #clock: Clock;
  readonly #lock: FolderLock;
  readonly #files: Disk;
  readonly #disk: DiskGuard;
  readonly #appender: Appender;
  readonly #flusher: Flusher;
  readonly #checkpointer: Checkpointer;
  readonly #timers: Timer[];
  readonly dledger: DLedgerLog | null;
  readonly #progressListeners: (() => void)[] = [];
  readonly #endOfTurn: (run: () => void) => void;
  #writeScheduled = false;
  /** Raw bytes came in: the end may be inside a record, and queue offsets are not known until it was looked at. */
  #rawTail = false;
  /** The last checkpoint is being written: what came now would be behind it. */
  #closing = false;
  #confirmOffset: number;
  #notifying = false;
  #notifyAgain = false;
  #lastFlushMs: number;

  constructor(
    parts: StoreParts,
    options: StoreOptions,
    files: Disk,
    clock: Clock,
    lock: FolderLock,
    { flushedOffset, confirmOffset }: Pick<StoreProgress, 'flushedOffset' | 'confirmOffset'>,
    dledger: DLedgerLog | null,
  ) {
    this.#parts = parts;
    this.#options = options;
    this.#files = files;
    this.#clock = clock;
    this.#lock = lock;
    this.#confirmOffset = confirmOffset;
    this.dledger = dledger;
    this.#lastFlushMs = clock.nowMs();
    this.#endOfTurn = options.endOfTurn ?? setImmediate;
    const disk = new DiskGuard(options.storePathRootDir, options.log);
    this.#disk = disk;
    this.#appender = new Appender(parts, options, clock, disk, dledger, () => this.#scheduleWrite());
    this.#flusher = new Flusher(
      parts.log,
      flushedOffset,
      () => this.#notify(),
      (thrown) => disk.fail(thrown),
    );
    this.#checkpointer = new Checkpointer(parts, this.#flusher, files, disk, () =>
      options.confirmOffsetLimitsDispatch && dledger === null ? this.#confirmOffset : null,
    );
    this.#countUndispatched();
    parts.dispatcher.checkpoint = parts.checkpoint;
    dledger?.ownedBy({
      write: () => this.#writeEntries(),
      truncateTo: (position) => this.truncateTo(position),
      beginAt: (position) => this.#beginAt(position),
    });
    this.#timers = [
      clock.every(options.flushIntervalConsumeQueue, () => disk.run(() => parts.queues.write())),
      clock.every(checkpointIntervalMs, () => this.#checkpointer.start()),
    ];
    if (options.flushDiskType === 'ASYNC_FLUSH') {
      this.#timers.push(clock.every(options.flushIntervalCommitLog, () => this.#flushDue()));
    } else this.#flusher.start();
  }

  get minPhyOffset(): number {
    return this.#parts.log.minOffset;
  }

  get maxPhyOffset(): number {
    return this.#parts.log.maxOffset;
  }

  get writtenOffset(): number {
    return this.#parts.log.writtenOffset;
  }

  get flushedOffset(): number {
    return this.#flusher.flushedOffset;
  }

  get safeOffset(): number {
    return this.#options.flushDiskType === 'SYNC_FLUSH' ? this.flushedOffset : this.writtenOffset;
  }

  get confirmOffset(): number {
    return this.#options.confirmOffsetLimitsDispatch ? this.#confirmOffset : this.writtenOffset;
  }

  get segmentSize(): number {
    return this.#parts.log.segmentSize;
  }

  get writeable(): boolean {
    return this.#disk.writeable && !this.#closing;
  }

  append(message: MessageToStore): AppendResult | AppendRefusal {
    return this.#mayAppend() ? this.#appender.append(message) : 'SERVICE_NOT_AVAILABLE';
  }

  appendBatch(messages: readonly MessageToStore[]): readonly AppendResult[] | AppendRefusal {
    return this.#mayAppend() ? this.#appender.appendBatch(messages) : 'SERVICE_NOT_AVAILABLE';
  }

  writeNow(): void {
    const { log } = this.#parts;
    if (log.writtenOffset === log.maxOffset) return;
    if (!this.#disk.run(() => log.write())) return;
    if (this.#options.flushDiskType === 'SYNC_FLUSH') this.#flusher.start();
    this.#notify();
    this.#dispatch();
  }

  onProgress(listener: () => void): void {
    this.#progressListeners.push(listener);
  }

  onDispatch(listener: (event: DispatchEvent) => void): void {
    this.#parts.dispatcher.onDispatch(listener);
  }

  appendRaw(offset: number, data: Uint8Array): void {
    this.#assertWriteable();
    const { log, dispatcher } = this.#parts;
    const wasEmpty = log.maxOffset === log.minOffset;
    this.#disk.run(() => log.appendRaw(offset, data));
    this.#disk.assertWriteable();
    if (wasEmpty) dispatcher.offset = offset;
    this.#rawTail = true;
    this.#scheduleWrite();
  }

  readRaw(offset: number, bytesMax: number): Buffer | null {
    return this.#parts.log.readRaw(offset, bytesMax);
  }

  truncateTo(offset: number): void {
    this.#assertWriteable();
    const { log, queues, index, dispatcher, checkpoint } = this.#parts;
    checkpoint.lowered++;
    this.#disk.run(() => {
      log.truncateTo(offset);
      queues.truncateTo(offset);
      index.forgetBehind(offset);
    });
    this.#disk.assertWriteable();
    dispatcher.offset = Math.min(dispatcher.offset, offset);
    this.#confirmOffset = Math.min(this.#confirmOffset, offset);
    this.#flusher.truncateTo(offset);
    this.#countUndispatched();
    this.#notify();
  }

  truncateIncompleteTail(): number {
    this.writeNow();
    this.#disk.assertWriteable();
    const { log } = this.#parts;
    const end = this.#countUndispatched();
    if (end < log.maxOffset) this.truncateTo(end);
    return end;
  }

  countQueues(): void {
    this.#countUndispatched();
  }

  setConfirmOffset(offset: number): void {
    if (!this.#options.confirmOffsetLimitsDispatch || offset === this.#confirmOffset) return;
    assert(offset <= this.maxPhyOffset, `confirm offset ${offset} behind the end ${this.maxPhyOffset}`);
    this.#confirmOffset = offset;
    this.#notify();
    this.#dispatch();
  }

  /** Dispatching is part of every write and every move of the confirm offset, so it is never behind for long. */
  dispatched(): Promise<void> {
    this.writeNow();
    return Promise.resolve();
  }

  getMessages(
    topic: string,
    queueId: number,
    offset: number,
    maxMsgNums: number,
    filter: MessageFilter | null,
  ): GetMessageResult {
    const queue = this.#parts.queues.find(topic, queueId);
    return getMessages(this.#parts.log, queue, offset, maxMsgNums, filter, this.#options);
  }

  minOffsetInQueue(topic: string, queueId: number): number {
    return this.#parts.queues.find(topic, queueId)?.minOffset ?? 0;
  }

  maxOffsetInQueue(topic: string, queueId: number): number {
    return this.#parts.queues.find(topic, queueId)?.maxOffset ?? 0;
  }

  offsetByTime(topic: string, queueId: number, timestampMs: number, boundary: TimeBoundary): number {
    return offsetByTime(this.#parts.log, this.#parts.queues.find(topic, queueId), timestampMs, boundary);
  }

  storeTimestampAt(topic: string, queueId: number, queueOffset: number): number {
    return storeTimestampAt(this.#parts.log, this.#parts.queues.find(topic, queueId), queueOffset);
  }

  lookMessage(physicalOffset: number): Buffer | null {
    return lookMessage(this.#parts.log, physicalOffset);
  }

  queryByKey(topic: string, key: string, maxNum: number, beginMs: number, endMs: number): readonly Buffer[] {
    return queryByKey(this.#parts.log, this.#parts.index, topic, key, maxNum, beginMs, endMs);
  }

  earliestStoreTimestamp(): number {
    const { log } = this.#parts;
    return log.storeTimestampAt(log.minOffset + log.framing.prefixBytes);
  }

  queues(): Iterable<{ readonly topic: string; readonly queueId: number }> {
    return this.#parts.queues.all();
  }

  deleteTopic(topic: string): void {
    const { queues, log } = this.#parts;
    queues.delete(topic, log.maxOffset);
  }

  flush(): Promise<void> {
    this.writeNow();
    return this.#flusher.flushed();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    this.writeNow();
    this.#closing = true;
    await this.#checkpointer.run();
    const { log, queues, index } = this.#parts;
    // After a failure the next start must not trust what is on disk.
    if (this.#disk.writeable) removeAbortFile(this.#files, this.#options.storePathRootDir);
    this.#disk.close();
    log.close();
    this.dledger?.closeFiles();
    queues.close();
    index.close();
    await this.#lock.release();
  }

  #assertWriteable(): void {
    if (this.#closing) throw this.#disk.closed();
    this.#disk.assertWriteable();
  }

  #mayAppend(): boolean {
    if (!this.writeable) return false;
    assert(!this.#rawTail, 'append behind raw bytes: truncateIncompleteTail comes first');
    return true;
  }

  /** DLedger: the bytes of entries that a member persists. Throws STORE_CLOSED when the disk failed. */
  #writeEntries(): Promise<void> | void {
    this.writeNow();
    this.#disk.assertWriteable();
    return this.#options.flushDiskType === 'SYNC_FLUSH' ? this.#flusher.flushed() : undefined;
  }

  /** DLedger: the whole log is of no use; it goes on at `position`. */
  #beginAt(position: number): void {
    const { log, dispatcher } = this.#parts;
    this.truncateTo(log.minOffset);
    this.#disk.run(() => log.beginAt(position));
    dispatcher.offset = position;
    this.#confirmOffset = position;
    this.#flusher.beginAt(position);
  }

  #scheduleWrite(): void {
    if (this.#writeScheduled) return;
    this.#writeScheduled = true;
    this.#endOfTurn(this.#writeOfTurn);
  }

  readonly #writeOfTurn = (): void => {
    this.#writeScheduled = false;
    this.writeNow();
  };

  #dispatch(): void {
    if (this.#closing) return;
    const limit = this.#options.readUnCommitted ? this.writtenOffset : Math.min(this.confirmOffset, this.writtenOffset);
    this.#disk.run(() => this.#parts.dispatcher.run(limit));
  }

  /** Sets the next offset of each queue behind the undispatched records; returns the end of the last whole record. */
  #countUndispatched(): number {
    const { log, queues, dispatcher } = this.#parts;
    for (const queue of queues.all()) queue.nextOffset = queue.maxOffset;
    const end = dispatcher.countUndispatched(log.writtenOffset);
    this.#rawTail = end < log.maxOffset;
    return end;
  }

  /** Tells the listeners; a listener that moves an offset itself causes one more round, not a nested one. */
  #notify(): void {
    this.#notifyAgain = true;
    if (this.#notifying) return;
    this.#notifying = true;
    try {
      while (this.#notifyAgain) {
        this.#notifyAgain = false;
        for (const listener of this.#progressListeners) listener();
      }
    } finally {
      this.#notifying = false;
    }
  }

  #flushDue(): void {
    const dirtyPages = Math.floor((this.writtenOffset - this.flushedOffset) / pageSize);
    const nowMs = this.#clock.nowMs();
    if (dirtyPages < flushPagesMin && nowMs - this.#lastFlushMs < flushThoroughIntervalMs) return;
    this.#lastFlushMs = nowMs;
    this.#flusher.start();
  }
}
