import {
  closeSync,
  existsSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { type FolderLock, lockFolder } from './folder-lock.ts';

/** An open file. Positions and lengths are bytes; every method throws what the system throws. */
export interface DiskFile {
  /** Reads at most `length` bytes into `bytes` at `from`; returns how many, 0 at the end of the file. */
  read(bytes: Uint8Array, from: number, length: number, position: number): number;
  /** Hands `length` bytes of `bytes` at `from` to the kernel; returns how many it took. */
  write(bytes: Uint8Array, from: number, length: number, position: number): number;
  /** New bytes are zeros and take no space. */
  resize(size: number): void;
  /** Makes the content durable, off the event loop. */
  datasync(done: (error: Error | null) => void): void;
  /** Makes the content durable before it returns. */
  sync(): void;
  close(): void;
}

/** The files of a process as a value, so that tests can hold them. Every method throws what the system throws. */
export interface Disk {
  open(path: string, mode: 'r' | 'r+' | 'w' | 'w+'): DiskFile;
  exists(path: string): boolean;
  size(path: string): number;
  /** Entries of a directory in no order; none where there is no directory. */
  list(directory: string): readonly { readonly name: string; readonly isDirectory: boolean }[];
  readText(path: string): string;
  writeText(path: string, text: string): void;
  /** With its parents; nothing when it is there. */
  makeDirectory(path: string): void;
  /** In one step; `to` is replaced. */
  rename(from: string, to: string): void;
  /** A file or a whole directory; nothing when it is missing. */
  remove(path: string): void;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): void;
  /** Throws STORE_LOCKED. */
  lock(folder: string): Promise<FolderLock>;
}

class SystemFile implements DiskFile {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  read(bytes: Uint8Array, from: number, length: number, position: number): number {
    return readSync(this.#fd, bytes, from, length, position);
  }

  write(bytes: Uint8Array, from: number, length: number, position: number): number {
    return writeSync(this.#fd, bytes, from, length, position);
  }

  resize(size: number): void {
    ftruncateSync(this.#fd, size);
  }

  datasync(done: (error: Error | null) => void): void {
    fdatasync(this.#fd, done);
  }

  sync(): void {
    fsyncSync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

export const systemDisk: Disk = {
  open: (path, mode) => new SystemFile(openSync(path, mode)),
  exists: existsSync,
  size: (path) => statSync(path).size,
  list(directory) {
    if (!existsSync(directory)) return [];
    return readdirSync(directory, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      isDirectory: entry.isDirectory(),
    }));
  },
  readText: (path) => readFileSync(path, 'utf8'),
  writeText: (path, text) => writeFileSync(path, text),
  makeDirectory: (path) => void mkdirSync(path, { recursive: true }),
  rename: renameSync,
  remove: (path) => rmSync(path, { recursive: true, force: true }),
  syncDirectory(path) {
    const fd = openSync(path, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  },
  lock: lockFolder,
};
