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

/** Writes zeros over `[from, to)` of the file, its end first: who dies meanwhile leaves no data behind zeros. */
export function writeZeros(file: DiskFile, from: number, to: number): void {
  for (let end = to; end > from; end -= zeros.length) {
    const at = Math.max(from, end - zeros.length);
    writeFully(file, zeros, 0, end - at, at);
  }
}

/**
 * Zeroes what an earlier life left in `[from, to)`, so that no later recovery takes it for data. A file is filled front to
 * back: what follows `zerosEnough` bytes of zeros is zeros too.
 * @returns whether there was anything
 */
export function zeroLeftovers(file: DiskFile, from: number, to: number, zerosEnough: number): boolean {
  const bytes = Buffer.allocUnsafe(zeros.length);
  let end = from;
  for (let at = from; at < to && at - end < zerosEnough; at += bytes.length) {
    const count = readFully(file, bytes, 0, Math.min(bytes.length, to - at), at);
    if (!bytes.subarray(0, count).equals(zeros.subarray(0, count))) end = at + count;
  }
  writeZeros(file, from, end);
  return end > from;
}
