import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { viewOf } from '../../../reference-impl/base/bytes.ts';
import {
  blankRecord,
  bodyLengthPosition,
  decodeRecord,
  isBodyIntact,
  propertiesLengthPosition,
  recordSizeAt,
} from '../../../reference-impl/message/record.ts';
import { keyOf } from './deliveries.ts';

/** Size and magic. */
const headBytes = 8;
/** Position of the flags that say how long the addresses in a record are. */
const sysFlagAt = 36;
const segmentName = /^\d{20}$/;

/** One file of a commit log: the offset of its first byte, and its bytes. */
export interface LogSegment {
  readonly startOffset: number;
  readonly bytes: Buffer;
}

/** One file of a commit log, unread. */
export interface SegmentFile {
  readonly file: string;
  readonly startOffset: number;
  readonly size: number;
}

/** The files of a commit log in their order. @param folders more than one where the log is spread over several */
export function segmentFiles(...folders: readonly string[]): SegmentFile[] {
  const files = folders.flatMap((folder) => {
    const names = readdirSync(folder).filter((name) => segmentName.test(name));
    return names.map((name) => join(folder, name));
  });
  return files
    .map((file) => ({ file, startOffset: Number(basename(file)), size: statSync(file).size }))
    .sort((a, b) => a.startOffset - b.startOffset);
}

/** The files of a commit log in their order, as far as they lie before `endOffset`. Works beside a running broker. */
export function* segmentsUpTo(folder: string, endOffset = Infinity): Generator<LogSegment> {
  for (const { file, startOffset } of segmentFiles(folder)) {
    if (startOffset >= endOffset) return;
    yield { startOffset, bytes: readFileSync(file).subarray(0, endOffset - startOffset) };
  }
}

/** Where the last whole record before `endOffset` ends; the mark that closes a segment counts as its rest. */
export function wholeRecordsEnd(folder: string, endOffset: number): number {
  let end = 0;
  for (const { startOffset, bytes } of segmentsUpTo(folder, endOffset)) {
    const view = viewOf(bytes);
    let at = 0;
    let size = recordSizeAt(view, at, bytes.length - at);
    for (; size > 0 && isIntact(bytes, view, at, size); size = recordSizeAt(view, at, bytes.length - at)) at += size;
    end = startOffset + (size === blankRecord ? bytes.length : at);
    // The log goes on behind a mark only: a broker makes the next segment before it has anything to write there.
    if (size !== blankRecord) break;
  }
  return end;
}

/** Its parts add up, and its body is what its checksum says: behind half a message lie the zeros of an empty file. */
function isIntact(bytes: Buffer, view: DataView, at: number, size: number): boolean {
  return propertiesLengthPosition(view, at, size) >= 0 && isBodyIntact(bytes, view, at);
}

/**
 * Writes the last message once more, up to the middle of its body, behind the end of a log that no broker writes to: what is
 * left of a write that a power failure cut short.
 * @returns bytes written; 0 when the last file has no message, or no room
 */
export function tearEnd(folder: string): number {
  const files = segmentFiles(folder);
  const end = logEnd(files);
  const last = files.find(({ startOffset, size }) => startOffset < end && end < startOffset + size);
  if (last === undefined) return 0;
  const bytes = readFileSync(last.file);
  const view = viewOf(bytes);
  let [at, next] = [0, recordSizeAt(view, 0, bytes.length)];
  while (last.startOffset + next < end) [at, next] = [next, next + recordSizeAt(view, next, bytes.length - next)];
  const bodyLengthAt = at + bodyLengthPosition(view.getInt32(at + sysFlagAt));
  const half = bytes.subarray(at, bodyLengthAt + 4 + Math.floor(view.getInt32(bodyLengthAt) / 2));
  if (next + half.length > last.size) return 0;
  const descriptor = openSync(last.file, 'r+');
  try {
    return writeSync(descriptor, half, 0, half.length, next);
  } finally {
    closeSync(descriptor);
  }
}

const windowBytes = 1024 * 1024;

/**
 * Where the last whole record of a log ends that no broker writes to; its begin when it holds none. Reads the last file
 * with records only, in parts: files of a production cluster are a gigabyte each.
 */
export function logEnd(files: readonly SegmentFile[]): number {
  const window = Buffer.allocUnsafe(windowBytes);
  for (const { file, startOffset, size } of files.toReversed()) {
    const descriptor = openSync(file, 'r');
    try {
      const end = recordsEnd(descriptor, size, window);
      if (end > 0) return startOffset + end;
    } finally {
      closeSync(descriptor);
    }
  }
  return files[0]?.startOffset ?? 0;
}

/** The same in one file, from its first byte. */
function recordsEnd(descriptor: number, fileBytes: number, window: Buffer): number {
  const view = viewOf(window);
  let windowAt = 0;
  let filled = readSync(descriptor, window, 0, windowBytes, 0);
  for (let at = 0; ; ) {
    if (at + headBytes > windowAt + filled && at + headBytes <= fileBytes) {
      windowAt = at;
      filled = readSync(descriptor, window, 0, windowBytes, windowAt);
    }
    const size = recordSizeAt(view, at - windowAt, fileBytes - at);
    if (size === blankRecord) return fileBytes;
    if (size < 0) return at;
    at += size;
  }
}

/**
 * Keys of the topic's messages in a replica's commit log on disk, as far as whole records reach. Works beside a running
 * broker and after a kill. Confirmed or not: a replica holds what its log holds.
 * @param folder the commit log folder, `<store>/commitlog`
 */
export function keysInCommitLog(folder: string, topic: string): Set<string> {
  const keys = new Set<string>();
  for (const { bytes } of segmentsUpTo(folder)) {
    const view = viewOf(bytes);
    let at = 0;
    for (;;) {
      const size = recordSizeAt(view, at, bytes.length - at);
      if (size <= 0) break;
      const message = decodeRecord(bytes, at, view);
      if (message.topic === topic) keys.add(keyOf(message));
      at += size;
    }
  }
  return keys;
}
