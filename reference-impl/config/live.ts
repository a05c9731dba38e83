import { existsSync } from 'node:fs';
import { stringify } from 'dot-properties';
import type { Log } from '../base/log.ts';
import type { Release } from '../base/release.ts';
import { replaceFile } from '../base/replace-file.ts';
import { applyProperties } from './apply.ts';
import type { ConfigOf, KeyTable } from './key-table.ts';
import { type PropertyLine, readProperties } from './properties.ts';

/** A configuration that requests change while the role runs (UPDATE_..._CONFIG). */
export interface LiveConfig<C> {
  /** Replaced as a whole by an update: read it anew for every decision. */
  readonly current: Readonly<C>;
  /** Takes the known keys of `pairs` over and writes every key to the file; the old file stays as `.bak`. */
  update(pairs: readonly PropertyLine[]): void;
  /** `key=value` lines, values verbatim: the keys of the table, then what else the file sets; sorted in release new. */
  text(): string;
}

/**
 * @param table keys that a request may read and write
 * @param file where an update is written, '' for nowhere; keys of that file that are not in the table are kept
 */
export function liveConfig<Table extends KeyTable, C extends ConfigOf<Table>>(
  table: Table,
  release: Release,
  config: Readonly<C>,
  file: string,
  log: Log,
): LiveConfig<C> {
  let current = config;
  const known = Object.keys(table).filter((key) => table[key]!.releases.includes(release));
  const entries = () => {
    const own = known.map((key): [string, string] => [key, String((current as Record<string, unknown>)[key])]);
    const pairs = [...own, ...foreignEntries(file, known)];
    return release === 'old' ? pairs : pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  };
  return {
    get current() {
      return current;
    },
    update(pairs) {
      const { values, remarks } = applyProperties(table, release, pairs);
      // Without the value: it may be a secret, above all under a misspelled key.
      for (const { key, text } of remarks) log.warn({ key }, `configuration update: ${key}: ${text}`);
      current = Object.freeze({ ...current, ...values });
      if (file !== '') replaceFile(file, `${stringify(entries(), { keySep: '=', lineWidth: null })}\n`, 'latin1');
    },
    text: () =>
      entries()
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
  };
}

/** What else the file sets: keys of another role in the same process, of another release, or of nobody. */
function foreignEntries(file: string, known: readonly string[]): [string, string][] {
  if (!existsSync(file)) return [];
  const foreign = readProperties(file).filter(({ key }) => !known.includes(key));
  return foreign.map(({ key, value }) => [key, value]);
}
