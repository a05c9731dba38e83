// The text of config/*.json as fastjson writes it in "pretty" mode:
//   tab indentation, `"key":value` without a blank, LF, no final newline, null fields left out
//   {}                          an empty object or map
//   null                        a number that is none, or beyond a double
//   ["a","b"]                   collections stay on one line
//   {0:6,1:6\n<indent>}         a map with integer keys: bare keys, all on one line, the brace on the next
import { quoteFastjson } from '../../remoting/fastjson-writer.ts';

/** Values of the configuration files. A `Map` is a Java map with integer keys; plain objects keep the order of their keys. */
export type FileValue =
  | null
  | undefined
  | boolean
  | number
  | string
  | readonly FileValue[]
  | ReadonlyMap<number, number>
  | { readonly [key: string]: FileValue };

/** Writes `value` as a RocketMQ broker writes its configuration files. */
export function writePretty(value: FileValue, indent = 0): string {
  if (value instanceof Map) return integerMap(value, indent);
  if (Array.isArray(value)) return `[${value.map((item: FileValue) => writePretty(item, indent)).join(',')}]`;
  if (typeof value === 'string') return quoteFastjson(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).filter(([, field]) => field !== null && field !== undefined);
  if (entries.length === 0) return '{}';
  const inner = '\t'.repeat(indent + 1);
  const lines = entries.map(([key, field]) => `${inner}${quoteFastjson(key)}:${writePretty(field, indent + 1)}`);
  return `{\n${lines.join(',\n')}\n${'\t'.repeat(indent)}}`;
}

function integerMap(map: ReadonlyMap<number, number>, indent: number): string {
  if (map.size === 0) return '{}';
  const pairs = Array.from(map, ([key, value]) => `${key}:${value}`);
  return `{${pairs.join(',')}\n${'\t'.repeat(indent)}}`;
}
