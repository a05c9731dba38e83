import type { Release } from '../base/release.ts';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import type { Log } from '../base/log.ts';
import type { MessageToStore } from '../message/types.ts';
import type { DLedgerLog } from './dledger-log.ts';
import type { TransferLimits } from './get-messages.ts';

/** Settings of one store; sizes in bytes, intervals in ms. Names are those of MessageStoreConfig. */
export interface StoreOptions extends TransferLimits {
  readonly release: Release;
  readonly log: Log;
  /** Default: the system's. Stamps storeTimestamp and drives the flush timers. */
  readonly clock?: Clock;
  /** Default: the system's. */
  readonly disk?: Disk;
  /** Runs something once this turn of the event loop ends. Default: setImmediate. */
  readonly endOfTurn?: (run: () => void) => void;
  readonly storePathRootDir: string;
  /** One directory, or several separated by `,`. */
  readonly storePathCommitLog: string;
  readonly mappedFileSizeCommitLog: number;
  readonly mappedFileSizeConsumeQueue: number;
  readonly maxHashSlotNum: number;
  readonly maxIndexNum: number;
  readonly messageIndexEnable: boolean;
  readonly maxMessageSize: number;
  readonly flushDiskType: 'ASYNC_FLUSH' | 'SYNC_FLUSH';
  readonly flushIntervalCommitLog: number;
  readonly flushIntervalConsumeQueue: number;
  readonly checkCRCOnRecover: boolean;
  /** Records beyond confirmOffset are kept but not dispatched to queues. */
  readonly confirmOffsetLimitsDispatch: boolean;
  /** They are dispatched all the same. */
  readonly readUnCommitted: boolean;
  readonly messageDelayLevel: string;
  /** The commit log is that of a DLedger member; null: a plain one. It wants `confirmOffsetLimitsDispatch`. */
  readonly dledger: DLedgerPaths | null;
}

/** Where a DLedger member keeps its log. */
export interface DLedgerPaths {
  /** `dledger-<selfId>` in the store's root: index, term and vote, checkpoint. */
  readonly folder: string;
  /** Segments of the log, `data` in that folder by default; several directories separated by `,`. */
  readonly dataPath: string;
}

/** Where one appended message landed. */
export interface AppendResult {
  readonly physicalOffset: number;
  readonly size: number;
  readonly queueOffset: number;
  readonly storeTimestamp: number;
  /** physicalOffset + size (for a batch: of its last record). Compare with the store's progress offsets. */
  readonly endOffset: number;
}

/** Why the store refuses a message before it is stored. */
export type AppendRefusal =
  | 'MESSAGE_ILLEGAL'
  | 'PROPERTIES_SIZE_EXCEEDED'
  | 'SERVICE_NOT_AVAILABLE'
  /** DLedger: this member is not the leader, or too much waits for a majority. */
  | 'OS_PAGE_CACHE_BUSY'
  /** DLedger: the record does not fit the buffers of the other members. */
  | 'UNKNOWN_ERROR';

/** `GetMessageStatus` names that the pull path answers with. */
export type GetMessageStatus =
  | 'FOUND'
  | 'NO_MATCHED_MESSAGE'
  | 'MESSAGE_WAS_REMOVING'
  | 'OFFSET_FOUND_NULL'
  | 'OFFSET_OVERFLOW_BADLY'
  | 'OFFSET_OVERFLOW_ONE'
  | 'OFFSET_TOO_SMALL'
  | 'NO_MATCHED_LOGIC_QUEUE'
  | 'NO_MESSAGE_IN_QUEUE';

/** Decides by tag hash and, when asked, by the record's bytes whether a consumer wants a message. */
export interface MessageFilter {
  matchesTagsCode(tagsCode: number): boolean;
  /** Null: the tag hash decides alone. */
  readonly matchesRecord: ((record: Buffer) => boolean) | null;
}

export interface GetMessageResult {
  readonly status: GetMessageStatus;
  /** Whole records, back to back order; views that are never recycled. */
  readonly records: readonly Buffer[];
  readonly nextBeginOffset: number;
  readonly minOffset: number;
  readonly maxOffset: number;
  /** What was read lies so far behind the log's end (40 % of memory) that a slave should serve the next pull. */
  readonly suggestPullingFromSlave: boolean;
}

/** One consume queue unit that became visible to consumers. */
export interface DispatchEvent {
  readonly topic: string;
  readonly queueId: number;
  /** Queue offset after the dispatched record. */
  readonly nextQueueOffset: number;
  readonly tagsCode: number;
}

/**
 * Offsets that only grow while a role lasts (a truncation or a role change may lower them), all in commit log bytes:
 * writtenOffset: handed to the kernel; flushedOffset: on disk (fdatasync); confirmOffset: agreed with replicas.
 * safeOffset: what this store promises to keep: flushed with SYNC_FLUSH, written with ASYNC_FLUSH.
 */
