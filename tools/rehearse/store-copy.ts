import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { SetupError } from '../lab/setup-error.ts';
import { segmentFiles } from '../lab/traffic/commit-log.ts';

/** A store of the user's, and where its copy goes. */
export interface StoreCopy {
  /** Its configuration file as the user named it. */
  readonly of: string;
  readonly from: string;
  readonly to: string;
}

const blockBytes = 512;
/** Room that the rehearsal needs for what it writes itself, for each copy. */
const headroomBytes = 64 * 1024 * 1024;

/** Refuses when the copies do not fit below `folder`. Throws `SetupError` with the size that is needed. */
export async function assertRoom(copies: readonly StoreCopy[], folder: string): Promise<void> {
  const sizes = await Promise.all(copies.map(({ from }) => bytesOnDisk(from)));
  const needed = sizes.reduce((sum, size) => sum + size + headroomBytes, 0);
  const { bavail, bsize } = await statfs(folder);
  if (needed <= bavail * bsize) return;
  throw new SetupError(
    `The copies of the stores need ${megabytes(needed)}, and ${folder} has ${megabytes(bavail * bsize)} left: free some, or say another place with --folder.`,
  );
}

/** Copies a store; shares its blocks where the file system can, and keeps holes. The original is only read. */
export async function copyStore({ from, to, of }: StoreCopy): Promise<void> {
  await mkdir(to, { recursive: true });
  const ways = process.platform === 'darwin' ? ['-Rc'] : ['-a', '--reflink=auto', '--sparse=always'];
  const { failed, stderr } = await execa('cp', [...ways, `${from}/.`, to], { reject: false });
  if (failed) throw new SetupError(`The store of ${of} could not be copied from ${from}: ${stderr}`);
}

/** What the files of a folder take on the disk: holes take nothing. */
async function bytesOnDisk(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(path.join(parentPath, name))).blocks * blockBytes),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Refuses a folder that is no store of a broker. */
export function assertStore({ from, of }: StoreCopy): void {
  const parts = ['commitlog', 'config', 'consumequeue'];
  if (parts.some((part) => existsSync(path.join(from, part)))) return;
  throw new SetupError(`--store of ${of}: ${from} is no store of a broker (it has none of ${parts.join(', ')}).`);
}

/** Refuses a store whose segment files have another size than the configuration says: no broker would start on it. */
export function assertSegments({ from, of }: StoreCopy, configuredBytes: number): void {
  const folder = path.join(from, 'commitlog');
  const [first] = existsSync(folder) ? segmentFiles(folder) : [];
  if (first === undefined || first.size === configuredBytes) return;
  throw new SetupError(
    `${of}: its store has commit log files of ${first.size} bytes, and mappedFileSizeCommitLog is ${configuredBytes}: no broker starts so. Say the right size in the file, or for the rehearsal with --set mappedFileSizeCommitLog=${first.size}.`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MiB`;
}
