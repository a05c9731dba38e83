import { type Entry, entryHeaderBytes } from '../raft/entry.ts';
import type { SegmentedBytes } from './disk.ts';
import { decodeEntryHeader, encodeIndexUnit, fillerMagic, indexUnitBytes } from './entry-format.ts';

/** Segments before the last one were on disk when it began, with their index units. Three, as DLedger scans. */
const scannedSegments = 3;

/**
 * The last good entry, null for an empty log. Scans the last segments forward: the first entry that is not in sequence, or
 * whose body is not plausible, ends the log; index units that are missing or wrong are written anew. Neither list is cut here.
 * @param plausible whether a body can be one: there is no checksum, and a torn body is zeros
 */
export function lastGoodEntry(
  data: SegmentedBytes,
  index: SegmentedBytes,
  segmentBytes: number,
  plausible: (body: Uint8Array) => boolean,
): Entry | null {
  const starts = data.starts;
  let from = Math.max(0, starts.length - scannedSegments);
  while (from > 0 && !agreesWithIndex(data, index, starts[from]!)) from--;
  let position = starts[from] ?? 0;
  let last: Entry | null = null;
  for (;;) {
    const header = data.read(position, entryHeaderBytes);
    if (isFiller(header)) {
      position += segmentBytes - (position % segmentBytes);
      continue;
    }
    const entry = entryAt(data, position, last, plausible);
    if (entry === null) return last;
    const unit = encodeIndexUnit(entry);
    if (!index.read(entry.index * indexUnitBytes, indexUnitBytes).equals(unit)) {
      index.write(entry.index * indexUnitBytes, unit);
    }
    last = entry;
    position += entryHeaderBytes + entry.body.length;
  }
}

function isFiller(header: Buffer): boolean {
  return header.length >= 4 && header.readInt32BE(0) === fillerMagic;
}

function entryAt(
  data: SegmentedBytes,
  position: number,
  previous: Entry | null,
  plausible: (body: Uint8Array) => boolean,
): Entry | null {
  const bytes = data.read(position, entryHeaderBytes);
  const header = bytes.length === entryHeaderBytes ? decodeEntryHeader(bytes) : null;
  if (header === null || header.pos !== position) return null;
  if (previous !== null && (header.index !== previous.index + 1 || header.term < previous.term)) return null;
  if (previous === null && position === 0 && header.index !== 0) return null;
  const body = data.read(position + entryHeaderBytes, header.size - entryHeaderBytes);
  if (body.length !== header.size - entryHeaderBytes || !plausible(body)) return null;
  return { index: header.index, term: header.term, pos: position, body };
}

function agreesWithIndex(data: SegmentedBytes, index: SegmentedBytes, start: number): boolean {
  const entry = entryAt(data, start, null, () => true);
  return entry !== null && index.read(entry.index * indexUnitBytes, indexUnitBytes).equals(encodeIndexUnit(entry));
}
