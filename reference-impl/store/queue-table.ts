import { dirname, join } from 'node:path';
import { javaHashCode } from '../base/bytes.ts';
import type { Disk } from '../base/disk.ts';
import { ConsumeQueue } from './consume-queue.ts';
import { scheduleTopic } from './delay-levels.ts';
import { OpenFiles } from './open-files.ts';

/** The queues of one topic, and what is computed once per topic. */
export interface TopicQueues {
  readonly topic: string;
  /** UTF-8 of the name. */
  readonly bytes: Buffer;
  /** Java hash of `topic#`, where the hash of an index key goes on. */
  readonly keyHashStart: number;
  readonly isSchedule: boolean;
  /** False for a name that would leave its directory. */
  readonly isStorable: boolean;
  readonly queues: Map<number, ConsumeQueue>;
  /** Records before this place in the log are of a topic of that name that was deleted. */
  bornAt: number;
}

/** All consume queues: `<root>/consumequeue/<topic>/<queueId>/`. */
export class QueueTable {
  readonly #rootDir: string;
  readonly #directory: string;
  readonly #fileSize: number;
  readonly #files: OpenFiles;
  readonly #topics = new Map<string, TopicQueues>();
  /** Queues with units in memory only. */
  readonly #unwritten = new Set<ConsumeQueue>();
  #lastFound: TopicQueues | null = null;
  /** Where the log ended when a topic was deleted: what is before is not of one that has its name later. */
  readonly #deletedAt = new Map<string, number>();

  constructor(disk: Disk, rootDir: string, fileSize: number) {
    this.#files = new OpenFiles(disk);
    this.#rootDir = rootDir;
    this.#directory = join(rootDir, 'consumequeue');
    this.#fileSize = fileSize;
  }

  /** Reads the queues from disk. */
  load(): void {
    for (const topic of this.#subdirectories(this.#directory)) {
      const entry = this.topic(topic);
      for (const queueId of this.#subdirectories(join(this.#directory, topic))) {
        if (/^\d{1,9}$/.test(queueId)) this.queue(entry, Number(queueId));
      }
    }
  }

  topic(topic: string): TopicQueues {
    let entry = this.#topics.get(topic);
    if (entry === undefined) {
      const bytes = Buffer.from(topic);
      entry = {
        topic,
        bytes,
        keyHashStart: javaHashCode(`${topic}#`),
        isSchedule: topic === scheduleTopic,
        isStorable: isFolderName(topic),
        queues: new Map(),
        bornAt: this.#deletedAt.get(topic) ?? 0,
      };
      this.#topics.set(topic, entry);
    }
    return entry;
  }

  /** The topic whose UTF-8 name is `bytes[from, to)`; mostly the one asked for last. */
  topicOfBytes(bytes: Buffer, from: number, to: number): TopicQueues {
    const last = this.#lastFound;
    if (last !== null && last.bytes.length === to - from && isEqualAt(bytes, from, last.bytes)) return last;
    this.#lastFound = this.topic(bytes.toString('utf8', from, to));
    return this.#lastFound;
  }

  /** The queue, created when it does not exist. */
  queue(entry: TopicQueues, queueId: number): ConsumeQueue {
    let queue = entry.queues.get(queueId);
    if (queue === undefined) {
      queue = new ConsumeQueue(this.#rootDir, entry.topic, queueId, this.#fileSize, this.#files);
      entry.queues.set(queueId, queue);
    }
    return queue;
  }

  find(topic: string, queueId: number): ConsumeQueue | undefined {
    return this.#topics.get(topic)?.queues.get(queueId);
  }

  *all(): Generator<ConsumeQueue> {
    for (const entry of this.#topics.values()) yield* entry.queues.values();
  }

  /** Largest end of a message in any queue; 0 without messages. */
  get maxPhysicOffset(): number {
    let max = 0;
    for (const queue of this.all()) max = Math.max(max, queue.maxPhysicOffset);
    return max;
  }

  markUnwritten(queue: ConsumeQueue): void {
    this.#unwritten.add(queue);
  }

  /** Hands all units in memory to the kernel. Throws what the system threw. */
  write(): void {
    for (const queue of this.#unwritten) queue.write();
    this.#unwritten.clear();
  }

  takeUnsyncedFiles(): string[] {
    return [...this.all()].flatMap((queue) => queue.takeUnsyncedFiles());
  }

  /** Directories with names that a crash without power may take, up to the root. */
  takeUnsyncedDirectories(): string[] {
    const queues = this.#files.takeGrownDirectories();
    if (queues.length === 0) return [];
    const topics = queues.map((directory) => dirname(directory));
    return [...new Set([...queues, ...topics, this.#directory, this.#rootDir])];
  }

  /** @param endOffset of the log */
  delete(topic: string, endOffset: number): void {
    const entry = this.#topics.get(topic);
    if (entry === undefined) return;
    this.#deletedAt.set(topic, endOffset);
    for (const queue of entry.queues.values()) {
      this.#unwritten.delete(queue);
      queue.delete();
    }
    this.#files.disk.remove(join(this.#directory, topic));
    this.#topics.delete(topic);
    this.#lastFound = null;
  }

  deleteAll(): void {
    for (const topic of this.#topics.keys()) this.delete(topic, 0);
  }

  /** The log was cut at `physicalOffset`: drops the units of messages that end behind it. */
  truncateTo(physicalOffset: number): void {
    for (const queue of this.all()) queue.truncateTo(physicalOffset);
    for (const entry of this.#topics.values()) entry.bornAt = Math.min(entry.bornAt, physicalOffset);
    for (const [topic, offset] of this.#deletedAt) this.#deletedAt.set(topic, Math.min(offset, physicalOffset));
  }

  close(): void {
    this.#files.closeAll();
  }

  #subdirectories(directory: string): string[] {
    const folders = this.#files.disk.list(directory).filter((entry) => entry.isDirectory);
    return folders.map((entry) => entry.name).sort();
  }
}

function isFolderName(topic: string): boolean {
  return topic !== '' && topic !== '.' && topic !== '..' && !topic.includes('/') && !topic.includes('\0');
}

function isEqualAt(bytes: Buffer, from: number, wanted: Buffer): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[from + i] !== wanted[i]) return false;
  return true;
}
