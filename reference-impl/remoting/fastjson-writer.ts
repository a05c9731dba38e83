// What fastjson writes beyond JSON: keys of integer maps without quotes, objects as keys, "\u000B" in upper case, doubles
// always with a fraction. Source: JSON.toJSONString of fastjson 1.2.69 (4.9.7) and 1.2.83 (5.3.3).
import { assert } from '../base/assert.ts';

/** A Java double: written `0.0`, `1.5`, `1.0E10`. */
export class JavaDouble {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/**
 * Writes `value` as fastjson does; members keep the order given (Java beans are alphabetical).
 * A plain object is a bean or a map of text. A `Map` writes numeric keys bare and object keys as objects.
 * Members that are null or undefined are left out, items of a list are written `null`.
 * Numbers must be integers or have a fraction of their own: say `JavaDouble` where Java has a double.
 */
export function writeFastjson(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return quoteFastjson(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof JavaDouble) return writeDouble(value.value);
  if (Array.isArray(value)) return `[${value.map(writeFastjson).join(',')}]`;
  assert(typeof value === 'object', `a ${typeof value} cannot be written`);
  const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  let text = '';
  for (const [key, member] of entries) {
    if (member === null || member === undefined) continue;
    text += `${text === '' ? '' : ','}${writeFastjson(key)}:${writeFastjson(member)}`;
  }
  return `{${text}}`;
}

/** A map from number to value out of a record, so that its keys are written bare. Keys keep the record's order. */
export function intKeyMap<V>(record: Readonly<Record<number, V>>): Map<number, V> {
  return new Map(Object.entries(record).map(([key, value]) => [Number(key), value]));
}

const special = /[\x00-\x1f"\\\x7f-\x9f\u2028\u2029]/; // eslint-disable-line no-control-regex
const everySpecial = new RegExp(special, 'g');
const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

/** Text in double quotes. Escapes control characters up to U+009F, U+2028 and U+2029; the rest stays as it is. */
export function quoteFastjson(text: string): string {
  return special.test(text) ? `"${text.replace(everySpecial, escape)}"` : `"${text}"`;
}

function escape(character: string): string {
  const hex = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return shortEscapes[character] ?? `\\u${hex}`;
}

/** `Double.toString`: plain from 1e-3 up to 1e7, else with an exponent; not a number and infinity are null. */
function writeDouble(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  const magnitude = Math.abs(value);
  if (magnitude === 0 || (magnitude >= 1e-3 && magnitude < 1e7)) return withFraction(String(value));
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${withFraction(mantissa)}E${exponent.replace('+', '')}`;
}

function withFraction(digits: string): string {
  return digits.includes('.') ? digits : `${digits}.0`;
}
