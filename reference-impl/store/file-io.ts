import type { DiskFile } from '../base/disk.ts';

/** Writes all of `bytes[from, to)` at `position`; a short write is continued. Throws what the system threw. */
export function writeFully(file: DiskFile, bytes: Uint8Array, from: number, to: number, position: number): void {
  let done = from;
  while (done < to) done += file.write(bytes, done, to - done, position + done - from);
}

/** Reads into `bytes[from, to)` from `position`; returns the bytes read, fewer only at the end of the file. */
export function readFully(file: DiskFile, bytes: Uint8Array, from: number, to: number, position: number): number {
  let done = from;
  while (done < to) {
    const count = file.read(bytes, done, to - done, position + done - from);
    if (count === 0) break;
    done += count;
  }
  return done - from;
}

const zeros = new Uint8Array(65536);

/** Writes zeros over `[from, to)` of the file. */
export function writeZeros(file: DiskFile, from: number, to: number): void {
  for (let at = from; at < to; at += zeros.length) writeFully(file, zeros, 0, Math.min(zeros.length, to - at), at);
}

/**
 * Zeroes what an earlier life left in `[from, to)`, so that no later recovery takes it for data.
 * @param whole false: ends at the first whole step of zeros. A file is filled front to back, but who died while it zeroed
 * one, or a body of zeros, leaves data behind such a step.
 * @returns whether there was anything
 */
export function zeroLeftovers(file: DiskFile, from: number, to: number, whole: boolean): boolean {
  const step = 65536;
  const bytes = Buffer.allocUnsafe(step);
  let found = false;
  for (let at = from; at < to; at += step) {
    const count = readFully(file, bytes, 0, Math.min(step, to - at), at);
    if (!bytes.subarray(0, count).equals(zeros.subarray(0, count))) {
      writeZeros(file, at, at + count);
      found = true;
    } else if (!whole) break;
  }
  return found;
}
