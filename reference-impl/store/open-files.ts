import { closeSync, openSync } from 'node:fs';
import { createSegment } from './segment-files.ts';

const openFilesMax = 256;

/** Descriptors of queue segments, opened on use; the one unused for longest is closed when there are too many. */
export class OpenFiles {
  /** In order of use, oldest first. */
  readonly #descriptors = new Map<string, number>();

  /** Descriptor of an existing file, valid until the next call. */
  open(path: string): number {
    let fd = this.#descriptors.get(path);
    if (fd === undefined) fd = openSync(path, 'r+');
    else this.#descriptors.delete(path);
    return this.#remember(path, fd);
  }

  /** Creates a segment of zeros; valid until the next call. */
  create(path: string, segmentSize: number): number {
    this.close(path);
    return this.#remember(path, createSegment(path, segmentSize));
  }

  close(path: string): void {
    const fd = this.#descriptors.get(path);
    if (fd === undefined) return;
    this.#descriptors.delete(path);
    closeSync(fd);
  }

  closeAll(): void {
    for (const path of this.#descriptors.keys()) this.close(path);
  }

  #remember(path: string, fd: number): number {
    this.#descriptors.set(path, fd);
    if (this.#descriptors.size > openFilesMax) this.close(this.#descriptors.keys().next().value!);
    return fd;
  }
}
