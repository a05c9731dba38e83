import { join } from 'node:path';
import type { Disk, DiskFile } from '../base/disk.ts';
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
export function listSegments(disk: Disk, directories: readonly string[], segmentSize: number): SegmentFile[] {
  const files = directories
    .flatMap((directory) => segmentFilesOf(disk, directory))
    .sort((a, b) => a.startOffset - b.startOffset);
  const last = files.at(-1);
  if (last !== undefined && disk.size(last.path) === 0) {
    disk.remove(last.path);
    files.pop();
  }
  files.forEach((file, i) => {
    const size = disk.size(file.path);
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

/** Creates the segment file at its full length, sparse, and leaves it open. */
export function createSegment(disk: Disk, path: string, segmentSize: number): DiskFile {
  const file = disk.open(path, 'w+');
  try {
    file.resize(segmentSize);
  } catch (thrown) {
    file.close();
    throw thrown;
  }
  return file;
}

function segmentFilesOf(disk: Disk, directory: string): SegmentFile[] {
  return disk
    .list(directory)
    .filter((entry) => !entry.isDirectory)
    .map(({ name }) => {
      const path = join(directory, name);
      if (!/^\d{20}$/.test(name)) throw new SwitchlabError('STORE_CORRUPT', `${path} is not named as a segment.`);
      return { path, startOffset: Number(name) };
    });
}
