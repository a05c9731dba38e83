import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** File of an evidence folder with the recovery of a client. */
export const recoveryFile = 'recovery.json';

/** How long a client that is not ours went without a master. Times are ms from the beginning of the fault. */
export interface Recovery {
  /** `java:5.3.3`, `go`. */
  readonly client: string;
  readonly version: string;
  /** What happened to the master: `is killed`. */
  readonly fault: string;
  /** Until a broker other than the lost one first acknowledged a send. */
  readonly sendMs: number;
  /** Until a message that another broker had stored was first delivered. */
  readonly deliveryMs: number;
  /** How often the client asks for routes, which bounds how soon it can hear of a new master. */
  readonly routePollMs: number;
}

export function writeRecovery(recovery: Recovery, evidenceFolder: string): void {
  writeFileSync(path.join(evidenceFolder, recoveryFile), `${JSON.stringify(recovery, null, 1)}\n`);
}
