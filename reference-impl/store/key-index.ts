import { basename, join } from 'node:path';
import type { Disk } from '../base/disk.ts';
import { SwitchlabError } from '../base/errors.ts';
import { IndexFile } from './index-file.ts';

/** Hash of an index key: the Java hash's absolute value; the one value without an absolute counts as 0. */
export function indexKeyHash(javaHash: number): number {
  return javaHash === -2147483648 ? 0 : Math.abs(javaHash);
}

export interface KeyIndexOptions {
  readonly storePathRootDir: string;
  readonly maxHashSlotNum: number;
  readonly maxIndexNum: number;
}

/** The key index: `<root>/index/<creation time>`, files filled one after the other. */
export class KeyIndex {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #options: KeyIndexOptions;
  readonly #files: IndexFile[] = [];
  /** Files that were filled since the last `write`. */
  readonly #sealed: string[] = [];

  constructor(disk: Disk, options: KeyIndexOptions) {
    this.#disk = disk;
    this.#directory = join(options.storePathRootDir, 'index');
    this.#options = options;
  }

  /**
   * Opens the files. After a crash one that holds more than the checkpoint knows to be on disk is deleted: recovery
   * indexes its messages again.
   * @param indexMsgTimestamp of the checkpoint; Infinity after a clean exit
   */
  load(indexMsgTimestamp: number): void {
    const { maxHashSlotNum, maxIndexNum } = this.#options;
    const size = IndexFile.size(maxHashSlotNum, maxIndexNum);
    for (const name of this.#names()) {
      const path = join(this.#directory, name);
      const found = this.#disk.size(path);
      // The leftover of a creation that a crash interrupted.
      if (found === 0) {
        this.#disk.remove(path);
        continue;
      }
      if (found !== size) throw new SwitchlabError('STORE_CORRUPT', `${path} has ${found} bytes instead of ${size}.`);
      const file = IndexFile.open(this.#disk, path, maxHashSlotNum, maxIndexNum);
      if (file.endTimestamp > indexMsgTimestamp) {
        file.close();
        this.#disk.remove(path);
      } else {
        this.#files.push(file);
      }
    }
  }

  /** Start of the last message indexed: it and those before it are known. -1 without any. */
  get endPhyOffset(): number {
    return this.#files.at(-1)?.endPhyOffset ?? -1;
  }

  get endTimestamp(): number {
    return this.#files.at(-1)?.endTimestamp ?? 0;
  }

  /** @param javaHash of `topic#key` */
  put(javaHash: number, phyOffset: number, storeTimestamp: number): void {
    this.#writable(storeTimestamp).put(indexKeyHash(javaHash), phyOffset, storeTimestamp);
  }

  /** Physical offsets that may match, newest file and newest entry first; ends when `visit` returns false. */
  search(javaHash: number, beginMs: number, endMs: number, visit: (phyOffset: number) => boolean): void {
    const keyHash = indexKeyHash(javaHash);
    for (let i = this.#files.length - 1; i >= 0; i--) {
      const file = this.#files[i]!;
      if (file.overlaps(beginMs, endMs) && !file.search(keyHash, beginMs, endMs, visit)) return;
    }
  }

  /** Lets messages from `offset` on be indexed again, after the log was cut there. */
  forgetBehind(offset: number): void {
    this.#files.at(-1)?.forgetBehind(offset);
  }

  /** Hands everything to the kernel; returns the files to be made durable. Throws what the system threw. */
  write(): string[] {
    const last = this.#files.at(-1);
    if (last === undefined) return [];
    last.write();
    return [...this.#sealed.splice(0), last.path];
  }

  deleteAll(): void {
    this.close();
    this.#disk.remove(this.#directory);
  }

  close(): void {
    for (const file of this.#files) file.close();
    this.#files.length = 0;
  }

  #names(): string[] {
    return this.#disk
      .list(this.#directory)
      .map(({ name }) => name)
      .sort();
  }

  #writable(nowMs: number): IndexFile {
    const last = this.#files.at(-1);
    if (last !== undefined && !last.isFull) return last;
    if (last !== undefined) {
      last.seal();
      this.#sealed.push(last.path);
    }
    this.#disk.makeDirectory(this.#directory);
    const { maxHashSlotNum, maxIndexNum } = this.#options;
    const file = IndexFile.create(this.#disk, this.#nextPath(nowMs), maxHashSlotNum, maxIndexNum, last);
    this.#files.push(file);
    return file;
  }

  /** Named by local time, but always behind the last file: names are the order. */
  #nextPath(nowMs: number): string {
    const stamp = stampOf(new Date(nowMs));
    const last = this.#files.at(-1)?.path;
    const lastStamp = last === undefined ? '' : basename(last);
    return join(this.#directory, stamp > lastStamp ? stamp : String(BigInt(lastStamp) + 1n));
  }
}

/** yyyyMMddHHmmssSSS in local time. */
function stampOf(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return (
    String(date.getFullYear()).padStart(4, '0') +
    two(date.getMonth() + 1) +
    two(date.getDate()) +
    two(date.getHours()) +
    two(date.getMinutes()) +
    two(date.getSeconds()) +
    String(date.getMilliseconds()).padStart(3, '0')
  );
}
