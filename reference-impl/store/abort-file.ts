import { join } from 'node:path';
import type { Disk } from '../base/disk.ts';
import type { Release } from '../base/release.ts';
import { writeFully } from './file-io.ts';

// <root>/abort exists while a process uses the store: found at start, it means that the last one crashed.
// Old: empty. New: the process id in decimal; its write-with-backup helper also leaves an empty abort.bak.

export function wasAborted(disk: Disk, rootDir: string): boolean {
  return disk.exists(join(rootDir, 'abort'));
}

/** It is on disk when the call returns: without power, too, the next start must not trust what it finds. */
export function createAbortFile(disk: Disk, rootDir: string, release: Release): void {
  const file = disk.open(join(rootDir, 'abort'), 'w');
  const text = Buffer.from(release === 'new' ? String(process.pid) : '');
  writeFully(file, text, 0, text.length, 0);
  file.sync();
  file.close();
  if (release === 'new') disk.writeText(join(rootDir, 'abort.bak'), '');
  disk.syncDirectory(rootDir);
}

export function removeAbortFile(disk: Disk, rootDir: string): void {
  disk.remove(join(rootDir, 'abort'));
}
