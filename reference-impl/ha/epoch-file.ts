// epochFileCheckpoint, UTF-8 text, every line ends with LF:
//   <number of entries>
//   <CRC-32 & 0x7fffffff over all entry lines with their line ends; 0 switches the check off>
//   <epoch>-<startOffset>      one line per entry, ascending
// An empty list is never written. The former content stays in `<file>.bak`, which is read when the file is damaged.
// Source: EpochFileCache and CheckpointFile, 5.3.3.
import { javaCrc32 } from '../base/bytes.ts';
import type { Disk } from '../base/disk.ts';
import { replaceDurably } from '../base/durable-file.ts';
import { SwitchlabError } from '../base/errors.ts';
import type { EpochStart } from './epoch-list.ts';

export function formatEpochFile(epochs: readonly EpochStart[]): string {
  const lines = epochs.map(({ epoch, startOffset }) => `${epoch}-${startOffset}\n`).join('');
  return `${epochs.length}\n${javaCrc32(Buffer.from(lines))}\n${lines}`;
}

/** The entries, or null when the text is empty or damaged. */
export function parseEpochFile(text: string): readonly EpochStart[] | null {
  const [count, crc, ...lines] = text.split('\n');
  if (lines.pop() !== '' || lines.length === 0 || Number(count) !== lines.length) return null;
  if (crc !== '0' && Number(crc) !== javaCrc32(Buffer.from(`${lines.join('\n')}\n`))) return null;
  const epochs = lines.map(parseEntry);
  return epochs.includes(null) ? null : (epochs as EpochStart[]);
}

function parseEntry(line: string): EpochStart | null {
  const match = /^(\d+)-(\d+)$/.exec(line);
  return match === null ? null : { epoch: Number(match[1]), startOffset: Number(match[2]) };
}

/**
 * The entries kept at `path`, or in its `.bak` when it is missing or damaged; none when there is neither.
 * Throws STORE_CORRUPT when files exist and both are damaged: cutting a log by a guess would lose records.
 */
export function readEpochFile(disk: Disk, path: string): readonly EpochStart[] {
  const files = [path, `${path}.bak`].filter((file) => disk.exists(file));
  const texts = files.map((file) => disk.readText(file));
  for (const text of texts) {
    const epochs = parseEpochFile(text);
    if (epochs !== null) return epochs;
  }
  if (texts.every((text) => text === '')) return [];
  throw new SwitchlabError('STORE_CORRUPT', `Epoch file ${path}: neither it nor its .bak is whole.`);
}

/** Replaces the file in one step and makes it durable: an entry is on disk before the first byte of its epoch. */
export function writeEpochFile(disk: Disk, path: string, epochs: readonly EpochStart[]): void {
  if (epochs.length === 0) return;
  if (disk.exists(path)) disk.writeText(`${path}.bak`, disk.readText(path));
  replaceDurably(disk, path, formatEpochFile(epochs));
}
