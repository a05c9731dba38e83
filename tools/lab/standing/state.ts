import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { SetupError } from '../setup-error.ts';
import type { Role, Signals } from '../targets/target.ts';

/** Something that a process of a standing cluster serves. */
export interface StandingServer {
  readonly name: string;
  readonly role: Role;
  /** `host:port`, on loopback. */
  readonly address: string;
  /** Of a broker: the name of its group, and whether controllers elect its master. */
  readonly group: { readonly name: string; readonly elected: boolean } | null;
}

export interface StandingProcess {
  readonly name: string;
  /** Of the first process of a group of its own. */
  readonly pid: number;
  /** With the pid it names one process for ever: see `process-registry.ts`. */
  readonly start: string;
  /** Null: SIGTERM to the first. */
  readonly signals: Signals | null;
  readonly logFile: string;
  readonly configFile: string;
  /** Asked for a sign of life, in the way of its target. */
  readonly probe: 'answer' | 'connect';
  readonly servers: readonly StandingServer[];
}

/** A cluster that outlives the command that started it. */
export interface StandingCluster {
  readonly topology: readonly string[];
  readonly target: string;
  readonly profile: string;
  /** When, as ISO text. */
  readonly since: string;
  /** How long a process may take to end, ms. */
  readonly stopMs: number;
  /** Those that were started so far. */
  readonly processes: readonly StandingProcess[];
}

/** The folder of the one standing cluster of this user, with its state, its logs and the homes of its processes. */
export function standingFolder(): string {
  const base = process.env.XDG_STATE_HOME || path.join(homedir(), '.local', 'state');
  return path.join(base, 'rocketmq-switchlab', 'cluster');
}

const stateFile = () => path.join(standingFolder(), 'cluster.json');

/** Makes the folder, which whoever has it holds alone. Throws `SetupError` while a cluster stands. */
export function claimStandingFolder(): string {
  const folder = standingFolder();
  mkdirSync(path.dirname(folder), { recursive: true });
  try {
    mkdirSync(folder);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    throw new SetupError(
      'A cluster is up already: `npm run cluster -- status` shows it, `npm run cluster -- down` ends it.',
    );
  }
  return folder;
}

/** Null when no cluster stands. */
export function readStanding(): StandingCluster | null {
  if (!existsSync(standingFolder())) return null;
  // Whoever claimed the folder may have been killed before it started anything.
  if (!existsSync(stateFile()))
    return { topology: [], target: '', profile: '', since: new Date(0).toISOString(), stopMs: 0, processes: [] };
  return JSON.parse(readFileSync(stateFile(), 'utf8')) as StandingCluster;
}

/** Complete or as before, whenever this process is killed. */
export function writeStanding(cluster: StandingCluster): void {
  const scratch = `${stateFile()}.new`;
  writeFileSync(scratch, `${JSON.stringify(cluster, null, 1)}\n`);
  renameSync(scratch, stateFile());
}

export function removeStandingFolder(): void {
  rmSync(standingFolder(), { recursive: true, force: true });
}
