import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 20;

/** Sends a signal to every process of a group; nothing when none is left. */
export function signalGroup(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown; // ESRCH: all of them have ended
  }
}

/** Resolves when no process of the group runs any more. Unbounded: whoever waits has a deadline, and SIGKILL ends them. */
export async function groupEnd(group: number): Promise<void> {
  while (isGroupRunning(group)) await delay(pollMs);
}

/** Whether a process of the group runs. */
export function isGroupRunning(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch {
    return false; // ESRCH: all of them have ended
  }
  return !onlyDead(group);
}

/** A dead process that nobody has waited for still counts as a member: where there is /proc, it tells. */
function onlyDead(group: number): boolean {
  const members = processes().filter((stat) => stat.group === group);
  return members.length > 0 && members.every(({ state }) => state === 'Z' || state === 'X');
}

function processes(): { readonly state: string; readonly group: number }[] {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.flatMap((pid) => statOf(pid) ?? []);
  } catch {
    return []; // ENOENT: no /proc on this system
  }
}

function statOf(pid: string): { readonly state: string; readonly group: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command stands in brackets and may hold blanks; behind it: state, parent, group.
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: state!, group: Number(group) };
  } catch {
    return null; // it ended between the listing and the look
  }
}
