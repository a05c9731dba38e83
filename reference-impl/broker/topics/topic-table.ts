import { join } from 'node:path';
import type { Release } from '../../base/release.ts';
import type { Log } from '../../base/log.ts';
import { type DataVersion, readDataVersion } from '../../remoting/bodies/data-version.ts';
import { readTopicConfig, type TopicConfig, topicConfigFields } from '../../remoting/bodies/topic-config.ts';
import { ConfigFile } from '../config-files/config-file.ts';
import { TableVersion } from '../config-files/data-version.ts';
import { type FileValue, writePretty } from '../config-files/pretty.ts';

/** Every topic of this broker; `config/topics.json`, written at each change. */
export class TopicTable {
  readonly version = new TableVersion();
  readonly #release: Release;
  readonly #file: ConfigFile;
  readonly #topics = new Map<string, TopicConfig>();

  /** Loads the file; throws STORE_CORRUPT. @param root store root directory */
  constructor(root: string, release: Release, log: Log) {
    this.#release = release;
    this.#file = new ConfigFile(join(root, 'config', 'topics.json'), log);
    const stored = this.#file.load();
    if (stored !== null) this.#take(stored.topicConfigTable, readDataVersion(stored.dataVersion, 'new'));
  }

  get size(): number {
    return this.#topics.size;
  }

  get(topic: string): TopicConfig | undefined {
    return this.#topics.get(topic);
  }

  all(): IterableIterator<TopicConfig> {
    return this.#topics.values();
  }

  /** Adds or replaces topics, raises the version once and writes the file. */
  put(...topics: readonly TopicConfig[]): void {
    for (const topic of topics) this.#topics.set(topic.topicName, topic);
    this.#changed();
  }

  /** Adds the topics that are missing; raises the version when there are any. */
  ensure(topics: readonly TopicConfig[]): void {
    const missing = topics.filter((topic) => !this.#topics.has(topic.topicName));
    if (missing.length > 0) this.put(...missing);
  }

  /** False when there was no such topic. */
  delete(topic: string): boolean {
    if (!this.#topics.delete(topic)) return false;
    this.#changed();
    return true;
  }

  /** Slave: becomes a copy of the master's table, version included. */
  replace(table: unknown, version: DataVersion): void {
    this.#topics.clear();
    this.#take(table, version);
    this.persist();
  }

  /** Slave: takes from such a table what is missing here; the version stays. */
  add(table: unknown): void {
    const before = this.size;
    for (const [name, fields] of Object.entries((table ?? {}) as Record<string, unknown>)) {
      if (!this.#topics.has(name)) this.#topics.set(name, readTopicConfig(fields, name));
    }
    if (this.size > before) this.persist();
  }

  /** Raises the version; `stateVersion` is the master epoch. */
  bumpVersion(stateVersion: number): void {
    this.version.next(stateVersion);
    this.persist();
  }

  /** Table as it goes to disk and, compact, over the wire. */
  fields() {
    const table = Array.from(
      this.all(),
      (topic) => [topic.topicName, topicConfigFields(topic, this.#release)] as const,
    );
    return { dataVersion: this.version.fields(this.#release), topicConfigTable: Object.fromEntries(table) };
  }

  persist(): void {
    this.#file.save(writePretty(this.fields() as FileValue));
  }

  #changed(): void {
    this.version.next();
    this.persist();
  }

  #take(table: unknown, version: DataVersion | null): void {
    for (const [name, fields] of Object.entries((table ?? {}) as Record<string, unknown>)) {
      this.#topics.set(name, readTopicConfig(fields, name));
    }
    if (version !== null) this.version.assign(version);
  }
}
