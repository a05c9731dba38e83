import { closeSync, openSync, readSync } from 'node:fs';
import type { SegmentFile } from '../lab/traffic/commit-log.ts';
import type { LogEnds } from '../lab/upgrade/stores.ts';

const chunkBytes = 4 * 1024 * 1024;

/** Offset up to which two logs are equal, from `minOffset` to at most `maxOffset`. */
export function sameUntil(
  before: readonly SegmentFile[],
  now: readonly SegmentFile[],
  { minOffset, maxOffset }: LogEnds,
): number {
  const [left, right] = [Buffer.alloc(chunkBytes), Buffer.alloc(chunkBytes)];
  const later = new Map(now.map(({ file, startOffset }) => [startOffset, file]));
  let equal = minOffset;
  for (const { file, startOffset, size } of before) {
    if (startOffset >= maxOffset || startOffset + size <= minOffset) continue;
    const other = later.get(startOffset);
    if (startOffset > equal || other === undefined) return equal;
    const end = Math.min(maxOffset, startOffset + size);
    const a = openSync(file, 'r');
    const b = openSync(other, 'r');
    try {
      for (let at = Math.max(minOffset, startOffset); at < end; at += chunkBytes) {
        const length = Math.min(chunkBytes, end - at);
        readSync(a, left, 0, length, at - startOffset);
        const read = readSync(b, right, 0, length, at - startOffset);
        if (read < length || left.compare(right, 0, length, 0, length) !== 0)
          return at + firstDifference(left, right, Math.min(read, length));
      }
    } finally {
      closeSync(a);
      closeSync(b);
    }
    equal = end;
  }
  return equal;
}

function firstDifference(left: Buffer, right: Buffer, length: number): number {
  let at = 0;
  while (at < length && left[at] === right[at]) at++;
  return at;
}
