// Classic replication, one TCP connection that the slave opens; big-endian, no handshake, no version.
//   slave -> master   report    0 maxOffset i64
//   master -> slave   transfer  0 offset i64 | 8 size i32 | 12 data          size 0: heartbeat
// Source: HAClient and HAConnection, 4.9.7; DefaultHAClient and DefaultHAConnection, 5.3.3.
import { readInt64, viewOf, writeInt64 } from '../base/bytes.ts';
import { SwitchlabError } from '../base/errors.ts';
import type { FrameFormat } from './frame-reader.ts';

/** How far the slave's log is written: request for more and acknowledgement in one. */
export interface ClassicReport {
  readonly maxOffset: number;
}

/** Log bytes of the master, `size` of them, that belong at `offset`. */
export interface ClassicTransfer {
  readonly offset: number;
  readonly size: number;
}

export const classicReportFormat: FrameFormat<ClassicReport> = {
  prefixSize: 8,
  headerSize: () => 8,
  decode: (header) => ({ maxOffset: readInt64(header, 0) }),
  bodySize: () => 0,
};

export const classicTransferFormat: FrameFormat<ClassicTransfer> = {
  prefixSize: 12,
  headerSize: () => 12,
  decode(header) {
    const size = header.getInt32(8);
    if (size < 0) throw new SwitchlabError('FRAME_MALFORMED', `A classic transfer frame names ${size} bytes.`);
    return { offset: readInt64(header, 0), size };
  },
  bodySize: (header) => header.size,
};

export function encodeClassicReport(maxOffset: number): Buffer {
  const frame = Buffer.allocUnsafe(8);
  writeInt64(viewOf(frame), 0, maxOffset);
  return frame;
}

/** The header alone; the data follows it. */
export function encodeClassicTransfer(offset: number, size: number): Buffer {
  const frame = Buffer.allocUnsafe(12);
  const view = viewOf(frame);
  writeInt64(view, 0, offset);
  view.setInt32(8, size);
  return frame;
}
