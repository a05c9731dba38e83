// JSON header, UTF-8, keys in alphabetical order, null members left out:
//   {"code":105,"extFields":{"topic":"T"},"flag":0,"language":"JAVA","opaque":7,"remark":"",
//    "serializeTypeCurrentRPC":"JSON","version":479}
// Source: RemotingCommand through fastjson, 4.9.7 and 5.3.3.
import { SwitchlabError, errorText } from '../base/errors.ts';
import { quoteFastjson } from './fastjson-writer.ts';
import { readTolerant } from './fastjson.ts';
import { javaLanguage, languageName, languageOrdinal } from './language.ts';
import { nextOpaque } from './opaque.ts';
import { writeInteger, writePlainQuoted, writeText } from './text-writer.ts';
import { SerializeType, type ExtFields, type RemotingCommand } from './types.ts';

const openBrace = 0x7b;
const comma = 0x2c;
const colon = 0x3a;

/** Decodes the header in `bytes` from `start` to `end`, leniently as fastjson does; throws FRAME_MALFORMED. */
export function decodeJsonHeader(bytes: Buffer, start: number, end: number, body: Buffer | null): RemotingCommand {
  const text = bytes.toString('utf8', start, end);
  const header = parseHeader(text);
  return {
    code: int(header.code, 0),
    language: header.language === undefined ? javaLanguage : languageOrdinal(header.language),
    version: int(header.version, 0),
    // The Java reader, too, draws a number of its own for a sender that gave none.
    opaque: header.opaque === undefined || header.opaque === null ? nextOpaque() : int(header.opaque, 0),
    flag: int(header.flag, 0),
    remark: header.remark === undefined || header.remark === null ? null : toText(header.remark),
    extFields: textFields(header.extFields, text),
    body,
    serializeType: SerializeType.JSON,
  };
}

function parseHeader(text: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(text);
    if (isObject(header)) return header;
  } catch {
    // Not strict JSON: peers may send bare keys, single quotes and trailing commas.
  }
  return parseTolerantly(text);
}

/** Every number of the result is text. */
function parseTolerantly(text: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = readTolerant(text, (digits) => digits);
  } catch (thrown) {
    throw new SwitchlabError('FRAME_MALFORMED', `JSON header: ${errorText(thrown)}`, { cause: thrown });
  }
  if (!isObject(header)) throw new SwitchlabError('FRAME_MALFORMED', 'JSON header: it is no object.');
  return header;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An i32 as fastjson reads one: fractions are cut, text and booleans converted. */
function int(value: unknown, absent: number): number {
  if (value === undefined || value === null || value === '') return absent;
  if (typeof value !== 'object') {
    const number = Math.trunc(Number(value));
    if (number === (number | 0)) return number;
  }
  throw new SwitchlabError('FRAME_MALFORMED', 'JSON header: a number is none, or beyond 32 bits.');
}

/** Turns every value into text, in place; a field that is null is absent. */
function textFields(value: unknown, header: string): ExtFields | null {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) throw new SwitchlabError('FRAME_MALFORMED', 'JSON header: extFields is no object.');
  for (const key in value) {
    const field = value[key];
    if (typeof field === 'string') continue;
    if (field === null) delete value[key];
    else if (typeof field === 'number' && !Number.isSafeInteger(field)) {
      // A long above 2^53 or a fraction: read again, with the digits that the sender wrote.
      return textFields(parseTolerantly(header).extFields, header);
    } else value[key] = toText(field);
  }
  return value as ExtFields;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** An escaped character takes six bytes. */
const characterBytesMax = 6;
/** Everything but remark and fields: names, punctuation and numbers of the header. */
const frameworkBytesMax = 256;
/** Quotes, colon and comma of a field. */
const fieldBytesMax = 6;

/** Upper bound of the bytes that `encodeJsonHeader` writes. */
export function jsonHeaderBytesMax(remark: string | null, extFields: ExtFields | null): number {
  let characters = remark?.length ?? 0;
  let bytes = frameworkBytesMax;
  for (const key in extFields) {
    characters += key.length + extFields[key]!.length;
    bytes += fieldBytesMax;
  }
  return bytes + characterBytesMax * characters;
}

/** Writes the header at `offset`, where there is room for `jsonHeaderBytesMax`, and returns its length. */
export function encodeJsonHeader(command: Omit<RemotingCommand, 'body'>, out: Buffer, offset: number): number {
  const { code, language, version, opaque, flag, remark, extFields } = command;
  let at = writeInteger(out, code, writeText(out, '{"code":', offset));
  if (extFields !== null) at = writeExtFields(extFields, out, writeText(out, ',"extFields":', at));
  at = writeInteger(out, flag, writeText(out, ',"flag":', at));
  const name = languageName(language);
  if (name !== undefined) at = writeQuoted(out, name, writeText(out, ',"language":', at));
  at = writeInteger(out, opaque, writeText(out, ',"opaque":', at));
  if (remark !== null) at = writeQuoted(out, remark, writeText(out, ',"remark":', at));
  at = writeInteger(out, version, writeText(out, ',"serializeTypeCurrentRPC":"JSON","version":', at));
  return writeText(out, '}', at) - offset;
}

function writeExtFields(extFields: ExtFields, out: Buffer, offset: number): number {
  let at = offset;
  for (const key in extFields) {
    out[at] = at === offset ? openBrace : comma;
    at = writeQuoted(out, key, at + 1);
    out[at] = colon;
    at = writeQuoted(out, extFields[key]!, at + 1);
  }
  return at === offset ? writeText(out, '{}', at) : writeText(out, '}', at);
}

function writeQuoted(out: Buffer, text: string, at: number): number {
  const end = writePlainQuoted(out, text, at);
  return end === -1 ? at + out.write(quoteFastjson(text), at) : end;
}
