import { availableParallelism, homedir, hostname, networkInterfaces } from 'node:os';
import type { Release } from '../base/release.ts';

/**
 * One key that a properties file can set. The tables in `keys/` list every setter of RocketMQ's configuration classes;
 * the types of the configurations derive from them.
 */
export interface KeySpec<T> {
  readonly kind: 'int' | 'long' | 'double' | 'boolean' | 'string' | 'enum';
  /** Releases that know the key; in the other one it is an unknown key. */
  readonly releases: readonly Release[];
  readonly default: Default<T>;
  /** Accepted words of an enum. */
  readonly words?: readonly string[];
  /** ms, bytes, threads … where the name does not say. */
  readonly unit?: string;
  /** What the key decides, where the name does not say. */
  readonly effect?: string;
}

export type KeyTable = Readonly<Record<string, KeySpec<number> | KeySpec<boolean> | KeySpec<string>>>;

/** The configuration that a table describes: one frozen value per key, `''` for an unset string. */
export type ConfigOf<Table extends KeyTable> = {
  readonly [K in keyof Table]: Table[K] extends KeySpec<infer T> ? T : never;
};

type Default<T> = T | ((machine: Machine) => T) | { readonly old: T; readonly new: T };

/** What defaults depend on. */
export interface Machine {
  readonly cores: number;
  readonly home: string;
  readonly hostName: string;
  /** First address of this machine that is not loopback. */
  readonly address: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The machine this process runs on. */
export function thisMachine(): Machine {
  return {
    cores: availableParallelism(),
    home: homedir(),
    get hostName() {
      return hostname();
    },
    get address() {
      const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
      return all.find((entry) => entry.family === 'IPv4' && !entry.internal)?.address ?? '127.0.0.1';
    },
    env: process.env,
  };
}

/** Builders of keys that a set of releases knows. */
function keysOf(releases: readonly Release[]) {
  const key =
    <T>(kind: KeySpec<T>['kind']) =>
    (value: Default<T>, unit?: string, effect?: string): KeySpec<T> => ({
      kind,
      releases,
      default: value,
      unit,
      effect,
    });
  return {
    int: key<number>('int'),
    long: key<number>('long'),
    double: key<number>('double'),
    bool: (value: Default<boolean>, effect?: string) => key<boolean>('boolean')(value, undefined, effect),
    text: (value: Default<string>, effect?: string) => key<string>('string')(value, undefined, effect),
    oneOf: <const W extends string>(words: readonly W[], value: W, effect?: string): KeySpec<W> => ({
      ...key<W>('enum')(value, undefined, effect),
      words,
    }),
  };
}

export const both = keysOf(['old', 'new']);
export const newOnly = keysOf(['new']);
export const oldOnly = keysOf(['old']);

/** The default of one key on `machine`. */
export function defaultOf<T>(spec: KeySpec<T>, release: Release, machine: Machine): T {
  const value: Default<T> = spec.default;
  if (typeof value === 'function') return (value as (machine: Machine) => T)(machine);
  if (typeof value === 'object') return (value as { old: T; new: T })[release];
  return value;
}

/** Defaults of every key of `table`, whatever the release knows: the types stay the same for both personalities. */
export function defaultsOf<Table extends KeyTable>(table: Table, release: Release, machine: Machine): ConfigOf<Table> {
  const values: Record<string, unknown> = {};
  for (const name in table) values[name] = defaultOf<unknown>(table[name]!, release, machine);
  return values as ConfigOf<Table>;
}
