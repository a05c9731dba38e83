import { dirname } from 'node:path';
import type { Disk } from './disk.ts';

/**
 * Replaces the text at `path` in one step and makes it durable, its name included: whenever the power fails, the former
 * text is there or this one, and this one once the call has returned.
 */
export function replaceDurably(disk: Disk, path: string, text: string): void {
  const bytes = Buffer.from(text);
  const file = disk.open(`${path}.tmp`, 'w');
  try {
    file.write(bytes, 0, bytes.length, 0);
    file.sync();
  } finally {
    file.close();
  }
  disk.rename(`${path}.tmp`, path);
  disk.syncDirectory(dirname(path));
}
