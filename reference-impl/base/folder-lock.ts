import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SwitchlabError } from './errors.ts';

/** Exclusive use of a folder, until `release`, or until this process ends in whatever way. */
export interface FolderLock {
  release(): void;
}

const held = new Set<string>();

/**
 * Takes `<folder>/<name>`, a file with the holder's process id and start time; creates the folder.
 * Throws STORE_LOCKED when a living process, or this one, holds it. A file left by a dead process counts for nothing.
 */
export function lockFolder(folder: string, name = 'lock'): FolderLock {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  const own = `${process.pid} ${startTime(process.pid)}\n`;
  if (held.has(file)) throw locked(folder, process.pid);
  try {
    writeFileSync(file, own, { flag: 'wx' });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    const [pid = '', started = ''] = readFileSync(file, 'latin1').trim().split(' ');
    if (Number(pid) !== process.pid && isAlive(Number(pid)) && startTime(Number(pid)) === started) {
      throw locked(folder, Number(pid));
    }
    writeFileSync(file, own);
  }
  held.add(file);
  return {
    release() {
      held.delete(file);
      rmSync(file, { force: true });
    },
  };
}

function locked(folder: string, pid: number): SwitchlabError {
  return new SwitchlabError('STORE_LOCKED', `Process ${pid} uses ${folder}.`);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Tells two processes of equal id apart where /proc exists; constant elsewhere. A zombie has no start time: it holds nothing. */
function startTime(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? 'dead' : (fields[18] ?? '0');
  } catch {
    return '0'; // No /proc, or the process has gone.
  }
}
