import { join } from 'node:path';
import type { Disk } from '../base/disk.ts';
import type { Release } from '../base/release.ts';

// <root>/abort exists while a process uses the store: found at start, it means that the last one crashed.
// Old: empty. New: the process id in decimal; its write-with-backup helper also leaves an empty abort.bak.

export function wasAborted(disk: Disk, rootDir: string): boolean {
  return disk.exists(join(rootDir, 'abort'));
}

export function createAbortFile(disk: Disk, rootDir: string, release: Release): void {
  disk.writeText(join(rootDir, 'abort'), release === 'new' ? String(process.pid) : '');
  if (release === 'new') disk.writeText(join(rootDir, 'abort.bak'), '');
}

export function removeAbortFile(disk: Disk, rootDir: string): void {
  disk.remove(join(rootDir, 'abort'));
}
