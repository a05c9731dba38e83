import { homedir } from 'node:os';
import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import { dir } from 'tmp-promise';

export interface Folder extends AsyncDisposable {
  readonly path: string;
}

/** A new empty folder under the system's temporary folder; disposal removes it with all it holds. */
export async function temporaryFolder(): Promise<Folder> {
  const { path, cleanup } = await dir({ prefix: 'switchlab', unsafeCleanup: true });
  return { path, [Symbol.asyncDispose]: cleanup };
}

/** A folder that outlives runs: downloads and what is built from them. Created when missing. */
export async function cacheFolder(...parts: string[]): Promise<string> {
  const base = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
  const folder = path.join(base, 'rocketmq-switchlab', ...parts);
  await mkdir(folder, { recursive: true });
  return folder;
}
