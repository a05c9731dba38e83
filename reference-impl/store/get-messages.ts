import { totalmem } from 'node:os';
import { readInt64 } from '../base/bytes.ts';
import type { LogWindow } from './arena.ts';
import type { CommitLog } from './commit-log.ts';
import { unitSize, type ConsumeQueue } from './consume-queue.ts';
import type { GetMessageResult, GetMessageStatus, MessageFilter } from './types.ts';

/** Limits of one answer, as MessageStoreConfig names them: the first message always, then as long as both hold. */
export interface TransferLimits {
  readonly maxTransferCountOnMessageInMemory: number;
  readonly maxTransferBytesOnMessageInMemory: number;
  readonly maxTransferCountOnMessageInDisk: number;
  readonly maxTransferBytesOnMessageInDisk: number;
  /** Share of the machine's memory that RocketMQ takes the end of the log to fill, in percent. */
  readonly accessMessageInMemoryMaxRatio: number;
}

const machineBytes = totalmem();
/** Units examined when nothing matches, in bytes of the queue: maxFilterMessageCount. */
const examinedBytesMin = 16000;

/**
 * Messages of one queue from `offset` on (`DefaultMessageStore.getMessage`), at most `maxMsgNums` and what the limits of
 * one answer allow.
 */
export function getMessages(
  log: CommitLog,
  queue: ConsumeQueue | undefined,
  offset: number,
  maxMsgNums: number,
  filter: MessageFilter | null,
  limits: TransferLimits,
): GetMessageResult {
  if (queue === undefined) return empty('NO_MATCHED_LOGIC_QUEUE', 0, 0, 0);
  const { minOffset, maxOffset } = queue;
  if (maxOffset === 0) return empty('NO_MESSAGE_IN_QUEUE', 0, minOffset, maxOffset);
  if (offset < minOffset) return empty('OFFSET_TOO_SMALL', minOffset, minOffset, maxOffset);
  if (offset === maxOffset) return empty('OFFSET_OVERFLOW_ONE', offset, minOffset, maxOffset);
  if (offset > maxOffset) return empty('OFFSET_OVERFLOW_BADLY', maxOffset, minOffset, maxOffset);
  return scan(log, queue, offset, maxMsgNums, filter, limits);
}

function scan(
  log: CommitLog,
  queue: ConsumeQueue,
  offset: number,
  maxMsgNums: number,
  filter: MessageFilter | null,
  limits: TransferLimits,
): GetMessageResult {
  const memoryBytes = machineBytes * (limits.accessMessageInMemoryMaxRatio / 100);
  const reader = new RecordReader(log);
  const records: Buffer[] = [];
  let bytes = 0;
  let next = offset;
  let status: GetMessageStatus = 'NO_MATCHED_MESSAGE';
  let lastPhysicalOffset = log.maxOffset;
  const examinedEnd = offset + Math.max(examinedBytesMin, maxMsgNums * unitSize) / unitSize;
  scan: while (next < examinedEnd) {
    const units = queue.units(next, examinedEnd - next);
    if (units === null) break;
    for (let i = 0; i < units.count; i++) {
      const at = units.at + i * unitSize;
      const physicalOffset = readInt64(units.view, at);
      const size = units.view.getInt32(at + 8);
      const onDisk = log.maxOffset - physicalOffset > memoryBytes;
      const countMax = onDisk ? limits.maxTransferCountOnMessageInDisk : limits.maxTransferCountOnMessageInMemory;
      const bytesMax = onDisk ? limits.maxTransferBytesOnMessageInDisk : limits.maxTransferBytesOnMessageInMemory;
      const isFull = records.length >= Math.min(maxMsgNums, countMax) || bytes + size > bytesMax;
      if (records.length > 0 && isFull) break scan;
      next++;
      if (filter !== null && !matchesTagsCode(filter, queue.tagsCodeAt(units.view, at))) continue;
      const record = reader.read(physicalOffset, size);
      if (record === null) {
        if (records.length === 0) status = 'MESSAGE_WAS_REMOVING';
        continue;
      }
      if (filter !== null && filter.matchesRecord !== null && !filter.matchesRecord(record)) continue;
      records.push(record);
      bytes += size;
      status = 'FOUND';
      lastPhysicalOffset = physicalOffset;
    }
  }
  if (next === offset)
    return empty('OFFSET_FOUND_NULL', queue.nextSegmentOffset(offset), queue.minOffset, queue.maxOffset);
  return {
    status,
    records,
    nextBeginOffset: next,
    minOffset: queue.minOffset,
    maxOffset: queue.maxOffset,
    suggestPullingFromSlave: log.maxOffset - lastPhysicalOffset > memoryBytes,
  };
}

/** Without a hash to compare the consumer decides, as with every message that only shares a hash. */
function matchesTagsCode(filter: MessageFilter, tagsCode: number | null): boolean {
  return tagsCode === null || filter.matchesTagsCode(tagsCode);
}

/** Reads records of one scan, which mostly lie close together: from the arena, or through one window of the file. */
class RecordReader {
  readonly #log: CommitLog;
  #window: LogWindow | null = null;

  constructor(log: CommitLog) {
    this.#log = log;
  }

  read(offset: number, size: number): Buffer | null {
    let window = this.#window;
    if (window === null || offset < window.startOffset || offset + size > window.endOffset) {
      window = this.#log.windowForRead(offset, size);
      if (window === null) return null;
      this.#window = window;
    }
    const at = offset - window.startOffset;
    return window.bytes.subarray(at, at + size);
  }
}

function empty(
  status: GetMessageStatus,
  nextBeginOffset: number,
  minOffset: number,
  maxOffset: number,
): GetMessageResult {
  return { status, records: [], nextBeginOffset, minOffset, maxOffset, suggestPullingFromSlave: false };
}
