import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Release } from '../base/release.ts';

// <root>/abort exists while a process uses the store: found at start, it means that the last one crashed.
// Old: empty. New: the process id in decimal; its write-with-backup helper also leaves an empty abort.bak.

export function wasAborted(rootDir: string): boolean {
  return existsSync(join(rootDir, 'abort'));
}

export function createAbortFile(rootDir: string, release: Release): void {
  writeFileSync(join(rootDir, 'abort'), release === 'new' ? String(process.pid) : '');
  if (release === 'new') writeFileSync(join(rootDir, 'abort.bak'), '');
}

export function removeAbortFile(rootDir: string): void {
  rmSync(join(rootDir, 'abort'), { force: true });
}
