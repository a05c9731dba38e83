import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { SetupError } from '../lab/setup-error.ts';
import { copyTree, filesOfTree, type TreeFile } from '../lab/sparse-copy.ts';
import { segmentFiles } from '../lab/traffic/commit-log.ts';

/** A store of the user's, and where its copy goes. */
export interface StoreCopy {
  /** Its configuration file as the user named it. */
  readonly of: string;
  readonly from: string;
  readonly to: string;
  /** Where its commit log goes, which may have a place apart by its configuration. */
  readonly commitLog: string;
  /** How often the plan copies it once more while it is played. */
  readonly again: number;
}

/** A store whose files were looked at. */
export interface MeasuredCopy extends StoreCopy {
  readonly files: readonly TreeFile[];
}

const commitLogName = 'commitlog';
/** Room that the rehearsal needs for what it writes itself, for each copy. */
const headroomBytes = 64 * 1024 * 1024;
const progressMs = 1_000;

/** Looks at the files of a store. Throws `SetupError` when a link in it leads nowhere. */
export async function measureStore(copy: StoreCopy): Promise<MeasuredCopy> {
  try {
    return { ...copy, files: await filesOfTree(copy.from) };
  } catch (thrown) {
    throw failure(copy, thrown);
  }
}

/** Refuses when the copies do not fit below `folder`. Throws `SetupError` with the size that is needed. */
export async function assertRoom(copies: readonly MeasuredCopy[], folder: string): Promise<void> {
  const needed = copies.reduce((sum, copy) => sum + bytesNeeded(copy), 0);
  const { bavail, bsize } = await statfs(folder);
  if (needed <= bavail * bsize) return;
  throw new SetupError(
    `The copies of the stores need ${megabytes(needed)}, and ${folder} has ${megabytes(bavail * bsize)} left: free some, or say another place with --folder.`,
  );
}

/** What the copies of a store take on the disk at most: holes take nothing. */
function bytesNeeded({ files, again }: MeasuredCopy): number {
  return headroomBytes + (1 + again) * files.reduce((sum, { bytesOnDisk }) => sum + bytesOnDisk, 0);
}

/**
 * Copies a store; the original is only read. Throws `SetupError` when something cannot be read or written.
 * @param onProgress told once a second how far it is
 */
export async function copyStore(
  copy: MeasuredCopy,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { files, from } = copy;
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  let toldMs = Date.now();
  const onBytes = (bytes: number) => {
    done += bytes;
    if (Date.now() - toldMs < progressMs) return;
    toldMs = Date.now();
    onProgress(`${Math.floor((100 * done) / total)} % of ${megabytes(total)}`);
  };
  try {
    const pairs = files.map(({ name }) => [path.join(from, name), placeOf(name, copy)] as const);
    await copyTree(pairs, { onBytes, signal });
  } catch (thrown) {
    signal.throwIfAborted();
    throw failure(copy, thrown);
  }
}

function placeOf(name: string, { to, commitLog }: StoreCopy): string {
  const [first, ...rest] = name.split(path.sep);
  return first === commitLogName ? path.join(commitLog, ...rest) : path.join(to, name);
}

function failure({ from, of }: StoreCopy, thrown: unknown): SetupError {
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  return new SetupError(`The store of ${of} could not be copied from ${from}: ${said}`, { cause: thrown });
}

/** Refuses a folder that is no store of a broker, or lacks the log that its configuration keeps apart. */
export function assertStore({ from, to, of, commitLog }: StoreCopy): void {
  const parts = [commitLogName, 'config', 'consumequeue'];
  if (!parts.some((part) => existsSync(path.join(from, part))))
    throw new SetupError(`--store of ${of}: ${from} is no store of a broker (it has none of ${parts.join(', ')}).`);
  if (commitLog !== path.join(to, commitLogName) && !existsSync(path.join(from, commitLogName)))
    throw new SetupError(
      `--store of ${of}: storePathCommitLog is elsewhere, and ${from} has no ${commitLogName}: put it there, a link will do.`,
    );
}

/** Refuses a store whose segment files have another size than the configuration says: no broker would start on it. */
export function assertSegments({ from, of }: StoreCopy, configuredBytes: number): void {
  const folder = path.join(from, commitLogName);
  const [first] = existsSync(folder) ? segmentFiles(folder) : [];
  if (first === undefined || first.size === configuredBytes) return;
  throw new SetupError(
    `${of}: its store has commit log files of ${first.size} bytes, and mappedFileSizeCommitLog is ${configuredBytes}: no broker starts so. Say the right size in the file, or for the rehearsal with --set mappedFileSizeCommitLog=${first.size}.`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MiB`;
}
