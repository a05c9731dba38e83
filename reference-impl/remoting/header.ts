import { SwitchlabError } from '../base/errors.ts';
import type { ExtFields } from './types.ts';

/**
 * Typed custom headers (`CommandCustomHeader`). A command's file declares its fields once; both directions follow.
 * On the wire every value is a string. `int` and `long` are decimal, `boolean` is `true` in any case or false.
 * A missing field is null: the Java decoder never refuses one (remoting.md 6), so a handler that needs it asks `required`.
 */
export type FieldType = 'string' | 'int' | 'long' | 'boolean';
export type HeaderSchema = Readonly<Record<string, FieldType>>;

type FieldValue = { string: string; int: number; long: number; boolean: boolean };

/** Decoded header: every field present, null when absent or unparsable. */
export type HeaderOf<S extends HeaderSchema> = { [K in keyof S]: FieldValue[S[K]] | null };

/** Values to encode; null and undefined fields are left out. */
export type HeaderInit<S extends HeaderSchema> = { [K in keyof S]?: FieldValue[S[K]] | null };

const decimal = /^[+-]?\d+$/;
const intMax = 2147483647;
const longMax = 2 ** 63;
/** The largest double that is a Java long. */
const longMaxDouble = 2 ** 63 - 1024;

/** Reads the declared fields. A number that does not parse is null, as in the generic Java decoder. */
export function decodeHeader<S extends HeaderSchema>(schema: S, extFields: ExtFields | null): HeaderOf<S> {
  const header: Record<string, unknown> = {};
  for (const name in schema) header[name] = decodeField(schema[name]!, extFields?.[name]);
  return header as HeaderOf<S>;
}

function decodeField(type: FieldType, text: string | undefined): unknown {
  if (text === undefined) return null;
  if (type === 'string') return text;
  if (type === 'boolean') return text.toLowerCase() === 'true';
  if (!decimal.test(text)) return null;
  const value = Number(text);
  const max = type === 'int' ? intMax : longMax;
  if (value > max || value < -max - 1) return null;
  return Math.min(value, longMaxDouble);
}

/** Writes the fields that have a value, in the order of the schema. */
export function encodeHeader<S extends HeaderSchema>(schema: S, values: HeaderInit<S>): ExtFields {
  const extFields: ExtFields = {};
  for (const name in schema) {
    const value = values[name];
    if (value !== null && value !== undefined) extFields[name] = String(value);
  }
  return extFields;
}

/** The field's value; throws HEADER_FIELD_ILLEGAL (answered as code 1) when it is null. */
export function required<T>(value: T | null, name: string): T {
  if (value === null) throw new SwitchlabError('HEADER_FIELD_ILLEGAL', `Header field "${name}" is missing or illegal.`);
  return value;
}

/** One command: its code and the headers of its request and of its response. */
export interface Command<Q extends HeaderSchema, R extends HeaderSchema> {
  readonly code: number;
  readonly request: Q;
  readonly response: R;
}

/** Declares a command; see `commands/`. */
export function defineCommand<const Q extends HeaderSchema, const R extends HeaderSchema>(
  command: Command<Q, R>,
): Command<Q, R> {
  return command;
}
