import { blankRecord, blankSize, incompleteRecord, notARecord } from '../message/record.ts';
import type { CommitLog } from './commit-log.ts';
import type { Framing } from './framing.ts';

/** Sees each record of a scan, with the place and offset of the record itself; false ends the scan before that record. */
export type RecordVisitor = (bytes: Buffer, view: DataView, at: number, size: number, offset: number) => boolean;

/** Why a scan ended: at the limit, before a record that ends behind it, or before bytes that are no record. */
export type ScanEnd = 'limit' | 'incomplete' | 'not a record';

/**
 * Visits every whole record from `from`, which must be the start of a frame, up to `limit`.
 * @returns where it ended, and why
 */
export function scanRecords(
  log: CommitLog,
  from: number,
  limit: number,
  visit: RecordVisitor,
): { readonly offset: number; readonly end: ScanEnd } {
  const { framing } = log;
  const { prefixBytes } = framing;
  let offset = from;
  let needed = blankSize;
  while (offset < limit) {
    const window = log.windowForScan(offset, needed);
    if (window === null) return { offset, end: 'incomplete' };
    const { bytes, view, startOffset } = window;
    const stop = Math.min(window.endOffset, limit) - startOffset;
    let at = offset - startOffset;
    let size = incompleteRecord;
    while (at < stop) {
      size = framing.frameSizeAt(view, at, stop - at);
      if (size <= 0) break;
      const recordAt = at + prefixBytes;
      const isWhole = visit(bytes, view, recordAt, size - prefixBytes, startOffset + recordAt);
      if (!isWhole) return { offset: startOffset + at, end: 'not a record' };
      at += size;
    }
    offset = startOffset + at;
    needed = blankSize;
    if (size === notARecord) return { offset, end: 'not a record' };
    if (offset >= limit) break;
    const segmentEnd = log.segmentEnd(offset);
    if (size === blankRecord) {
      if (segmentEnd > limit) return { offset, end: 'incomplete' };
      offset = segmentEnd;
    } else if (size === incompleteRecord) {
      needed = neededBytes(framing, view, at, stop - at);
      if (offset + needed > Math.min(segmentEnd, limit)) return { offset, end: 'incomplete' };
    }
  }
  return { offset, end: 'limit' };
}

function neededBytes(framing: Framing, view: DataView, at: number, available: number): number {
  if (available < blankSize) return blankSize;
  return available < framing.headBytes ? framing.headBytes : framing.frameBytesAt(view, at);
}
