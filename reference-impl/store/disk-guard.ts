import { SwitchlabError, errorText } from '../base/errors.ts';
import type { Log } from '../base/log.ts';

/** Runs what writes. The first failure is the last: from then on nothing is written, so nothing can be acknowledged. */
export class DiskGuard {
  readonly #rootDir: string;
  readonly #log: Log;
  #writeable = true;

  constructor(rootDir: string, log: Log) {
    this.#rootDir = rootDir;
    this.#log = log;
  }

  get writeable(): boolean {
    return this.#writeable;
  }

  /** False when nothing may be written, or this write failed. */
  run(write: () => void): boolean {
    if (!this.#writeable) return false;
    try {
      write();
      return true;
    } catch (thrown) {
      this.fail(thrown);
      return false;
    }
  }

  /** Takes what a write threw; throws it again when it is no failure of the system but a bug of ours. */
  fail(thrown: unknown): void {
    const wasWriteable = this.#writeable;
    this.#writeable = false;
    if (!(thrown instanceof Error && 'syscall' in thrown)) throw thrown;
    if (!wasWriteable) return;
    this.#log.error(
      { storePathRootDir: this.#rootDir, error: errorText(thrown) },
      'the disk failed: nothing more is stored',
    );
  }

  close(): void {
    this.#writeable = false;
  }

  closed(): SwitchlabError {
    return new SwitchlabError('STORE_CLOSED', `The store at ${this.#rootDir} takes no more writes.`);
  }

  assertWriteable(): void {
    if (!this.#writeable) throw this.closed();
  }
}
