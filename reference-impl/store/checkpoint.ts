import { closeSync, existsSync, fdatasyncSync, openSync } from 'node:fs';
import { readInt64, viewOf, writeInt64 } from '../base/bytes.ts';
import { readFully, writeFully } from './file-io.ts';

// checkpoint, 4096 bytes, big-endian:  0 physicMsgTimestamp i64 | 8 logicsMsgTimestamp i64 | 16 indexMsgTimestamp i64
//   new only:  24 masterFlushedOffset i64 | 32 confirmPhyOffset i64      the rest is 0; old keeps what it finds there

const checkpointSize = 4096;
/** Slack of RocketMQ between the stamps and what is surely on disk. */
const slackMs = 3000;

/** How far each part of the store is surely on disk, by store time (ms): where recovery after a crash begins. */
export class Checkpoint {
  readonly #path: string;
  readonly #bytes = Buffer.alloc(checkpointSize);
  readonly #view = viewOf(this.#bytes);

  constructor(path: string) {
    this.#path = path;
    if (!existsSync(path)) return;
    const fd = openSync(path, 'r');
    readFully(fd, this.#bytes, 0, checkpointSize, 0);
    closeSync(fd);
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

  /** Writes the file and makes it durable. */
  flush(): void {
    const fd = openSync(this.#path, existsSync(this.#path) ? 'r+' : 'w+');
    writeFully(fd, this.#bytes, 0, checkpointSize, 0);
    fdatasyncSync(fd);
    closeSync(fd);
  }
}
