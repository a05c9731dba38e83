import { writeInt64 } from '../base/bytes.ts';
import { blankRecord, blankSize, incompleteRecord, notARecord, recordSizeMin } from '../message/record.ts';
import { entryMagic, fillerMagic } from '../dledger/entry-format.ts';
import type { Framing } from './framing.ts';

const prefixBytes = 48;

/**
 * Each record is the body of a DLedger entry (its header is described in dledger/entry-format.ts), so it begins 48 bytes
 * behind the entry; a segment ends with the two numbers of a plain log's mark in the other order.
 */
export class DLedgerFraming implements Framing {
  readonly prefixBytes = prefixBytes;
  readonly headBytes = prefixBytes;
  /** Index and term of the entry that is written next. */
  index = 0;
  term = 0;

  frameSizeAt(view: DataView, at: number, available: number): number {
    if (available < blankSize) return incompleteRecord;
    const magic = view.getInt32(at);
    if (magic === fillerMagic) return blankRecord;
    const size = view.getInt32(at + 4);
    if (magic !== entryMagic || size < prefixBytes + recordSizeMin) return notARecord;
    if (available < prefixBytes) return incompleteRecord;
    if (view.getInt32(at + 44) !== size - prefixBytes) return notARecord;
    return size > available ? incompleteRecord : size;
  }

  frameBytesAt(view: DataView, at: number): number {
    return view.getInt32(at + 4);
  }

  writePrefix(view: DataView, at: number, size: number, position: number): void {
    view.setInt32(at, entryMagic);
    view.setInt32(at + 4, size);
    writeInt64(view, at + 8, this.index);
    writeInt64(view, at + 16, this.term);
    writeInt64(view, at + 24, position);
    view.setInt32(at + 32, 0);
    view.setInt32(at + 36, 0);
    view.setInt32(at + 40, 0);
    view.setInt32(at + 44, size - prefixBytes);
  }

  writeFiller(view: DataView, at: number, left: number): void {
    view.setInt32(at, fillerMagic);
    view.setInt32(at + 4, left);
  }
}
