import { assert } from '../base/assert.ts';

/** One log entry. Indexes start at 0 and have no gaps; terms never fall. */
export interface Entry {
  readonly index: number;
  readonly term: number;
  /** Absolute byte position of the entry in the data segments: equal on every member, so it takes part in comparisons. */
  readonly pos: number;
  /** Empty for the entry that a new leader appends before it serves. */
  readonly body: Uint8Array;
}

export const entryHeaderBytes = 48;

/** A segment keeps at least this much free behind its last entry, for the filler that ends it. */
export const segmentFillerBytes = 8;

/** Bytes an entry takes in a segment. */
export function entrySize(body: Uint8Array): number {
  return entryHeaderBytes + body.length;
}

/** Position of an entry of `size` bytes when the last one ended at `end`: right there, or at the next segment's start. */
export function positionFor(end: number, size: number, segmentBytes: number): number {
  assert(size + segmentFillerBytes <= segmentBytes, `an entry of ${size} bytes does not fit a segment`);
  const left = segmentBytes - (end % segmentBytes);
  return size + segmentFillerBytes <= left ? end : end + left;
}

/** The equality that COMPARE asks for: everything but the unused checksums. */
export function sameEntry(a: Entry, b: Entry): boolean {
  if (a.index !== b.index || a.term !== b.term || a.pos !== b.pos || a.body.length !== b.body.length) return false;
  for (let i = 0; i < a.body.length; i++) if (a.body[i] !== b.body[i]) return false;
  return true;
}
