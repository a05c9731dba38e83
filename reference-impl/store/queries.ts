import { javaHashCode, readInt64, viewOf } from '../base/bytes.ts';
import { blankSize, recordPosition, recordSizeAt } from '../message/record.ts';
import type { CommitLog } from './commit-log.ts';
import type { ConsumeQueue } from './consume-queue.ts';
import type { KeyIndex } from './key-index.ts';
import type { TimeBoundary } from './types.ts';

/** The whole record that starts at `offset`, or null. */
export function lookMessage(log: CommitLog, offset: number): Buffer | null {
  const head = log.read(offset, blankSize);
  if (head === null) return null;
  const size = recordSizeAt(viewOf(head), 0, Infinity);
  const record = size > 0 ? log.read(offset, size) : null;
  // Only the start of a record names its own offset.
  return record !== null && readInt64(viewOf(record), recordPosition.physicalOffset) === offset ? record : null;
}

/** Records whose index hash matches `topic#key`, newest first; the hash may be that of another key. */
export function queryByKey(
  log: CommitLog,
  index: KeyIndex,
  topic: string,
  key: string,
  maxNum: number,
  beginMs: number,
  endMs: number,
): Buffer[] {
  const records = new Map<number, Buffer>();
  if (maxNum <= 0) return [];
  index.search(javaHashCode(`${topic}#${key}`), beginMs, endMs, (phyOffset) => {
    // A record can be indexed twice: recovery dispatches again what may be missing.
    const record = records.has(phyOffset) ? null : lookMessage(log, phyOffset);
    if (record !== null) records.set(phyOffset, record);
    return records.size < maxNum;
  });
  return [...records.values()];
}

/** storeTimestamp of the message at a queue offset, ms; -1 when there is none. */
export function storeTimestampAt(log: CommitLog, queue: ConsumeQueue | undefined, queueOffset: number): number {
  const physicalOffset = queue === undefined ? -1 : queue.physicalOffsetAt(queueOffset);
  return physicalOffset < 0 ? -1 : log.storeTimestampAt(physicalOffset);
}

/**
 * LOWER: first queue offset with storeTimestamp >= `timestampMs`, the maximum when all are older. UPPER: last one with
 * storeTimestamp <= `timestampMs`, the minimum when all are newer. NEAREST (4.9): of the two around `timestampMs` the
 * nearer one, the earlier one of equals; the last when all are older. 0 for a queue without messages.
 */
export function offsetByTime(
  log: CommitLog,
  queue: ConsumeQueue | undefined,
  timestampMs: number,
  boundary: TimeBoundary,
): number {
  if (queue === undefined || queue.maxOffset === 0) return 0;
  let low = queue.minOffset;
  let high = queue.maxOffset;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const timestamp = storeTimestampAt(log, queue, middle);
    const isBefore = boundary === 'UPPER' ? timestamp <= timestampMs : timestamp < timestampMs;
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  const before = Math.max(low - 1, queue.minOffset);
  if (boundary !== 'NEAREST') return boundary === 'LOWER' ? low : before;
  if (low === queue.maxOffset) return before;
  const [after, since] = [storeTimestampAt(log, queue, low), storeTimestampAt(log, queue, before)].map((timestamp) =>
    Math.abs(timestamp - timestampMs),
  );
  return after! < since! ? low : before;
}
