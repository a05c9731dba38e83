import { assert } from '../base/assert.ts';
import type { Clock, Timer } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import { blankSize, propertiesSizeMax, recordMagic, recordSizeBound } from '../message/record.ts';
import { entryHeaderBytes } from '../raft/entry.ts';
import { isInQueue, type MessageToStore } from '../message/types.ts';
import { removeAbortFile } from './abort-file.ts';
import { Checkpointer } from './checkpointer.ts';
import { propertiesTooLong, recordTooLong } from './commit-log.ts';
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
} from './types.ts';

const flushPagesMin = 4;
const pageSize = 4096;
const flushThoroughIntervalMs = 10_000;
const checkpointIntervalMs = 60_000;
/** DLedger's entry buffers: a larger entry stops its other members. */
const entryBytesMax = 4194304;

/** The store of one broker, opened and recovered by `openStore`. */
export class LocalMessageStore implements MessageStore {
  readonly #parts: StoreParts;
  readonly #options: StoreOptions;
  readonly #clock: Clock;
  readonly #lock: FolderLock;
  readonly #files: Disk;
  readonly #disk: DiskGuard;
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
    const refusal = this.#refusalOf(message);
    if (refusal !== null) return refusal;
    const { log, queues } = this.#parts;
    const topic = queues.topic(message.topic);
    const magic = recordMagic(message.topic, topic.bytes, this.#options.release);
    if (magic === null || !topic.isStorable) return 'MESSAGE_ILLEGAL';
    const busy = this.dledger === null ? null : this.#entryRefusal(message, topic.bytes, 1);
    if (busy !== null) return busy;
    const queue = queues.queue(topic, message.queueId);
    const takesQueueOffset = isInQueue(message.sysFlag);
    const queueOffset = takesQueueOffset ? queue.nextOffset : 0;
    const storeTimestamp = this.#clock.nowMs();
    let size: number;
    try {
      size = log.append(message, topic.bytes, magic, queueOffset, storeTimestamp);
    } catch (thrown) {
      // A new segment could not be created, or a full chunk not be written.
      this.#disk.fail(thrown);
      return 'SERVICE_NOT_AVAILABLE';
    }
    if (size < 0) return refusalOfSize(size);
    if (takesQueueOffset) queue.nextOffset++;
    this.dledger?.appended(size);
    this.#scheduleWrite();
    const endOffset = log.maxOffset;
    return { physicalOffset: endOffset - size, size, queueOffset, storeTimestamp, endOffset };
  }

  appendBatch(messages: readonly MessageToStore[]): readonly AppendResult[] | AppendRefusal {
    const first = messages[0];
    assert(first !== undefined, 'an empty batch');
    for (const message of messages) {
      const refusal = this.#refusalOf(message);
      if (refusal !== null) return refusal;
      assert(message.topic === first.topic && message.queueId === first.queueId, 'a batch goes to one queue');
      if (!isInQueue(message.sysFlag)) return 'MESSAGE_ILLEGAL';
    }
    const { log, queues } = this.#parts;
    const topic = queues.topic(first.topic);
    const magic = recordMagic(first.topic, topic.bytes, this.#options.release);
    if (magic === null || !topic.isStorable) return 'MESSAGE_ILLEGAL';
    if (this.dledger !== null) return this.#appendEach(messages, topic.bytes);
    const queue = queues.queue(topic, first.queueId);
    const storeTimestamp = this.#clock.nowMs();
    let sizes: readonly number[] | number = [];
    const isPlaced = this.#disk.run(() => {
      sizes = log.appendAll(messages, topic.bytes, magic, queue.nextOffset, storeTimestamp);
    });
    if (!isPlaced) return 'SERVICE_NOT_AVAILABLE';
    if (typeof sizes === 'number') return refusalOfSize(sizes);
    let endOffset = log.maxOffset;
    for (const size of sizes) endOffset -= size;
    this.#scheduleWrite();
    return sizes.map((size) => {
      endOffset += size;
      return { physicalOffset: endOffset - size, size, queueOffset: queue.nextOffset++, storeTimestamp, endOffset };
    });
  }

  /** DLedger: each message of a batch is an entry of its own. Nothing is placed unless all may be. */
  #appendEach(messages: readonly MessageToStore[], topic: Uint8Array): readonly AppendResult[] | AppendRefusal {
    for (const message of messages) {
      const refusal = this.#entryRefusal(message, topic, messages.length);
      if (refusal !== null) return refusal;
    }
    const results: AppendResult[] = [];
    for (const message of messages) {
      const result = this.append(message);
      if (typeof result === 'string') return result;
      results.push(result);
    }
    return results;
  }

  #entryRefusal(message: MessageToStore, topic: Uint8Array, count: number): AppendRefusal | null {
    const sizeMax = Math.min(entryBytesMax, this.segmentSize - blankSize);
    if (entryHeaderBytes + recordSizeBound(message, topic) > sizeMax) {
      const size = recordSizeBound({ ...message, properties: '' }, topic) + Buffer.byteLength(message.properties);
      if (entryHeaderBytes + size > sizeMax) return 'UNKNOWN_ERROR';
    }
    return this.dledger!.next(count) === null ? null : 'OS_PAGE_CACHE_BUSY';
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
    const { log, queues, index, dispatcher } = this.#parts;
    this.#disk.run(() => {
      log.truncateTo(offset);
      for (const queue of queues.all()) queue.truncateTo(offset);
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
    for (const queue of this.#parts.queues.all()) queue.nextOffset = queue.maxOffset;
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
    return getMessages(this.#parts.log, this.#parts.queues.find(topic, queueId), offset, maxMsgNums, filter);
  }

  minOffsetInQueue(topic: string, queueId: number): number {
    return this.#parts.queues.find(topic, queueId)?.minOffset ?? 0;
  }

  maxOffsetInQueue(topic: string, queueId: number): number {
    return this.#parts.queues.find(topic, queueId)?.maxOffset ?? 0;
  }

  offsetByTime(topic: string, queueId: number, timestampMs: number, boundary: 'LOWER' | 'UPPER'): number {
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
    this.#parts.queues.delete(topic);
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

  #refusalOf(message: MessageToStore): AppendRefusal | null {
    if (!this.writeable) return 'SERVICE_NOT_AVAILABLE';
    assert(!this.#rawTail, 'append behind raw bytes: truncateIncompleteTail comes first');
    if (message.properties.length > propertiesSizeMax) return 'PROPERTIES_SIZE_EXCEEDED';
    return message.body.length > this.#options.maxMessageSize || message.queueId < 0 ? 'MESSAGE_ILLEGAL' : null;
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
    const limit = Math.min(this.confirmOffset, this.writtenOffset);
    this.#disk.run(() => this.#parts.dispatcher.run(limit));
  }

  /** Sets the next offset of each queue behind the undispatched records; returns the end of the last whole record. */
  #countUndispatched(): number {
    const { log, dispatcher } = this.#parts;
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

function refusalOfSize(size: number): AppendRefusal {
  assert(size === propertiesTooLong || size === recordTooLong, `no refusal: ${size}`);
  return size === propertiesTooLong ? 'PROPERTIES_SIZE_EXCEEDED' : 'MESSAGE_ILLEGAL';
}
