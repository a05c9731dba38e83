import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { PlannedServer } from './plan-servers.ts';
import type { Trial } from './trial.ts';

/** What one broker of a trial has on disk of its id: to lose it, and to know how far the broker has come. */
export class IdentityFile {
  readonly #path: string;

  constructor(trial: Trial, server: PlannedServer) {
    const { config } = trial.cluster.plan.processes.find(({ name }) => name === server.process)!;
    this.#path = path.join(String(config.storePathRootDir), 'brokerIdentity');
  }

  /** The broker has its id for good. */
  get isFinal(): boolean {
    return existsSync(this.#path);
  }

  /** The id that the broker applies for, null while it does not. */
  get appliedId(): number | null {
    const file = `${this.#path}-temp`;
    // cluster#broker name#id#check code; empty while it is written
    const id = existsSync(file) ? Number(readFileSync(file, 'utf8').split('#')[2]) : Number.NaN;
    return Number.isInteger(id) ? id : null;
  }

  lose(): void {
    rmSync(this.#path);
  }
}
