import { SwitchlabError, errorText } from '../../base/errors.ts';
import { parseFastjson } from '../fastjson.ts';

/** Members of a parsed body. Java leaves a missing member at its default, so every reader here takes a fallback. */
export type Fields = Readonly<Record<string, unknown>>;

/** Parses a JSON body; throws BODY_MALFORMED naming `what`. An empty body has no members. */
export function parseFields(body: Uint8Array | null, what: string): Fields {
  if (body === null || body.length === 0) return {};
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8');
  try {
    return fieldsOf(parseFastjson(text), what);
  } catch (thrown) {
    throw new SwitchlabError('BODY_MALFORMED', `${what}: ${errorText(thrown)}`, { cause: thrown });
  }
}

/** The members of an object; none when it is null or missing. Throws BODY_MALFORMED for anything else. */
export function fieldsOf(value: unknown, what: string): Fields {
  if (value === null || value === undefined) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Fields;
  throw new SwitchlabError('BODY_MALFORMED', `${what} is not an object.`);
}

/** A finite number, also when it was written as text. Throws BODY_MALFORMED when it is neither. */
export function numberField(fields: Fields, name: string, fallback: number): number {
  const value = fields[name] ?? fallback;
  const number = typeof value === 'number' ? value : Number(typeof value === 'string' ? value : Number.NaN);
  if (!Number.isFinite(number)) throw new SwitchlabError('BODY_MALFORMED', `"${name}" is not a number.`);
  return number;
}

export function textField(fields: Fields, name: string): string | null {
  const value = fields[name] ?? null;
  return typeof value === 'string' || value === null ? value : JSON.stringify(value);
}

export function booleanField(fields: Fields, name: string): boolean {
  const value = fields[name];
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
}

/** Items of a list, as text; none when it is missing. */
export function textList(value: unknown, what: string): string[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new SwitchlabError('BODY_MALFORMED', `${what} is not a list.`);
  return value.map(String);
}

/** A map with integer keys, in the order of the text. */
export function intKeyed<V>(value: unknown, what: string, read: (member: unknown) => V): Map<number, V> {
  return new Map(Object.entries(fieldsOf(value, what)).map(([key, member]) => [Number(key), read(member)]));
}

/** A map with text keys, in the order of the text. */
export function textKeyed<V>(value: unknown, what: string, read: (member: unknown) => V): Map<string, V> {
  return new Map(Object.entries(fieldsOf(value, what)).map(([key, member]) => [key, read(member)]));
}

/** The entries of a map with text keys as the record that a writer takes: keys quoted. */
export function record<V, W>(map: ReadonlyMap<string, V>, write: (value: V) => W): Record<string, W> {
  return Object.fromEntries([...map].map(([key, value]) => [key, write(value)]));
}
