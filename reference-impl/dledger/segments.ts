import {
  closeSync,
  fdatasync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assert } from '../base/assert.ts';
import { SwitchlabError } from '../base/errors.ts';
import type { SegmentedBytes } from './disk.ts';

const sync = promisify(fdatasync);

/** Segments as files, named by their first position in 20 digits. Files are sparse: what was never written takes no space. */
export class Segments implements SegmentedBytes {
  readonly #folder: string;
  readonly #segmentBytes: number;
  /** Open files by first position, ascending and without gaps. */
  readonly #files = new Map<number, number>();
  readonly #dirty = new Set<number>();

  /** Opens what is there; throws STORE_CORRUPT for a gap or a file of another size. */
  constructor(folder: string, segmentBytes: number) {
    this.#folder = folder;
    this.#segmentBytes = segmentBytes;
    mkdirSync(folder, { recursive: true });
    const names = readdirSync(folder)
      .filter((name) => /^\d{20}$/.test(name))
      .sort();
    for (const name of names) this.#open(name, name === names.at(-1));
  }

  #open(name: string, last: boolean): void {
    const path = join(this.#folder, name);
    const { size } = statSync(path);
    // Created, and not yet given its size when the process died.
    if (last && size === 0) return rmSync(path);
    const start = Number(name);
    const previous = [...this.#files.keys()].at(-1);
    const gap = previous !== undefined && start !== previous + this.#segmentBytes;
    if (size !== this.#segmentBytes || gap || start % this.#segmentBytes !== 0) {
      const text = `${path} has ${size} bytes; segments of ${this.#segmentBytes} bytes without a gap are expected.`;
      throw new SwitchlabError('STORE_CORRUPT', text);
    }
    this.#files.set(start, openSync(path, 'r+'));
  }

  get starts(): readonly number[] {
    return [...this.#files.keys()];
  }

  read(position: number, length: number): Buffer {
    const start = position - (position % this.#segmentBytes);
    const fd = this.#files.get(start);
    if (fd === undefined) return Buffer.alloc(0);
    const bytes = Buffer.alloc(Math.min(length, start + this.#segmentBytes - position));
    const count = readSync(fd, bytes, 0, bytes.length, position - start);
    return bytes.subarray(0, count);
  }

  write(position: number, bytes: Uint8Array): void {
    const start = position - (position % this.#segmentBytes);
    assert(position + bytes.length <= start + this.#segmentBytes, 'a write crosses a segment');
    const fd = this.#files.get(start) ?? this.#create(start);
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(fd, bytes, done, bytes.length - done, position - start + done);
    }
    this.#dirty.add(fd);
  }

  #create(start: number): number {
    const fd = openSync(join(this.#folder, String(start).padStart(20, '0')), 'wx+');
    ftruncateSync(fd, this.#segmentBytes);
    this.#files.set(start, fd);
    return fd;
  }

  truncate(position: number): void {
    for (const [start, fd] of this.#files) {
      if (start >= position) {
        this.#files.delete(start);
        this.#dirty.delete(fd);
        closeSync(fd);
        rmSync(join(this.#folder, String(start).padStart(20, '0')));
      } else if (position < start + this.#segmentBytes) {
        // Old bytes behind a new, shorter entry would look like entries at the next recovery.
        ftruncateSync(fd, position - start);
        ftruncateSync(fd, this.#segmentBytes);
        this.#dirty.add(fd);
      }
    }
  }

  async flush(): Promise<void> {
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    await Promise.all(dirty.map((fd) => sync(fd)));
  }

  close(): void {
    for (const fd of this.#files.values()) closeSync(fd);
    this.#files.clear();
  }
}
