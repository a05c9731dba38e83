import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupError } from './setup-error.ts';

/** The longest holder fetches a release by Maven and boots it for its archives. */
const waitMaxMs = 900_000;
const pollMs = 100;

/** Whether the process that wrote the lock file is gone. Threads of one process share its pid: such a lock is alive. */
async function isStale(file: string): Promise<boolean> {
  try {
    const pid = Number(await readFile(file, 'utf8'));
    if (!(pid > 0)) return false; // its owner is about to write its pid
    process.kill(pid, 0);
    return false;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Runs `work` while holding the lock `file`, so that one process or thread at a time does; waits for others up to 15 min. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const endMs = performance.now() + waitMaxMs;
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
    if (await isStale(file)) await rm(file, { force: true });
    else if (performance.now() > endMs)
      throw new SetupError(`Another run holds ${file} for too long: remove it if none runs.`);
    else await delay(pollMs);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
