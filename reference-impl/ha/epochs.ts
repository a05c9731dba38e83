import type { Disk } from '../base/disk.ts';
import { type EpochStart, appendEpoch, dropEndsBefore, dropEpochsFrom, dropStartsFrom } from './epoch-list.ts';
import { readEpochFile, writeEpochFile } from './epoch-file.ts';

/** The epoch list of one broker, in memory and in its file: every change is on disk when the call returns. */
export class Epochs {
  readonly #disk: Disk;
  readonly #path: string;
  #list: readonly EpochStart[];

  /** @param path storePathEpochFile; throws STORE_CORRUPT */
  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
    this.#list = readEpochFile(disk, path);
  }

  get list(): readonly EpochStart[] {
    return this.#list;
  }

  /** -1 without an entry. */
  get lastEpoch(): number {
    return this.#list.at(-1)?.epoch ?? -1;
  }

  /** False when the entry does not ascend. */
  append(entry: EpochStart): boolean {
    const longer = appendEpoch(this.#list, entry);
    if (longer !== null) this.#replace(longer);
    return longer !== null;
  }

  /**
   * This broker writes in `epoch` from `endOffset`, the end of its log, on; returns where that epoch starts. It starts
   * earlier when this broker was its master before a restart: then its entry stands, or no replica would find it again.
   */
  beginAsMaster(epoch: number, endOffset: number): number {
    const last = this.#list.at(-1);
    if (last?.epoch === epoch && last.startOffset <= endOffset) return last.startOffset;
    this.#replace([...dropStartsFrom(dropEpochsFrom(this.#list, epoch), endOffset), { epoch, startOffset: endOffset }]);
    return endOffset;
  }

  /** The log was cut at `offset`. */
  truncateTo(offset: number): void {
    this.#replace(dropStartsFrom(this.#list, offset));
  }

  /** Segments before `minOffset` are gone. */
  dropBefore(minOffset: number): void {
    this.#replace(dropEndsBefore(this.#list, minOffset));
  }

  #replace(list: readonly EpochStart[]): void {
    if (list.length === this.#list.length && list.every((entry, i) => entry === this.#list[i])) return;
    // What the file does not hold must not count.
    writeEpochFile(this.#disk, this.#path, list);
    this.#list = list;
  }
}
