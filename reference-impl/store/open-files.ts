import { dirname } from 'node:path';
import type { Disk, DiskFile } from '../base/disk.ts';
import { createSegment } from './segment-files.ts';

const openFilesMax = 256;

/** Queue segments, opened on use; the one unused for longest is closed when there are too many. */
export class OpenFiles {
  readonly disk: Disk;
  /** In order of use, oldest first. */
  readonly #files = new Map<string, DiskFile>();
  /** Directories with names that may not be durable. */
  readonly #grown = new Set<string>();

  constructor(disk: Disk) {
    this.disk = disk;
  }

  /** An existing file, open until the next call. */
  open(path: string): DiskFile {
    let file = this.#files.get(path);
    if (file === undefined) file = this.disk.open(path, 'r+');
    else this.#files.delete(path);
    return this.#remember(path, file);
  }

  /** Creates a segment of zeros; open until the next call. */
  create(path: string, segmentSize: number): DiskFile {
    this.close(path);
    this.#grown.add(dirname(path));
    return this.#remember(path, createSegment(this.disk, path, segmentSize));
  }

  /** Directories in which files were created since the last call. */
  takeGrownDirectories(): string[] {
    const directories = [...this.#grown];
    this.#grown.clear();
    return directories;
  }

  close(path: string): void {
    const file = this.#files.get(path);
    if (file === undefined) return;
    this.#files.delete(path);
    file.close();
  }

  closeAll(): void {
    for (const path of this.#files.keys()) this.close(path);
  }

  #remember(path: string, file: DiskFile): DiskFile {
    this.#files.set(path, file);
    if (this.#files.size > openFilesMax) this.close(this.#files.keys().next().value!);
    return file;
  }
}
