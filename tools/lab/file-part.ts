import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** Text of a file that may be of any size, from that byte on and at most so many bytes. */
export function textFrom(file: string, start: number, bytesMax: number): string {
  const bytes = Buffer.alloc(Math.max(0, Math.min(statSync(file).size - start, bytesMax)));
  const descriptor = openSync(file, 'r');
  try {
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, start));
  } finally {
    closeSync(descriptor);
  }
}

/** Its last so many bytes, all of it when it is shorter. */
export function endOfFile(file: string, bytesMax: number): string {
  return textFrom(file, Math.max(0, statSync(file).size - bytesMax), bytesMax);
}
