import { constants } from 'node:fs';
import { copyFile, type FileHandle, mkdir, open, readdir, realpath, stat, utimes } from 'node:fs/promises';
import path from 'node:path';

/** A file that is reached from a folder, also through links. */
export interface TreeFile {
  /** Path below the folder. */
  readonly name: string;
  readonly bytes: number;
  /** What it takes on the disk: holes take nothing. */
  readonly bytesOnDisk: number;
}

export interface CopyOptions {
  /** Told after each part, with the bytes of the file that were dealt with since. */
  readonly onBytes?: (bytes: number) => void;
  /** Ends the copying; what is there by then stays. */
  readonly signal?: AbortSignal;
}

/** Parts of a file are read at a time; no file is in memory as a whole. */
const partBytes = 1024 * 1024;
/** Holes are of whole blocks of the file system. */
const blockBytes = 4096;
const zeros = Buffer.alloc(blockBytes);
const statBlockBytes = 512;

/**
 * Files of a folder and of folders below it. Links are followed: a copy of a link would lead back to what it is a copy of.
 * Throws when a link leads nowhere, or to a folder around it.
 */
export async function filesOfTree(folder: string, name = '', around: readonly string[] = []): Promise<TreeFile[]> {
  const here = path.join(folder, name);
  const real = await realpath(here);
  if (around.includes(real)) throw new Error(`${here} is a link to a folder that it lies in.`);
  const files: TreeFile[] = [];
  for (const entry of (await readdir(here)).sort()) {
    const below = path.join(name, entry);
    const found = await stat(path.join(folder, below));
    if (found.isDirectory()) files.push(...(await filesOfTree(folder, below, [...around, real])));
    else if (found.isFile()) files.push({ name: below, bytes: found.size, bytesOnDisk: found.blocks * statBlockBytes });
  }
  return files;
}

/**
 * Copies files with their times, which retention goes by. Blocks are shared where the file system can do that; elsewhere what
 * is zero stays a hole. Files of the same name are replaced.
 */
export async function copyTree(
  files: readonly (readonly [source: string, target: string])[],
  { onBytes = () => undefined, signal }: CopyOptions = {},
): Promise<void> {
  const part = Buffer.allocUnsafe(partBytes);
  let shares = true;
  for (const [source, target] of files) {
    signal?.throwIfAborted();
    await mkdir(path.dirname(target), { recursive: true });
    shares &&= await clone(source, target);
    if (shares) onBytes((await stat(source)).size);
    else await copyData(source, target, part, onBytes, signal);
    const { atime, mtime } = await stat(source);
    await utimes(target, atime, mtime);
  }
}

async function clone(source: string, target: string): Promise<boolean> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false; // The file system cannot; if something else was wrong, the copy that follows says what.
  }
}

async function copyData(
  source: string,
  target: string,
  part: Buffer,
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  await using input = await open(source, 'r');
  const { mode } = await input.stat();
  await using output = await open(target, 'w', mode);
  let at = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await input.read(part, 0, partBytes, at);
    if (bytesRead === 0) break;
    for (const [start, end] of dataRuns(part.subarray(0, bytesRead)))
      await writeAll(output, part.subarray(start, end), at + start);
    at += bytesRead;
    onBytes(bytesRead);
  }
  await output.truncate(at);
}

/** A write to a disk that is about to be full writes a part; the next one says so. */
async function writeAll(output: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await output.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

/** Where there is something else than blocks of zeros, in order: start and end of each run. */
export function dataRuns(bytes: Buffer): [start: number, end: number][] {
  const runs: [number, number][] = [];
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const end = Math.min(at + blockBytes, bytes.length);
    if (bytes.compare(zeros, 0, end - at, at, end) === 0) continue;
    const last = runs.at(-1);
    if (last?.[1] === at) last[1] = end;
    else runs.push([at, end]);
  }
  return runs;
}
