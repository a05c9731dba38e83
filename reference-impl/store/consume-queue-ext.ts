import { readInt64, viewOf } from '../base/bytes.ts';
import { readFully } from './file-io.ts';
import type { OpenFiles } from './open-files.ts';
import { segmentPath } from './segment-files.ts';

// Filter extension of a queue (`enableConsumeQueueExt`), `<root>/consumequeue_ext/<topic>/<queueId>/`, read only: Switchlab
// writes tag hashes into the queue itself, but opens stores that were written with the extension.
// The tagsCode of a queue unit is then an address: position in the extension + Long.MIN_VALUE.
// Extension unit:  0 size i16 | 2 tagsCode i64 | 10 storeTimestamp i64 | 18 bitMapSize i16 | bitMap

const unitSizeMin = 20;

/** True when the i64 at `at` is an address: below every sign-extended 32-bit hash. */
export function isExtAddress(view: DataView, at: number): boolean {
  const high = view.getInt32(at);
  return high < -1 || (high === -1 && view.getInt32(at + 4) >= 0);
}

/** Tag hash behind the address at `at`; null when the extension does not hold it. */
export function readExtTagsCode(directory: string, files: OpenFiles, view: DataView, at: number): number | null {
  const position = (view.getInt32(at) + 2147483648) * 4294967296 + view.getUint32(at + 4);
  const first = segmentPath(directory, 0);
  if (!files.disk.exists(first)) return null;
  const segmentSize = files.disk.size(first);
  const start = position - (position % segmentSize);
  const path = segmentPath(directory, start);
  if (!files.disk.exists(path)) return null;
  const unit = Buffer.alloc(unitSizeMin);
  const count = readFully(files.open(path), unit, 0, unitSizeMin, position - start);
  return count === unitSizeMin && unit.readInt16BE(0) >= unitSizeMin ? readInt64(viewOf(unit), 2) : null;
}
