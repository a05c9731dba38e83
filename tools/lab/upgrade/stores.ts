import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { logEnd, segmentFiles } from '../traffic/commit-log.ts';
import type { SiteMember } from './site.ts';

/** Where a commit log begins and ends. */
export interface LogEnds {
  readonly minOffset: number;
  /** Behind the last whole message; equal to `minOffset` in a log without any. */
  readonly maxOffset: number;
}

/** Ends of the commit log on the disk of a broker that does not run. 0 and 0 when there is no log. */
export function logEndsOnDisk(member: SiteMember): LogEnds {
  const files = segmentFiles(...commitLogFolders(member).filter((folder) => existsSync(folder)));
  return { minOffset: files[0]?.startOffset ?? 0, maxOffset: logEnd(files) };
}

/** Folders of the segments of a plain commit log: one, or those that take turns. */
export function commitLogFolders({ prepared: { config, folder }, storeFolder }: SiteMember): string[] {
  const { storePathCommitLog } = config;
  if (storePathCommitLog === undefined) return [path.join(storeFolder!, 'commitlog')];
  return String(storePathCommitLog)
    .split(',')
    .map((log) => path.resolve(folder, log.trim()));
}

/** Whether the store keeps its messages in a DLedger log, which no plain broker can read. */
export function hasDledgerLog({ storeFolder }: SiteMember): boolean {
  return globSync('dledger-*/data/*', { cwd: storeFolder! }).length > 0;
}

/** Names that a configuration file of the store has on its disk: topics, or consumer groups. */
export function namesInStore({ storeFolder }: SiteMember, what: 'topics' | 'subscriptionGroup'): string[] {
  const table = what === 'topics' ? 'topicConfigTable' : 'subscriptionGroupTable';
  const file = path.join(storeFolder!, 'config', `${what}.json`);
  if (!existsSync(file)) return [];
  const { [table]: entries } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object | undefined>;
  return Object.keys(entries ?? {});
}

/** Epoch files of the store, with their backups, that exist. */
export function epochFiles({ storeFolder, prepared: { config } }: SiteMember): string[] {
  const file = String(config.storePathEpochFile ?? path.join(storeFolder!, 'epochFileCheckpoint'));
  const folder = path.dirname(file);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name === path.basename(file) || name === `${path.basename(file)}.bak`);
}
