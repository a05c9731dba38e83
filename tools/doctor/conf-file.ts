import { type Applied, applyProperties } from '../../reference-impl/config/apply.ts';
import { brokerFileKeys } from '../../reference-impl/config/broker.ts';
import { controllerFileKeys } from '../../reference-impl/config/controller.ts';
import { defaultOf, type KeySpec, type KeyTable, type Machine } from '../../reference-impl/config/key-table.ts';
import { namesrvFileKeys } from '../../reference-impl/config/namesrv.ts';
import type { PropertyLine } from '../../reference-impl/config/properties.ts';
import { proxyKeys } from './proxy-keys.ts';
import type { BrokerStore, ControllerStore } from './store-facts.ts';
import { isAtLeast, type Version } from './version.ts';

export const roles = ['namesrv', 'controller', 'broker', 'proxy'] as const;
export type Role = (typeof roles)[number];

/** Every key that a file of a role may set, whatever its release. */
export const keysOfRole: Readonly<Record<Role, KeyTable>> = {
  namesrv: { ...namesrvFileKeys, ...controllerFileKeys, ...namesrvFileKeys },
  controller: controllerFileKeys,
  broker: brokerFileKeys,
  proxy: proxyKeys,
};

/** What is known of one configuration file before anything is judged. */
export interface ConfFacts {
  /** As the user named it. */
  readonly path: string;
  readonly role: Role;
  readonly version: Version;
  /** The user named the version: findings that depend on it alone are worth telling. */
  readonly versionGiven: boolean;
  /** Machine that the file belongs to, as the user said; null when its own addresses must tell. */
  readonly host: string | null;
  readonly pairs: readonly PropertyLine[];
  readonly store?: BrokerStore;
  readonly controllerStore?: ControllerStore;
}

/** Defaults that depend on the machine name it instead: the file comes from another one. */
const anyMachine: Machine = { cores: 4, home: '~', hostName: '(host name)', address: '', env: {} };

/** A configuration file as its process would read it: what it sets, on which line, and defaults for the rest. */
export class ConfFile {
  readonly facts: ConfFacts;
  readonly release: 'old' | 'new';
  readonly #applied: Applied<KeyTable>;

  constructor(facts: ConfFacts) {
    this.facts = facts;
    this.release = isAtLeast(facts.version, '5.0.0') ? 'new' : 'old';
    this.#applied = applyProperties(keysOfRole[facts.role], this.release, facts.pairs);
  }

  get path(): string {
    return this.facts.path;
  }

  get role(): Role {
    return this.facts.role;
  }

  get version(): Version {
    return this.facts.version;
  }

  /** Lines whose key or value does not count, in the words of the reference. */
  get remarks(): Applied<KeyTable>['remarks'] {
    return this.#applied.remarks;
  }

  /** The line that sets `key` and counts; undefined when none does, also because the release does not know the key. */
  given(key: string): PropertyLine | undefined {
    if (!Object.hasOwn(this.#applied.values, key)) return undefined;
    return this.facts.pairs.findLast((pair) => pair.key === key);
  }

  /** A line that counts sets `key` to another value than its default. */
  changes(key: string): boolean {
    return this.given(key) !== undefined && this.#value(key) !== this.#default(key);
  }

  /** Where to point for `key`: its line, or the first one when the file does not set it. */
  line(key: string): number {
    return this.facts.pairs.findLast((pair) => pair.key === key)?.line ?? 1;
  }

  text(key: string): string {
    return String(this.#value(key));
  }

  flag(key: string): boolean {
    return this.#value(key) === true;
  }

  number(key: string): number {
    return Number(this.#value(key));
  }

  #value(key: string): unknown {
    const given = (this.#applied.values as Record<string, unknown>)[key];
    return given === undefined ? this.#default(key) : given;
  }

  #default(key: string): unknown {
    const spec: KeySpec<unknown> = keysOfRole[this.role][key]!;
    return defaultOf(spec, this.release, anyMachine);
  }
}
