import path from 'node:path';
import { execa } from 'execa';

/** Root of the checkout. */
export const projectRoot = path.resolve(import.meta.dirname, '../..');

/** A step of the tests that takes longer hangs. */
const stepMinutes = 15;

/**
 * Runs a tool of the project with its output on ours; returns its exit code. One that hangs is ended after a while.
 * @param env beside the environment; undefined takes a variable away
 */
export async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<number> {
  const { exitCode, failed, timedOut } = await execa(command, args, {
    cwd: projectRoot,
    preferLocal: true,
    env,
    stdio: 'inherit',
    reject: false,
    timeout: stepMinutes * 60_000,
  });
  if (timedOut) {
    console.error(`${[command, ...args].join(' ')} did not end within ${stepMinutes} minutes.`);
    return 1;
  }
  return exitCode ?? (failed ? 1 : 0);
}

/** Runs steps in order and stops at the first that fails; returns its exit code, 0 when all passed. */
export async function runInOrder(steps: readonly (readonly [title: string, step: () => Promise<number>])[]) {
  for (const [title, step] of steps) {
    const startedMs = Date.now();
    console.log(`\n── ${title}`);
    const code = await step();
    console.log(
      `── ${title}: ${code === 0 ? 'passed' : `failed (exit ${code})`}, ${((Date.now() - startedMs) / 1000).toFixed(1)} s`,
    );
    if (code !== 0) return code;
  }
  return 0;
}
