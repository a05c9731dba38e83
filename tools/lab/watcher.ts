import { once } from 'node:events';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { runVariable } from './marked-processes.ts';

const program = path.join(import.meta.dirname, 'watcher-program.ts');

/**
 * Starts a small process that outlives this one by a moment. However this one ends, by SIGKILL too, it then ends everything
 * that was started from here and removes the folders. Call it before anything is started; disposal has the same done at once,
 * and resolves when it is.
 */
export function startWatcher(folders: readonly string[]): AsyncDisposable {
  const run = `${process.pid}-${Date.now()}`;
  const environment = process.env;
  const watcher = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, run, ...folders], {
    // A session of its own: what ends all processes of a terminal's job leaves it alone.
    detached: true,
    // This process alone holds the other end of its standard input, which closes with it.
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...environment },
  });
  const ended = once(watcher, 'exit');
  watcher.unref();
  environment[runVariable] = run;
  return {
    async [Symbol.asyncDispose]() {
      watcher.ref();
      watcher.stdin.end();
      await ended;
    },
  };
}
