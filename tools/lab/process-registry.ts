// One file per runner and thread, <cache>/children/<runner pid>-<runner start>-<thread>, a line per child:
//   <pid> <start time> <process | group>
// Start times are those of /proc/<pid>/stat, in clock ticks since boot: with them a pid names one process for ever.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { threadId } from 'node:worker_threads';
import { cacheFolder } from './folders.ts';
import { until } from './until.ts';

/** A process, whose pid alone may come to name another one. */
export interface Identity {
  readonly pid: number;
  readonly start: string;
}

const startField = 22;
const goneDeadlineMs = 10_000;

/** Start time of a live process, null when there is none (or no /proc). One that ended and was not waited for is none. */
export function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the command in brackets and may hold blanks; the third follows the last bracket.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : (fields[startField - 4] ?? null);
  } catch {
    return null; // ENOENT: it has ended
  }
}

interface ChildIdentity extends Identity {
  /** It is the first of a process group that is of the lab as well. */
  readonly group: boolean;
}

export function isAlive({ pid, start }: Identity): boolean {
  return startOf(pid) === start;
}

function killNow(child: ChildIdentity): boolean {
  // While members of a group live, no other process is given the pid of their first one.
  if (!isAlive(child) && !(child.group && startOf(child.pid) === null)) return false;
  try {
    process.kill(child.group ? -child.pid : child.pid, 'SIGKILL');
    return true;
  } catch {
    return false; // it ended between the look and the signal
  }
}

function childrenIn(file: string): ChildIdentity[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [pid, start, kind] = line.split(' ');
    return pid && start ? [{ pid: Number(pid), start, group: kind === 'group' }] : [];
  });
}

/** Record of the children of this thread, on disk before anything can go wrong with them. */
export interface ProcessRegistry {
  /** @param group the child is the first of a process group of its own */
  add(pid: number, group?: boolean): void;
  /** Kills, at once, every recorded child that still runs. */
  killAll(): void;
}

async function openRegistry(): Promise<ProcessRegistry> {
  const folder = await cacheFolder('children');
  const file = path.join(folder, `${process.pid}-${startOf(process.pid) ?? 'unknown'}-${threadId}`);
  const registry: ProcessRegistry = {
    add(pid, group = false) {
      const start = startOf(pid);
      mkdirSync(folder, { recursive: true });
      if (start !== null) appendFileSync(file, `${pid} ${start} ${group ? 'group' : 'process'}\n`);
    },
    killAll() {
      try {
        childrenIn(file).forEach(killNow);
        rmSync(file);
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown; // ENOENT: no child was ever started
      }
    },
  };
  process.on('exit', () => registry.killAll());
  return registry;
}

let ofThisThread: Promise<ProcessRegistry> | undefined;

/** The registry of this thread; its children end with the thread at the latest. */
export function processRegistry(): Promise<ProcessRegistry> {
  ofThisThread ??= openRegistry();
  return ofThisThread;
}

/**
 * Kills the children of runners that are gone, and those that terminated worker threads of this process left behind;
 * returns how many. Call it at the start of a run and after its workers have ended.
 */
export async function reapOrphans(): Promise<number> {
  const folder = await cacheFolder('children');
  let reaped = 0;
  // A runner that was itself a child of one that is gone dies in one round; its children follow in the next.
  for (let round = reapIn(folder); round.length > 0; round = reapIn(folder)) {
    reaped += round.length;
    const left = () => round.filter(isAlive).map(({ pid }) => pid);
    await until('killed processes are gone', left, (pids) => pids.length === 0, { deadlineMs: goneDeadlineMs });
  }
  return reaped;
}

function reapIn(folder: string): Identity[] {
  const reaped: Identity[] = [];
  for (const name of readdirSync(folder)) {
    const [pid, start, thread] = name.split('-');
    const runner = { pid: Number(pid), start: start ?? '' };
    const mine = runner.pid === process.pid && thread === String(threadId);
    if (mine || (isAlive(runner) && runner.pid !== process.pid)) continue;
    const file = path.join(folder, name);
    reaped.push(...childrenIn(file).filter(killNow));
    rmSync(file, { force: true });
  }
  return reaped;
}
