import { existsSync } from 'node:fs';
import path from 'node:path';

const projectRoot = path.resolve(import.meta.dirname, '../..');

/** Where the user stands: npm scripts run in the folder of the project, and are told where they were called. */
export function userFolder(): string {
  return process.env.INIT_CWD ?? process.cwd();
}

/** A path that the user typed, as an absolute one. */
export function fromUser(typed: string): string {
  return path.resolve(userFolder(), typed);
}

/** Likewise; what is not there may be in the project: a run is named `test-results/…` wherever the user stands. */
export function fromUserOrProject(typed: string): string {
  const own = fromUser(typed);
  return existsSync(own) ? own : path.resolve(projectRoot, typed);
}
