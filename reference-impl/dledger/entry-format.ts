// DLedger log entry, big-endian:  0 magic = 1 i32 | 4 size i32 (48 + body) | 8 index i64 | 16 term i64 | 24 pos i64 |
//                                 32 channel i32 | 36 chainCrc i32 | 40 bodyCrc i32 | 44 body length i32 | 48 body
//   The last three numbers before the length are always 0: a torn body cannot be told by a checksum.
// Segment end: 0 magic = -1 i32 | 4 bytes left in the segment, these included, i32
// Index unit, 32 bytes:  0 magic = 1 i32 | 4 pos i64 | 12 size i32 | 16 index i64 | 24 term i64
// Source: DLedgerEntryCoder, DLedgerIndexEntry, DLedgerMmapFileStore 0.3.1.2.
import { readInt64, viewOf, writeInt64 } from '../base/bytes.ts';
import { type Entry, entryHeaderBytes, entrySize } from '../raft/entry.ts';

/** Where an entry lies; its size includes the header. */
export interface EntryPlace {
  readonly index: number;
  readonly term: number;
  readonly pos: number;
  readonly size: number;
}

export const entryMagic = 1;
export const fillerMagic = -1;
export const indexUnitBytes = 32;

export function encodeEntry(entry: Entry): Buffer {
  const bytes = Buffer.alloc(entrySize(entry.body));
  const view = viewOf(bytes);
  view.setInt32(0, entryMagic);
  view.setInt32(4, bytes.length);
  writeInt64(view, 8, entry.index);
  writeInt64(view, 16, entry.term);
  writeInt64(view, 24, entry.pos);
  view.setInt32(44, entry.body.length);
  bytes.set(entry.body, entryHeaderBytes);
  return bytes;
}

/** The numbers before a body; null when they are not those of an entry. */
export function decodeEntryHeader(bytes: Uint8Array): EntryPlace | null {
  return entryPlaceAt(viewOf(bytes), 0);
}

/** Like `decodeEntryHeader`, of the header at `at`. */
export function entryPlaceAt(view: DataView, at: number): EntryPlace | null {
  const size = view.getInt32(at + 4);
  const magic = view.getInt32(at);
  const fits = magic === entryMagic && size >= entryHeaderBytes && view.getInt32(at + 44) === size - entryHeaderBytes;
  if (!fits) return null;
  return { index: readInt64(view, at + 8), term: readInt64(view, at + 16), pos: readInt64(view, at + 24), size };
}

export function encodeFiller(left: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32BE(fillerMagic, 0);
  bytes.writeInt32BE(left, 4);
  return bytes;
}

export function encodeIndexUnit({ pos, index, term, body }: Entry): Buffer {
  const bytes = Buffer.alloc(indexUnitBytes);
  writeIndexUnit(viewOf(bytes), 0, { pos, index, term, size: entrySize(body) });
  return bytes;
}

export function writeIndexUnit(view: DataView, at: number, { pos, size, index, term }: EntryPlace): void {
  view.setInt32(at, entryMagic);
  writeInt64(view, at + 4, pos);
  view.setInt32(at + 12, size);
  writeInt64(view, at + 16, index);
  writeInt64(view, at + 24, term);
}

/** Where the entry of a unit lies; null when the unit was never written. */
export function decodeIndexUnit(bytes: Uint8Array): EntryPlace | null {
  const view = viewOf(bytes);
  if (view.getInt32(0) !== entryMagic) return null;
  return { pos: readInt64(view, 4), size: view.getInt32(12), index: readInt64(view, 16), term: readInt64(view, 24) };
}
