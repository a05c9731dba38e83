import type { Release } from '../base/release.ts';
import type { ConfigOf, KeySpec, KeyTable } from './key-table.ts';
import { nearest } from './nearest.ts';
import type { PropertyLine } from './properties.ts';

/** A line of a properties file that does not do what it seems to. RocketMQ says nothing about it. */
export interface ConfigRemark {
  readonly line: number;
  readonly key: string;
  readonly value: string;
  readonly text: string;
}

/** What a file sets, and what is odd about it. */
export interface Applied<Table extends KeyTable> {
  readonly values: Partial<ConfigOf<Table>>;
  readonly remarks: readonly ConfigRemark[];
}

/**
 * Applies properties as `MixAll.properties2Object` does: a value that does not convert leaves the default, a boolean that
 * is not "true" is false, an unknown key has no effect. The keys of the other release are unknown.
 */
export function applyProperties<Table extends KeyTable>(
  table: Table,
  release: Release,
  pairs: readonly PropertyLine[],
): Applied<Table> {
  const known = Object.keys(table).filter((name) => table[name]!.releases.includes(release));
  const names = new Set(known);
  const values: Record<string, unknown> = {};
  const remarks: ConfigRemark[] = [];
  for (const pair of pairs) {
    const spec = names.has(pair.key) ? table[pair.key] : undefined;
    if (spec === undefined) {
      remarks.push({ ...pair, text: unknownKey(table, release, pair.key, known) });
      continue;
    }
    const value = convert[spec.kind](pair.value, spec.words ?? []);
    if (value === undefined) remarks.push({ ...pair, text: `not ${wanted(spec)}: the default stays` });
    else values[pair.key] = value;
    if (spec.kind === 'boolean' && !/^(true|false)$/i.test(pair.value)) {
      remarks.push({ ...pair, text: 'neither true nor false: counts as false' });
    }
  }
  return { values: values as Partial<ConfigOf<Table>>, remarks };
}

function unknownKey(table: KeyTable, release: Release, key: string, known: readonly string[]): string {
  if (Object.hasOwn(table, key)) return `release ${release} does not know this key`;
  const similar = nearest(key, known);
  return similar === undefined ? 'unknown key' : `unknown key; did you mean ${similar}?`;
}

/** One value as the type of its key, undefined when Java would fail to convert it. */
const convert: Readonly<Record<KeySpec<unknown>['kind'], (text: string, words: readonly string[]) => unknown>> = {
  int: (text) => integer(text, 2147483647),
  long: (text) => integer(text, Number.MAX_SAFE_INTEGER),
  double: (text) => (javaDouble.test(text) ? Number.parseFloat(text) : undefined),
  boolean: (text) => text.toLowerCase() === 'true',
  string: (text) => text.trim(),
  enum: (text, words) => enumWord(words, text.trim()),
};

/** What `Double.parseDouble` takes, hexadecimal and named values apart. */
const javaDouble = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?[df]?\s*$/i;

/** `Integer.parseInt` and `Long.parseLong`: no blanks, no digits beyond the type (here: beyond a safe integer). */
function integer(text: string, max: number): number | undefined {
  const value = Number(text);
  return /^[+-]?\d+$/.test(text) && value <= max && value >= -max - 1 ? value : undefined;
}

/** A word of the enum, or its number as exporter types are also written. */
function enumWord(words: readonly string[], text: string): string | undefined {
  if (words.includes(text)) return text;
  return words.includes('OTLP_GRPC') && /^[0-3]$/.test(text) ? words[Number(text)] : undefined;
}

function wanted(spec: KeySpec<unknown>): string {
  return spec.words === undefined ? `of type ${spec.kind}` : `one of ${spec.words.join(', ')}`;
}
