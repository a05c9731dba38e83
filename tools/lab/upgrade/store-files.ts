import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { Inconclusive } from '../inconclusive.ts';
import { copyTree } from '../sparse-copy.ts';
import { isRunning, type SiteMember } from './site.ts';

/** Removes every file of the store but those that match, and folders left empty. */
export async function clearStore(member: SiteMember, except: readonly string[]): Promise<number> {
  const store = storeOfStopped(member);
  const files = (await filesOf(store)).filter((file) => !matchesAny(file, except));
  for (const file of files) await rm(path.join(store, file));
  await removeEmptyFolders(store);
  return files.length;
}

/** Removes the files of the store that match. */
export async function deleteFiles(member: SiteMember, patterns: readonly string[]): Promise<number> {
  const store = storeOfStopped(member);
  const files = (await filesOf(store)).filter((file) => matchesAny(file, patterns));
  for (const file of files) await rm(path.join(store, file));
  return files.length;
}

/** Copies files of one store folder into another, all or those that match; what is there of the same name is replaced. */
export async function copyFiles(from: string, to: string, only?: readonly string[]): Promise<number> {
  const files = (await filesOf(from)).filter((file) => only === undefined || matchesAny(file, only));
  await copyTree(files.map((file) => [path.join(from, file), path.join(to, file)]));
  return files.length;
}

/** The store folder of a process that does not run: a running one would lose what is done to its files. */
export function storeOfStopped(member: SiteMember): string {
  if (isRunning(member)) throw new Inconclusive(`${member.name} runs: its store cannot be touched.`);
  if (member.storeFolder === null) throw new Inconclusive(`${member.name} has no store.`);
  return member.storeFolder;
}

/** Files below a folder by their path in it; none when the folder is missing. */
async function filesOf(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

function matchesAny(file: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => path.matchesGlob(file, pattern) || file.startsWith(`${pattern}/`));
}

async function removeEmptyFolders(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const child = path.join(folder, entry.name);
    await removeEmptyFolders(child);
    if ((await readdir(child)).length === 0) await rmdir(child);
  }
}
