import { readInt64, viewOf, writeInt64 } from '../base/bytes.ts';
import type { Disk, DiskFile } from '../base/disk.ts';
import { readFully, writeFully } from './file-io.ts';

// checkpoint, 4096 bytes, big-endian:  0 physicMsgTimestamp i64 | 8 logicsMsgTimestamp i64 | 16 indexMsgTimestamp i64
//   new only:  24 masterFlushedOffset i64 | 32 confirmPhyOffset i64      the rest is 0; old keeps what it finds there

const checkpointSize = 4096;
/** Slack of RocketMQ between the stamps and what is surely on disk. */
const slackMs = 3000;

/** How far each part of the store is surely on disk, by store time (ms): where recovery after a crash begins. */
export class Checkpoint {
  /** How often it was lowered: stamps that were taken before may say too much. */
  lowered = 0;
  readonly path: string;
  readonly #disk: Disk;
  readonly #bytes = Buffer.alloc(checkpointSize);
  readonly #view = viewOf(this.#bytes);

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.path = path;
    if (!disk.exists(path)) return;
    const file = disk.open(path, 'r');
    readFully(file, this.#bytes, 0, checkpointSize, 0);
    file.close();
  }

  /** Commit log flushed up to the record of this time. */
  get physicMsgTimestamp(): number {
    return readInt64(this.#view, 0);
  }

  set physicMsgTimestamp(timestampMs: number) {
    writeInt64(this.#view, 0, timestampMs);
  }

  /** Queues flushed up to the record of this time. */
  get logicsMsgTimestamp(): number {
    return readInt64(this.#view, 8);
  }

  set logicsMsgTimestamp(timestampMs: number) {
    writeInt64(this.#view, 8, timestampMs);
  }

  /** Key index flushed up to the record of this time. */
  get indexMsgTimestamp(): number {
    return readInt64(this.#view, 16);
  }

  set indexMsgTimestamp(timestampMs: number) {
    writeInt64(this.#view, 16, timestampMs);
  }

  get confirmPhyOffset(): number {
    return readInt64(this.#view, 32);
  }

  set confirmPhyOffset(offset: number) {
    writeInt64(this.#view, 32, offset);
  }

  /** Commit log and queues are whole up to here. */
  get minTimestamp(): number {
    return Math.max(0, Math.min(this.physicMsgTimestamp, this.logicsMsgTimestamp) - slackMs);
  }

  /**
   * A record of `timestampMs` came behind others although the stamps vouch for that time: the log was cut, or the clock that
   * stamps it went back. The key index knows by offsets how far it is. Durable when the call returns: recovery must not begin behind records that it has to dispatch.
   */
  lowerTo(timestampMs: number): void {
    this.lowered++;
    this.physicMsgTimestamp = Math.min(this.physicMsgTimestamp, timestampMs);
    this.logicsMsgTimestamp = Math.min(this.logicsMsgTimestamp, timestampMs);
    const file = this.#open();
    file.sync();
    file.close();
  }

  /** Hands the file to the kernel. */
  write(): void {
    this.#open().close();
  }

  #open(): DiskFile {
    const file = this.#disk.open(this.path, this.#disk.exists(this.path) ? 'r+' : 'w+');
    writeFully(file, this.#bytes, 0, checkpointSize, 0);
    return file;
  }
}
