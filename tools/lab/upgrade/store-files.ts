import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { Inconclusive } from '../inconclusive.ts';
import { copyTree } from '../sparse-copy.ts';
import { isRunning, type SiteMember } from './site.ts';
import { commitLogFolders } from './stores.ts';

/** Where the files of a store are. */
export interface StorePlace {
  readonly root: string;
  /** Folders of its commit log, below the root or apart. */
  readonly logs: readonly string[];
}

interface StoreFile {
  /** Path below the root, as it is when the commit log is there, too. */
  readonly name: string;
  readonly file: string;
}

const logName = 'commitlog';

/** Removes every file of the store but those that match, and folders left empty. */
export async function clearStore(member: SiteMember, except: readonly string[]): Promise<number> {
  const place = placeOfStopped(member);
  const files = (await filesOf(place)).filter(({ name }) => !matchesAny(name, except));
  for (const { file } of files) await rm(file);
  for (const folder of [place.root, ...place.logs]) await removeEmptyFolders(folder);
  return files.length;
}

/** Removes the files of the store that match. */
export async function deleteFiles(member: SiteMember, patterns: readonly string[]): Promise<number> {
  const files = (await filesOf(placeOfStopped(member))).filter(({ name }) => matchesAny(name, patterns));
  for (const { file } of files) await rm(file);
  return files.length;
}

/** Copies files of one store into another, all or those that match; what is there of the same name is replaced. */
export async function copyFiles(from: StorePlace, to: StorePlace, only?: readonly string[]): Promise<number> {
  const files = (await filesOf(from)).filter(({ name }) => only === undefined || matchesAny(name, only));
  await copyTree(files.map(({ name, file }) => [file, fileIn(to, name)]));
  return files.length;
}

/** A whole store in one folder. */
export function placeIn(root: string): StorePlace {
  return { root, logs: [path.join(root, logName)] };
}

/** Throws `Inconclusive` when it keeps no store. */
export function placeOf(member: SiteMember): StorePlace {
  if (member.storeFolder === null) throw new Inconclusive(`${member.name} has no store.`);
  return { root: member.storeFolder, logs: commitLogFolders(member) };
}

/** The store of a process that does not run: a running one would lose what is done to its files. */
export function placeOfStopped(member: SiteMember): StorePlace {
  if (isRunning(member)) throw new Inconclusive(`${member.name} runs: its store cannot be touched.`);
  return placeOf(member);
}

async function filesOf({ root, logs }: StorePlace): Promise<StoreFile[]> {
  const found = await Promise.all([root, ...logs].map(filesBelow));
  return [...new Set(found.flat())].map((file) => {
    const log = logs.find((folder) => file.startsWith(`${folder}/`));
    const name = log === undefined ? path.relative(root, file) : path.join(logName, path.relative(log, file));
    return { name, file };
  });
}

/** Files below a folder; none when it is missing. */
async function filesBelow(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

function fileIn({ root, logs }: StorePlace, name: string): string {
  const inLog = name.startsWith(`${logName}/`);
  // Segments may be in any of several folders: a broker finds them all.
  return inLog ? path.join(logs[0]!, name.slice(logName.length)) : path.join(root, name);
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
