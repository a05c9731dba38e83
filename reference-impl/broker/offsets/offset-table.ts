// config/consumerOffset.json and the body of code 43:
//   {"offsetTable":{"<topic>@<group>":{<queueId>:<offset>,…}}}       bare integer keys
//   new adds "dataVersion" and "groupTopicMap":{"<group>":["<topic>",…]}
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import type { Release } from '../../base/release.ts';
import { readDataVersion } from '../../remoting/bodies/data-version.ts';
import { ConfigFile } from '../config-files/config-file.ts';
import { TableVersion } from '../config-files/data-version.ts';
import { type FileValue, writePretty } from '../config-files/pretty.ts';

type Queues = Map<number, number>;

/** Offsets that consumer groups committed, and (new) one-shot resets that a tool ordered. */
export class OffsetTable {
  readonly version = new TableVersion();
  readonly #release: Release;
  readonly #file: ConfigFile;
  readonly #committed = new Map<string, Queues>();
  /** New: next offset of each pull answer, for the in-flight column of tools. Memory only. */
  readonly #pulled = new Map<string, Queues>();
  /** New: offsets that the next pull of a queue is told, once. Memory only. */
  readonly #resets = new Map<string, Queues>();

  /** Loads the file; throws STORE_CORRUPT. */
  constructor(root: string, release: Release, log: Log) {
    this.#release = release;
    this.#file = new ConfigFile(join(root, 'config', 'consumerOffset.json'), log);
    const stored = this.#file.load();
    if (stored === null) return;
    this.merge(stored.offsetTable);
    const version = readDataVersion(stored.dataVersion, 'new');
    if (version !== null) this.version.assign(version);
  }

  /** Stores the offset as it is, also backwards. */
  commit(group: string, topic: string, queueId: number, offset: number): void {
    queuesOf(this.#committed, `${topic}@${group}`).set(queueId, offset);
  }

  /** The committed offset, -1 when there is none. */
  query(group: string, topic: string, queueId: number): number {
    return this.#committed.get(`${topic}@${group}`)?.get(queueId) ?? -1;
  }

  /** Queue ids and offsets of one group in one topic. */
  queues(group: string, topic: string): ReadonlyMap<number, number> {
    return this.#committed.get(`${topic}@${group}`) ?? new Map();
  }

  recordPull(group: string, topic: string, queueId: number, nextOffset: number): void {
    queuesOf(this.#pulled, `${topic}@${group}`).set(queueId, nextOffset);
  }

  /** Next offset of the last pull answer, -1 when unknown. */
  pulled(group: string, topic: string, queueId: number): number {
    return this.#pulled.get(`${topic}@${group}`)?.get(queueId) ?? -1;
  }

  /** Server-side reset: commits the offset and tells the next pull. */
  reset(group: string, topic: string, queueId: number, offset: number): void {
    this.commit(group, topic, queueId, offset);
    queuesOf(this.#resets, `${topic}@${group}`).set(queueId, offset);
  }

  hasReset(group: string, topic: string, queueId: number): boolean {
    return this.#resets.size > 0 && this.#resets.get(`${topic}@${group}`)?.has(queueId) === true;
  }

  /** The ordered offset, once; null when there is none. */
  takeReset(group: string, topic: string, queueId: number): number | null {
    if (this.#resets.size === 0) return null;
    const queues = this.#resets.get(`${topic}@${group}`);
    const offset = queues?.get(queueId);
    if (queues === undefined || offset === undefined) return null;
    queues.delete(queueId);
    if (queues.size === 0) this.#resets.delete(`${topic}@${group}`);
    return offset;
  }

  /** Topics in which `group` has offsets. */
  topicsOf(group: string): string[] {
    return this.#parts().flatMap(([topic, owner]) => (owner === group ? [topic] : []));
  }

  /** Groups that have offsets in `topic`. */
  groupsOf(topic: string): string[] {
    return this.#parts().flatMap(([known, group]) => (known === topic ? [group] : []));
  }

  deleteGroup(group: string): void {
    for (const topic of this.topicsOf(group)) this.#drop(`${topic}@${group}`);
  }

  deleteTopic(topic: string): void {
    for (const group of this.groupsOf(topic)) this.#drop(`${topic}@${group}`);
  }

  /** Adds or replaces the offsets of `offsetTable` (a stored or received one), queue by queue. */
  merge(offsetTable: unknown): void {
    for (const [key, queues] of Object.entries((offsetTable ?? {}) as Record<string, Record<string, unknown>>)) {
      const known = queuesOf(this.#committed, key);
      for (const [queueId, offset] of Object.entries(queues)) known.set(Number(queueId), Number(offset));
    }
  }

  /** Table as it goes to disk. */
  fields(): object {
    const offsetTable = Object.fromEntries(this.#committed);
    if (this.#release === 'old') return { offsetTable };
    return { dataVersion: this.version.fields('new'), groupTopicMap: this.#groupTopicMap(), offsetTable };
  }

  persist(): void {
    this.#file.save(writePretty(this.fields() as FileValue));
  }

  /** A group may have any name, also that of a member which every object has. */
  #groupTopicMap(): Record<string, string[]> {
    const topics = Map.groupBy(this.#parts(), ([, group]) => group);
    return Object.fromEntries(Array.from(topics, ([group, parts]) => [group, parts.map(([topic]) => topic)]));
  }

  /** Topic and group of every key; a key with more parts (broadcast) belongs to no group. */
  #parts(): [string, string][] {
    const parts = Array.from(this.#committed.keys(), (key) => key.split('@'));
    return parts.filter((part): part is [string, string] => part.length === 2);
  }

  #drop(key: string): void {
    for (const table of [this.#committed, this.#pulled, this.#resets]) table.delete(key);
  }
}

function queuesOf(table: Map<string, Queues>, key: string): Queues {
  let queues = table.get(key);
  if (queues === undefined) {
    queues = new Map();
    table.set(key, queues);
  }
  return queues;
}
