import { existsSync } from 'node:fs';
import path from 'node:path';
import { type SegmentFile, segmentFiles } from '../lab/traffic/commit-log.ts';
import { isRunning, type Site, type SiteMember } from '../lab/upgrade/site.ts';
import { commitLogFolders, type LogEnds, logEndsOnDisk } from '../lab/upgrade/stores.ts';
import { sameUntil } from './same-log.ts';

/** What a user's store held before the rehearsal. */
export interface OwnLog {
  readonly member: SiteMember;
  readonly ends: LogEnds;
  /** Files of the user's own store, which are only read. */
  readonly files: readonly SegmentFile[];
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

/** Looks at the log of a copied store, before anything starts on it. @param original the user's store folder */
export function ownLogOf(member: SiteMember, original: string): OwnLog {
  return { member, ends: logEndsOnDisk(member), files: logFiles([path.join(original, 'commitlog')]) };
}

/** Compares what a store held with the log of the master that its group has now, byte by byte. */
export async function keptOf({ member, ends, files }: OwnLog, site: Site): Promise<OwnLogKept> {
  const group = member.group!;
  const bytes = ends.maxOffset - ends.minOffset;
  const running = site.replicas(group).filter(isRunning);
  const master = running.length === 0 ? member : await site.masterOf(group);
  const same = sameUntil(files, logFiles(commitLogFolders(master)), ends);
  return { group, of: member.name, bytes, kept: same - ends.minOffset };
}

function logFiles(folders: readonly string[]): SegmentFile[] {
  return segmentFiles(...folders.filter((folder) => existsSync(folder)));
}
