import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { isRunning, type Site, type SiteMember } from '../lab/upgrade/site.ts';
import { commitLogFolder, type LogEnds, logEndsOnDisk } from '../lab/upgrade/stores.ts';
import { segmentFiles } from '../lab/traffic/commit-log.ts';

/** What a user's store held before the rehearsal. */
export interface OwnLog {
  readonly member: SiteMember;
  readonly ends: LogEnds;
  /** The commit log folder of the user's own store, which is only read. */
  readonly folder: string;
}

/** What became of it in its group. */
export interface OwnLogKept {
  readonly group: string;
  readonly of: string;
  /** Bytes of whole messages before. */
  readonly bytes: number;
  /** Of these, from the beginning, how many the log of the present master holds unchanged. */
  readonly kept: number;
}

const chunkBytes = 4 * 1024 * 1024;

/** Looks at the log of a copied store, before anything starts on it. @param original the user's store folder */
export function ownLogOf(member: SiteMember, original: string): OwnLog {
  return { member, ends: logEndsOnDisk(member), folder: path.join(original, 'commitlog') };
}

/** Compares what a store held with the log of the master that its group has now, byte by byte. */
export async function keptOf({ member, ends, folder }: OwnLog, site: Site): Promise<OwnLogKept> {
  const group = member.group!;
  const bytes = ends.maxOffset - ends.minOffset;
  const running = site.replicas(group).filter(isRunning);
  const master = running.length === 0 ? member : await site.masterOf(group);
  const now = commitLogFolder(master);
  const same = existsSync(now) && existsSync(folder) ? sameUntil(folder, now, ends) : ends.minOffset;
  return { group, of: member.name, bytes, kept: same - ends.minOffset };
}

/** Offset up to which two logs are equal, from `minOffset` to at most `maxOffset`. */
function sameUntil(before: string, now: string, { minOffset, maxOffset }: LogEnds): number {
  const [left, right] = [Buffer.alloc(chunkBytes), Buffer.alloc(chunkBytes)];
  const files = segmentFiles(before);
  const later = new Set(segmentFiles(now).map(({ file }) => path.basename(file)));
  let equal = minOffset;
  for (const { file, startOffset, size } of files) {
    if (startOffset >= maxOffset || startOffset + size <= minOffset) continue;
    const name = path.basename(file);
    if (startOffset > equal || !later.has(name)) return equal;
    const end = Math.min(maxOffset, startOffset + size);
    const a = openSync(file, 'r');
    const b = openSync(path.join(now, name), 'r');
    try {
      for (let at = Math.max(minOffset, startOffset); at < end; at += chunkBytes) {
        const length = Math.min(chunkBytes, end - at);
        readSync(a, left, 0, length, at - startOffset);
        const read = readSync(b, right, 0, length, at - startOffset);
        if (read < length || left.compare(right, 0, length, 0, length) !== 0)
          return at + firstDifference(left, right, Math.min(read, length));
      }
    } finally {
      closeSync(a);
      closeSync(b);
    }
    equal = end;
  }
  return equal;
}

function firstDifference(left: Buffer, right: Buffer, length: number): number {
  let at = 0;
  while (at < length && left[at] === right[at]) at++;
  return at;
}
