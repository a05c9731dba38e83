import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import type { Release } from '../../base/release.ts';
import type { BrokerConfig } from '../../config/broker.ts';
import { type DataVersion, readDataVersion } from '../../remoting/bodies/data-version.ts';
import { ConfigFile } from '../config-files/config-file.ts';
import { TableVersion } from '../config-files/data-version.ts';
import { type FileValue, writePretty } from '../config-files/pretty.ts';
import { type GroupConfig, groupConfig, groupConfigFields, readGroupConfig } from './group-config.ts';

const systemGroupPrefix = 'CID_RMQ_SYS_';

/** Groups that every start of a broker makes sure of. */
const systemGroups = [
  'TOOLS_CONSUMER',
  'FILTERSRV_CONSUMER',
  'SELF_TEST_C_GROUP',
  'CID_ONS-HTTP-PROXY',
  'CID_ONSAPI_OWNER',
  'CID_ONSAPI_PERMISSION',
  'CID_ONSAPI_PULL',
];

const legalName = /^[%|a-zA-Z0-9_-]+$/;

/** Why new refuses `group` as a name, or null (`TopicValidator` rules, longer). */
export function groupNameRefusal(group: string): string | null {
  if (group.trim() === '') return 'The specified group is blank.';
  if (!legalName.test(group)) return `The specified group[${group}] contains illegal characters.`;
  return group.length > 255 ? `The specified group[${group}] is longer than group max length 255.` : null;
}

/** Every consumer group of this broker; `config/subscriptionGroup.json`, written at each change. */
export class GroupTable {
  readonly version = new TableVersion();
  readonly #release: Release;
  readonly #config: () => BrokerConfig;
  readonly #file: ConfigFile;
  readonly #groups = new Map<string, GroupConfig>();
  #forbidden: Record<string, unknown> = {};

  /** Loads the file; throws STORE_CORRUPT. @param config current settings */
  constructor(root: string, release: Release, config: () => BrokerConfig, log: Log) {
    this.#release = release;
    this.#config = config;
    this.#file = new ConfigFile(join(root, 'config', 'subscriptionGroup.json'), log);
    const stored = this.#file.load();
    if (stored !== null) this.#take(stored, readDataVersion(stored.dataVersion, 'new'));
    for (const name of systemGroups) if (!this.#groups.has(name)) this.#groups.set(name, groupConfig(name));
  }

  get(group: string): GroupConfig | undefined {
    return this.#groups.get(group);
  }

  /** The group, created when unknown groups may be; undefined when not. */
  findOrCreate(group: string): GroupConfig | undefined {
    const known = this.#groups.get(group);
    if (known !== undefined || !this.#mayCreate(group)) return known;
    const created = groupConfig(group);
    this.put(created);
    return created;
  }

  all(): IterableIterator<GroupConfig> {
    return this.#groups.values();
  }

  put(...groups: readonly GroupConfig[]): void {
    for (const group of groups) this.#groups.set(group.groupName, group);
    this.#changed();
  }

  delete(group: string): void {
    if (this.#groups.delete(group)) this.#changed();
  }

  /** Slave: becomes a copy of the master's table (the body of 201), version included. */
  replace(wrapper: Record<string, unknown>, version: DataVersion): void {
    this.#take(wrapper, version);
    this.persist();
  }

  /** Slave: takes from such a table what is missing here; the version stays. */
  add({ subscriptionGroupTable }: Record<string, unknown>): void {
    const before = this.#groups.size;
    for (const [name, fields] of Object.entries((subscriptionGroupTable ?? {}) as Record<string, unknown>)) {
      if (!this.#groups.has(name)) this.#groups.set(name, readGroupConfig(fields, name));
    }
    if (this.#groups.size > before) this.persist();
  }

  /** Table as it goes to disk and, compact, over the wire. */
  fields(): object {
    const table = Array.from(
      this.all(),
      (group) => [group.groupName, groupConfigFields(group, this.#release)] as const,
    );
    const subscriptionGroupTable = Object.fromEntries(table);
    const dataVersion = this.version.fields(this.#release);
    if (this.#release === 'old') return { dataVersion, subscriptionGroupTable };
    return { dataVersion, forbiddenTable: this.#forbidden, subscriptionGroupTable };
  }

  persist(): void {
    this.#file.save(writePretty(this.fields() as FileValue));
  }

  #mayCreate(group: string): boolean {
    const { autoCreateSubscriptionGroup, enableCreateSysGroup } = this.#config();
    const system = group.startsWith(systemGroupPrefix);
    if (this.#release === 'old') return autoCreateSubscriptionGroup || system;
    if (groupNameRefusal(group) !== null) return false;
    return system ? enableCreateSysGroup : autoCreateSubscriptionGroup;
  }

  #changed(): void {
    this.version.next();
    this.persist();
  }

  #take(stored: Record<string, unknown>, version: DataVersion | null): void {
    const table = (stored.subscriptionGroupTable ?? {}) as Record<string, unknown>;
    // All of it or nothing.
    const groups = Object.entries(table).map(([name, fields]) => [name, readGroupConfig(fields, name)] as const);
    this.#groups.clear();
    for (const [name, group] of groups) this.#groups.set(name, group);
    this.#forbidden = (stored.forbiddenTable ?? {}) as Record<string, unknown>;
    if (version !== null) this.version.assign(version);
  }
}
