import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Environment variable by which processes know their run: whoever is started inherits it, and so do those that it starts. */
export const runVariable = 'SWITCHLAB_RUN';

/** Kills every process that was started by a run, and returns how many there were; none where there is no /proc. */
export function killMarked(run: string): number {
  if (!existsSync('/proc')) return 0;
  const marked = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isMarked(name, run));
  for (const pid of marked) kill(Number(pid));
  return marked.length;
}

function isMarked(pid: string, run: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${runVariable}=${run}`);
  } catch {
    return false; // EACCES: another user's; ENOENT: it has ended
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ESRCH: it ended between the look and the signal
  }
}
