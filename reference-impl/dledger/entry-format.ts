// DLedger log entry, big-endian:  0 magic = 1 i32 | 4 size i32 (48 + body) | 8 index i64 | 16 term i64 | 24 pos i64 |
//                                 32 channel i32 | 36 chainCrc i32 | 40 bodyCrc i32 | 44 body length i32 | 48 body
//   The last three numbers before the length are always 0: a torn body cannot be told by a checksum.
// Segment end: 0 magic = -1 i32 | 4 bytes left in the segment, these included, i32
// Index unit, 32 bytes:  0 magic = 1 i32 | 4 pos i64 | 12 size i32 | 16 index i64 | 24 term i64
// Source: DLedgerEntryCoder, DLedgerIndexEntry, DLedgerMmapFileStore 0.3.1.2.
import { readInt64, viewOf, writeInt64 } from '../base/bytes.ts';
import { type Entry, entryHeaderBytes, entrySize } from '../raft/entry.ts';

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
export function decodeEntryHeader(bytes: Uint8Array): (Omit<Entry, 'body'> & { readonly size: number }) | null {
  const view = viewOf(bytes);
  const size = view.getInt32(4);
  const fits =
    view.getInt32(0) === entryMagic && size >= entryHeaderBytes && view.getInt32(44) === size - entryHeaderBytes;
  if (!fits) return null;
  return { index: readInt64(view, 8), term: readInt64(view, 16), pos: readInt64(view, 24), size };
}

export function encodeFiller(left: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32BE(fillerMagic, 0);
  bytes.writeInt32BE(left, 4);
  return bytes;
}

export function encodeIndexUnit({ pos, index, term, body }: Entry): Buffer {
  const bytes = Buffer.alloc(indexUnitBytes);
  const view = viewOf(bytes);
  view.setInt32(0, entryMagic);
  writeInt64(view, 4, pos);
  view.setInt32(12, entrySize(body));
  writeInt64(view, 16, index);
  writeInt64(view, 24, term);
  return bytes;
}

/** Where the entry of a unit lies; null when the unit was never written. */
export function decodeIndexUnit(bytes: Uint8Array): { pos: number; size: number; index: number; term: number } | null {
  const view = viewOf(bytes);
  if (view.getInt32(0) !== entryMagic) return null;
  return { pos: readInt64(view, 4), size: view.getInt32(12), index: readInt64(view, 16), term: readInt64(view, 24) };
}
