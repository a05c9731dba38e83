import { setTimeout as delay } from 'node:timers/promises';
import { groupEnd, isGroupRunning, signalGroup } from '../process-group.ts';
import { isAlive, startOf } from '../process-registry.ts';
import type { StandingProcess } from './state.ts';

/** Whether the process that was started, or what it left of its group, still runs; never another one with its number. */
export function isLiving(process: Pick<StandingProcess, 'pid' | 'start'>): boolean {
  // While members of a group live, no other process is given the number of their first one.
  return isAlive(process) || (startOf(process.pid) === null && isGroupRunning(process.pid));
}

/** Ends processes as their targets want it, and by SIGKILL what still runs after `stopMs`. Returns who had to be killed. */
export async function endAll(processes: readonly StandingProcess[], stopMs: number): Promise<StandingProcess[]> {
  const living = processes.filter(isLiving);
  for (const { pid, signals } of living) {
    if (signals?.stopReaches === 'all') signalGroup(pid, signals.stop);
    else signalFirst(pid, signals?.stop ?? 'SIGTERM');
  }
  const timer = new AbortController();
  const late = delay(stopMs, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([late, Promise.all(living.map(({ pid }) => groupEnd(pid)))]);
  timer.abort();
  const stubborn = living.filter(isLiving);
  for (const { pid } of stubborn) signalGroup(pid, 'SIGKILL');
  await Promise.all(stubborn.map(({ pid }) => groupEnd(pid)));
  return stubborn;
}

function signalFirst(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown; // ESRCH: it ended between the look and the signal
  }
}