export interface StoreProgress {
  readonly writtenOffset: number;
  readonly flushedOffset: number;
  readonly safeOffset: number;
  readonly confirmOffset: number;
}

/** Which message a point in time stands for; 4.9 knows NEAREST alone. */
export type TimeBoundary = 'LOWER' | 'UPPER' | 'NEAREST';

/**
 * The message store of one broker: commit log, consume queues, key index, checkpoint, recovery.
 * `append` places messages in memory at once; all bytes of a turn of the event loop leave in one write, after which
 * `onProgress` tells how far the log is written. An acknowledgement waits for that, never for the append alone.
 */
export interface MessageStore extends StoreProgress {
  /** Start of the first segment; 0 for an empty log. */
  readonly minPhyOffset: number;
  /** End of the last record, appended but perhaps not yet written. */
  readonly maxPhyOffset: number;
  readonly segmentSize: number;
  /** The log as a DLedger member's, null for a plain one. Whoever runs the member sets the confirm offset. */
  readonly dledger: DLedgerLog | null;
  /** False from the moment the disk failed or the store closed: nothing more is written or acknowledged. */
  readonly writeable: boolean;

  /** Assigns queue offset and place, or refuses by name (SERVICE_NOT_AVAILABLE when not writeable). */
  append(message: MessageToStore): AppendResult | AppendRefusal;
  /** All or nothing, consecutive offsets in one queue; returns one result per message. */
  appendBatch(messages: readonly MessageToStore[]): readonly AppendResult[] | AppendRefusal;
  /** Writes what `append` placed, now, instead of at the end of the turn. */
  writeNow(): void;
  /** Runs after writtenOffset, flushedOffset or confirmOffset moved. */
  onProgress(listener: () => void): void;
  /** Runs for every unit that consumers can now see, in log order. */
  onDispatch(listener: (event: DispatchEvent) => void): void;

  /**
   * Replication, slave side: appends raw log bytes at `offset` = maxPhyOffset (BLANK fillers included), cut anywhere. An
   * empty log starts at the segment that holds `offset`. Throws STORE_CLOSED when not writeable.
   */
  appendRaw(offset: number, data: Uint8Array): void;
  /** Replication, master side: at most `bytesMax` written bytes from `offset`, never across a segment; null when none. */
  readRaw(offset: number, bytesMax: number): Buffer | null;
  /** Cuts log, queues and progress offsets to `offset`: a record's start or the end, not below minPhyOffset. */
  truncateTo(offset: number): void;
  /** Cuts a trailing incomplete record, returns the new end; comes between the last appendRaw and the first append. */
  truncateIncompleteTail(): number;
  /** Moves the confirm offset; dispatches what became visible. Ignored unless confirmOffsetLimitsDispatch. */
  setConfirmOffset(offset: number): void;
  /** Gives the next queue offsets anew, from what the log holds; comes between the last entry of a follower and the first append. */
  countQueues(): void;
  /** Resolves when everything up to confirmOffset (or the end) is in the queues. */
  dispatched(): Promise<void>;

  getMessages(
    topic: string,
    queueId: number,
    offset: number,
    maxMsgNums: number,
    filter: MessageFilter | null,
  ): GetMessageResult;
  minOffsetInQueue(topic: string, queueId: number): number;
  /** Next offset to be written; counts dispatched units only. */
  maxOffsetInQueue(topic: string, queueId: number): number;
  /** First message with storeTimestamp >= `timestampMs` (LOWER), last one <= (UPPER), or the nearer one of the two around it. */
  offsetByTime(topic: string, queueId: number, timestampMs: number, boundary: TimeBoundary): number;
  /** Store time of the message at that queue offset, -1 when there is none. */
  storeTimestampAt(topic: string, queueId: number, queueOffset: number): number;
  /** The record that starts at the physical offset, or null. */
  lookMessage(physicalOffset: number): Buffer | null;
  /** Records whose index hash matches, newest first. */
  queryByKey(topic: string, key: string, maxNum: number, beginMs: number, endMs: number): readonly Buffer[];
  /** Store time of the oldest record, -1 for an empty log. */
  earliestStoreTimestamp(): number;
  /** Queues known, for tables and tools. */
  queues(): Iterable<{ readonly topic: string; readonly queueId: number }>;
  /** Drops the queues of a topic. */
  deleteTopic(topic: string): void;

  /** Makes everything written durable (fdatasync), resolves when done. */
  flush(): Promise<void>;
  /** Flush, checkpoint, remove `abort`, release the lock. */
  close(): Promise<void>;
}
