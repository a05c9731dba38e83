import type { Disk } from '../base/disk.ts';
import type { DiskGuard } from './disk-guard.ts';
import type { Flusher } from './flusher.ts';
import type { StoreParts } from './recovery.ts';

/** Makes log, queues and index durable, and then says so in the checkpoint: recovery trusts everything it names. */
export class Checkpointer {
  readonly #parts: StoreParts;
  readonly #flusher: Flusher;
  readonly #disk: Disk;
  readonly #guard: DiskGuard;
  readonly #confirmOffset: () => number | null;
  #running: Promise<void> | null = null;

  /** @param confirmOffset to be kept in the checkpoint; null outside controller mode */
  constructor(parts: StoreParts, flusher: Flusher, disk: Disk, guard: DiskGuard, confirmOffset: () => number | null) {
    this.#parts = parts;
    this.#flusher = flusher;
    this.#disk = disk;
    this.#guard = guard;
    this.#confirmOffset = confirmOffset;
  }

  /** Starts a round unless one runs. */
  start(): void {
    this.#running ??= this.#round();
  }

  /** A whole round from now on. */
  async run(): Promise<void> {
    await this.#running;
    this.start();
    await this.#running;
  }

  async #round(): Promise<void> {
    try {
      if (this.#guard.writeable) await this.#write();
    } catch (thrown) {
      this.#guard.fail(thrown);
    } finally {
      this.#running = null;
    }
  }

  async #write(): Promise<void> {
    const { queues, index, dispatcher, checkpoint } = this.#parts;
    const { storeTimestamp } = dispatcher;
    const { lowered } = checkpoint;
    const indexTimestamp = index.endTimestamp;
    const confirmOffset = this.#confirmOffset();
    queues.write();
    const files = [...queues.takeUnsyncedFiles(), ...index.write()];
    const directories = queues.takeUnsyncedDirectories();
    // Before the first wait the stamps and the bytes belong together; after it new messages may have come.
    await this.#flusher.flushed();
    for (const file of files) await syncFile(this.#disk, file);
    for (const directory of directories) if (this.#disk.exists(directory)) this.#disk.syncDirectory(directory);
    if (!this.#guard.writeable || checkpoint.lowered !== lowered) return;
    if (storeTimestamp > 0) {
      checkpoint.physicMsgTimestamp = storeTimestamp;
      checkpoint.logicsMsgTimestamp = storeTimestamp;
    }
    if (indexTimestamp > 0) checkpoint.indexMsgTimestamp = indexTimestamp;
    if (confirmOffset !== null) checkpoint.confirmPhyOffset = confirmOffset;
    checkpoint.write();
    // Not at once: the broker would stand still for as long as the file system writes everything else.
    await syncFile(this.#disk, checkpoint.path);
  }
}

/** A file deleted meanwhile needs no sync. */
async function syncFile(disk: Disk, path: string): Promise<void> {
  if (!disk.exists(path)) return;
  const file = disk.open(path, 'r');
  try {
    await new Promise<void>((resolve, reject) => {
      file.datasync((error) => (error === null ? resolve() : reject(error)));
    });
  } finally {
    file.close();
  }
}
