import { closeSync, existsSync, ftruncateSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SwitchlabError } from '../base/errors.ts';

// A log of segments (MappedFileQueue): files of one size, preallocated as sparse zeros, each named by the offset of its
// first byte: 20 decimal digits.

export interface SegmentFile {
  readonly path: string;
  readonly startOffset: number;
}

export function segmentPath(directory: string, startOffset: number): string {
  return join(directory, String(startOffset).padStart(20, '0'));
}

/**
 * Segments of one log, ascending; a missing directory is an empty log. A zero-length last file is the leftover of an
 * interrupted creation and is deleted. Throws STORE_CORRUPT for a wrong name or length, or a gap.
 */
export function listSegments(directories: readonly string[], segmentSize: number): SegmentFile[] {
  const files = directories.flatMap(segmentFilesOf).sort((a, b) => a.startOffset - b.startOffset);
  const last = files.at(-1);
  if (last !== undefined && statSync(last.path).size === 0) {
    rmSync(last.path);
    files.pop();
  }
  files.forEach((file, i) => {
    const size = statSync(file.path).size;
    if (size !== segmentSize) {
      throw new SwitchlabError('STORE_CORRUPT', `${file.path} has ${size} bytes instead of ${segmentSize}.`);
    }
    const expected = files[0]!.startOffset + i * segmentSize;
    if (file.startOffset !== expected || expected % segmentSize !== 0) {
      throw new SwitchlabError(
        'STORE_CORRUPT',
        `${file.path} does not start at a segment boundary behind the one before.`,
      );
    }
  });
  return files;
}

/** Creates the segment file at its full length, sparse; returns its descriptor. */
export function createSegment(path: string, segmentSize: number): number {
  const fd = openSync(path, 'w+');
  try {
    ftruncateSync(fd, segmentSize);
  } catch (thrown) {
    closeSync(fd);
    throw thrown;
  }
  return fd;
}

function segmentFilesOf(directory: string): SegmentFile[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => {
      const path = join(directory, name);
      if (!/^\d{20}$/.test(name)) throw new SwitchlabError('STORE_CORRUPT', `${path} is not named as a segment.`);
      return { path, startOffset: Number(name) };
    });
}
