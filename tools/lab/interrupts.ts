import { constants } from 'node:os';

const interrupting = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Aborts, with the signal's name as reason, when this process is asked to end. Asked again it goes on winding down: a
 * terminal tells every process of a job, and the start script passes on what it was told.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of interrupting) process.on(name, () => controller.abort(name));
  // The start script holds a channel to this process, which closes when it is killed; to wait for that is no reason to stay.
  process.once('disconnect', () => controller.abort('SIGHUP'));
  process.channel?.unref();
  return controller.signal;
}

/** Exit code of a shell for a run that a signal ended. */
export function interruptedCode(signal: AbortSignal): number {
  return 128 + constants.signals[signal.reason as NodeJS.Signals];
}

/** For a program that starts processes itself: asked to end, it exits at once, and what it started ends with it. */
export function exitWhenInterrupted(): void {
  const signal = interruption();
  signal.addEventListener('abort', () => process.exit(interruptedCode(signal)), { once: true });
}
