import { blankMagic, blankSize, recordSizeAt } from '../message/record.ts';

/**
 * How records lie in a commit log: back to back, or each inside an entry of a DLedger log. Positions and sizes of a frame
 * include what stands before its record; offsets that messages are found by are those of the records themselves.
 */
export interface Framing {
  /** Bytes before each record. */
  readonly prefixBytes: number;
  /** Bytes, from its start, that tell the size of a frame. */
  readonly headBytes: number;
  /** Size of the frame at `at`, or blankRecord, notARecord or incompleteRecord. */
  frameSizeAt(view: DataView, at: number, available: number): number;
  /** Bytes that the frame at `at` takes, once `headBytes` of it are available. */
  frameBytesAt(view: DataView, at: number): number;
  /** Writes what stands before the record of a frame of `size` bytes, at log position `position`. */
  writePrefix(view: DataView, at: number, size: number, position: number): void;
  /** Writes the mark that closes a segment of which `left` bytes are free. */
  writeFiller(view: DataView, at: number, left: number): void;
}

/** Records back to back (store.md 3). */
export const plainFraming: Framing = {
  prefixBytes: 0,
  headBytes: blankSize,
  frameSizeAt: recordSizeAt,
  frameBytesAt: (view, at) => view.getInt32(at),
  writePrefix() {},
  writeFiller(view, at, left) {
    view.setInt32(at, left);
    view.setInt32(at + 4, blankMagic);
  },
};
