import path from 'node:path';

/** Where the user stands: npm scripts run in the folder of the project, and are told where they were called. */
export function userFolder(): string {
  return process.env.INIT_CWD ?? process.cwd();
}

/** A path that the user typed, as an absolute one. */
export function fromUser(typed: string): string {
  return path.resolve(userFolder(), typed);
}
