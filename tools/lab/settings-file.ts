import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { errorText } from '../../reference-impl/base/errors.ts';
import { SetupError } from './setup-error.ts';

/** Configuration keys and values as they go into a properties file. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

/** As Java reads a switch: in any case; a blank beside it makes it false. */
export function isOn(value: Settings[string] | undefined): boolean {
  return String(value).toLowerCase() === 'true';
}

const configsFolder = path.resolve(import.meta.dirname, '../../configs');

/**
 * One YAML file, read key by key: what the reader does not ask for is an error, as is what it asks for in
 * another type. Throws `SetupError` naming file and key.
 */
export class SettingsFile {
  readonly #where: string;
  readonly #values: Record<string, unknown>;
  readonly #asked = new Set<string>();

  constructor(where: string, values: unknown) {
    this.#where = where;
    if (typeof values !== 'object' || values === null || Array.isArray(values)) throw this.#refuse('is no mapping');
    this.#values = values as Record<string, unknown>;
  }

  /** @param name path below `configs` without `.yaml` */
  static read(name: string): SettingsFile {
    return SettingsFile.readFile(path.join(configsFolder, `${name}.yaml`), `configs/${name}.yaml`);
  }

  /** @param where how errors name the file */
  static readFile(file: string, where = file): SettingsFile {
    try {
      return new SettingsFile(where, parse(readFileSync(file, 'utf8')));
    } catch (thrown) {
      if (thrown instanceof SetupError) throw thrown;
      throw new SetupError(`Cannot read ${file}: ${errorText(thrown)}`, { cause: thrown });
    }
  }

  /** The mappings of a list; empty when the key is absent. */
  list(key: string): SettingsFile[] {
    const value = this.#take(key) ?? [];
    if (!Array.isArray(value)) throw this.#refuse(`${key} is no list`);
    return value.map((item, i) => new SettingsFile(`${this.#where}: ${key}[${i}]`, item));
  }

  mapping(key: string): SettingsFile {
    return new SettingsFile(`${this.#where}: ${key}`, this.#take(key) ?? {});
  }

  oneOf<const W extends string>(key: string, words: readonly W[]): W {
    const value = this.#take(key);
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw this.#refuse(`${key} must be one of ${words.join(', ')}, not ${String(value)}`);
    return word;
  }

  flag(key: string): boolean {
    const value = this.#take(key) ?? false;
    if (typeof value !== 'boolean') throw this.#refuse(`${key} must be true or false`);
    return value;
  }

  count(key: string): number {
    const value = this.#take(key);
    if (!Number.isSafeInteger(value) || (value as number) < 1) throw this.#refuse(`${key} must be a positive integer`);
    return value as number;
  }

  /** Places in a list, from 0; empty when the key is absent. */
  indexes(key: string): number[] {
    const value = this.#take(key) ?? [];
    const isIndex = (item: unknown) => Number.isSafeInteger(item) && (item as number) >= 0;
    if (!Array.isArray(value) || !value.every(isIndex)) throw this.#refuse(`${key} must be a list of places from 0`);
    return value as number[];
  }

  name(key: string): string {
    const value = this.#take(key);
    if (typeof value !== 'string' || !/^[\w-]+$/.test(value)) throw this.#refuse(`${key} must be a name`);
    return value;
  }

  /** Any text that is not empty; absent: `absent`, and without one that is an error. */
  text(key: string, absent?: string): string {
    const value = this.#take(key) ?? absent;
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string' || value === '') throw this.#refuse(`${key} must be a text`);
    return value;
  }

  /** A list of texts; empty when the key is absent. */
  texts(key: string): string[] {
    const value = this.#take(key) ?? [];
    if (!Array.isArray(value)) throw this.#refuse(`${key} is no list`);
    return value.map((item) => {
      if (typeof item === 'string' || typeof item === 'number') return String(item);
      throw this.#refuse(`${key} must be a list of texts`);
    });
  }

  /** The keys that the file has here. */
  get keys(): string[] {
    return Object.keys(this.#values);
  }

  /** What `work` makes of a value it does not take becomes an error that names file and key. */
  checked<T>(key: string, work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      throw this.#refuse(`${key}: ${errorText(thrown)}`);
    }
  }

  /** A duration written as `30 s`, in ms. */
  durationMs(key: string): number {
    const value = this.#take(key);
    const seconds = /^(\d+(?:\.\d+)?) s$/.exec(String(value))?.[1];
    if (seconds === undefined) throw this.#refuse(`${key} must be a duration such as "30 s"`);
    return Number(seconds) * 1000;
  }

  /** Configuration keys of a process; empty when the key is absent. */
  settings(key: string): Settings {
    const settings = this.#take(key) ?? {};
    if (typeof settings !== 'object' || Array.isArray(settings)) throw this.#refuse(`${key} is no mapping`);
    for (const [name, value] of Object.entries(settings)) {
      if (!['string', 'number', 'boolean'].includes(typeof value))
        throw this.#refuse(`${key}.${name} is no plain value`);
    }
    return settings as Settings;
  }

  /** To be called when everything was read. */
  end(): void {
    const unknown = Object.keys(this.#values).filter((key) => !this.#asked.has(key));
    if (unknown.length > 0) throw this.#refuse(`has unknown keys: ${unknown.join(', ')}`);
  }

  #take(key: string): unknown {
    this.#asked.add(key);
    return this.#values[key];
  }

  #refuse(text: string): SetupError {
    return new SetupError(`${this.#where} ${text}.`);
  }
}
