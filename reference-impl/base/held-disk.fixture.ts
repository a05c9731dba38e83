import { type Disk, systemDisk } from './disk.ts';

/** The system's disk, but for a test that holds what becomes durable. */
export class HeldDisk {
  held = false;
  /** Files and directories synced before anything else went on, and files moved, by name, in order. */
  readonly done: string[] = [];
  readonly #waiting: (() => void)[] = [];

  /** Lets the flushes go on that began while it was held. */
  release(): void {
    this.held = false;
    for (const go of this.#waiting.splice(0)) go();
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  readonly disk: Disk = {
    ...systemDisk,
    open: (path, mode) => {
      const file = systemDisk.open(path, mode);
      return {
        read: (...args) => file.read(...args),
        write: (...args) => file.write(...args),
        resize: (size) => file.resize(size),
        sync: () => {
          file.sync();
          this.done.push(path);
        },
        close: () => file.close(),
        datasync: (done) => {
          if (this.held) this.#waiting.push(() => file.datasync(done));
          else file.datasync(done);
        },
      };
    },
    rename: (from, to) => {
      systemDisk.rename(from, to);
      this.done.push(`${from} -> ${to}`);
    },
    syncDirectory: (path) => {
      systemDisk.syncDirectory(path);
      this.done.push(path);
    },
  };
}
