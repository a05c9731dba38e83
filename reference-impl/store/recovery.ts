import {
  blankSize,
  isBodyIntact,
  notARecord,
  physicalOffsetOf,
  propertiesLengthPosition,
  recordSizeMin,
  storeTimestampOf,
} from '../message/record.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CommitLog } from './commit-log.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { DLedgerLog } from './dledger-log.ts';
import type { Framing } from './framing.ts';
import type { KeyIndex } from './key-index.ts';
import type { LogSegment } from './log-segment.ts';
import type { QueueTable } from './queue-table.ts';
import { scanRecords } from './scan.ts';

/** What a disk holds where a loss of power kept nothing. */
const sector = Buffer.alloc(512);
/** The low byte of the length before a text can be the first of a sector of zeros. */
const zeros = '\0'.repeat(sector.length - 1);

export interface StoreParts {
  readonly log: CommitLog;
  readonly queues: QueueTable;
  readonly index: KeyIndex;
  readonly dispatcher: Dispatcher;
  readonly checkpoint: Checkpoint;
}

export interface RecoveryOptions {
  /** The last process crashed: `abort` was there. */
  readonly aborted: boolean;
  readonly checkCRCOnRecover: boolean;
  /** Records behind it are kept but not dispatched; Infinity without a limit. */
  readonly confirmOffset: number;
  /** Of a DLedger commit log. */
  readonly dledger: DLedgerLog | null;
}

/**
 * Finds the end of the commit log, cuts what lies behind it, and brings queues and index to the same point (store.md 7).
 * After a clean exit only records behind the queues' end are dispatched. After a crash everything that the checkpoint does
 * not vouch for is dispatched again.
 * @returns how far the log is surely on disk: a process that crashed may have left the rest to the kernel
 */
export function recover(parts: StoreParts, options: RecoveryOptions): number {
  const { log, queues, index, dispatcher } = parts;
  if (log.segments.length === 0) {
    queues.deleteAll();
    index.deleteAll();
    options.dledger?.recovered();
    return log.maxOffset;
  }
  const start = options.aborted ? startAfterCrash(parts) : startAfterExit(parts);
  // A crash can leave half a unit behind, or none between others; the log tells again what belongs there.
  if (options.aborted) queues.truncateTo(start);
  for (const queue of queues.all()) queue.correctMinOffset(log.minOffset);
  dispatcher.offset = Math.max(start, queues.maxPhysicOffset);
  const { dledger } = options;
  const scanStart = dledger === null ? start : dledger.scanFrom(start);
  const { offset: end } = scanRecords(log, scanStart, log.writtenOffset, (bytes, view, at, size, offset) => {
    const propertiesAt = propertiesLengthPosition(view, at, size);
    // A record tells its own place. Where it names another one, its header did not come to the disk as a whole.
    if (propertiesAt === -1 || physicalOffsetOf(view, at) !== offset) return false;
    if (isTorn(log.framing, bytes, view, propertiesAt, at + size)) return false;
    if (options.checkCRCOnRecover && !isBodyIntact(bytes, view, at)) return false;
    if (dledger !== null && !dledger.follows(view, at, offset)) return false;
    if (offset >= dispatcher.offset && offset + size <= options.confirmOffset) {
      dispatcher.record(bytes, view, at, size, offset);
      dispatcher.offset = offset + size;
    }
    return true;
  });
  queues.truncateTo(end);
  log.truncateTo(end);
  index.forgetBehind(end);
  dispatcher.offset = Math.min(dispatcher.offset, end);
  dledger?.recovered();
  return options.aborted ? start : end;
}

/** Newest segment that starts at or before the end of what the queues know. */
function startAfterExit({ log, queues }: StoreParts): number {
  const known = queues.maxPhysicOffset;
  return (log.segments.findLast((segment) => segment.startOffset <= known) ?? log.segments[0]!).startOffset;
}

/**
 * Newest segment whose first record is older than everything that may be missing on disk, and that queues reach: what was
 * never dispatched can be stamped with an old time too, when the clock went back meanwhile.
 */
function startAfterCrash({ log, queues, checkpoint }: StoreParts): number {
  const { minTimestamp } = checkpoint;
  const known = queues.maxPhysicOffset;
  const isOldEnough = (segment: LogSegment) => {
    const timestamp = firstStoreTimestamp(log, segment);
    return timestamp > 0 && timestamp <= minTimestamp && segment.startOffset <= known;
  };
  return (log.segments.findLast(isOldEnough) ?? log.segments[0]!).startOffset;
}

/** 0 when the segment does not begin with a record. */
function firstStoreTimestamp(log: CommitLog, segment: LogSegment): number {
  const { prefixBytes } = log.framing;
  const window = log.windowForScan(segment.startOffset, prefixBytes + recordSizeMin);
  if (window === null || log.framing.frameSizeAt(window.view, 0, log.segmentSize) < blankSize) return 0;
  return storeTimestampOf(window.view, prefixBytes);
}

/** Whether recovery would take a record that ends with these properties for one that a crash cut short. */
export function looksTorn(properties: string): boolean {
  return properties.endsWith('\0') || (properties.length >= zeros.length && properties.includes(zeros));
}

/**
 * Topic and properties are text, which the CRC of the body does not cover. It holds no sector of zeros, and where it ends
 * with a zero byte and no record follows, a crash cut the write short.
 */
function isTorn(framing: Framing, bytes: Buffer, view: DataView, propertiesAt: number, end: number): boolean {
  if (end - propertiesAt > sector.length && bytes.subarray(propertiesAt, end).includes(sector)) return true;
  const lastOfText = end === propertiesAt + 2 ? propertiesAt - 1 : end - 1;
  if (bytes[lastOfText] !== 0) return false;
  return end + framing.headBytes > bytes.length || framing.frameSizeAt(view, end, Infinity) === notARecord;
}
