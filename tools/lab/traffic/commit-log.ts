import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { viewOf } from '../../../reference-impl/base/bytes.ts';
import { decodeRecord, recordSizeAt } from '../../../reference-impl/message/record.ts';
import { keyOf } from './deliveries.ts';

const segmentName = /^\d{20}$/;

/**
 * Keys of the topic's messages in a replica's commit log on disk, as far as whole records reach. Works beside a running
 * broker and after a kill. Confirmed or not: a replica holds what its log holds.
 * @param folder the commit log folder, `<store>/commitlog`
 */
export function keysInCommitLog(folder: string, topic: string): Set<string> {
  const keys = new Set<string>();
  for (const segment of readdirSync(folder)
    .filter((file) => segmentName.test(file))
    .sort()) {
    const bytes = readFileSync(join(folder, segment));
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
