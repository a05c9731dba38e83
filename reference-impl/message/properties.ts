import type { Release } from '../base/release.ts';
import { javaHashCode } from '../base/bytes.ts';

// Properties text: name 0x01 value 0x02 name 0x01 value 0x02 …   new ends with 0x02, old leaves the last one out.

const nameEnd = '\u0001';
const entryEnd = '\u0002';

/** Names that the reference itself reads or writes (`MessageConst`). */
export const PropertyName = {
  KEYS: 'KEYS',
  TAGS: 'TAGS',
  WAIT: 'WAIT',
  DELAY: 'DELAY',
  UNIQ_KEY: 'UNIQ_KEY',
  RETRY_TOPIC: 'RETRY_TOPIC',
  REAL_TOPIC: 'REAL_TOPIC',
  REAL_QID: 'REAL_QID',
  TRAN_MSG: 'TRAN_MSG',
  PGROUP: 'PGROUP',
  CLUSTER: 'CLUSTER',
  MSG_REGION: 'MSG_REGION',
  TRACE_ON: 'TRACE_ON',
  ORIGIN_MESSAGE_ID: 'ORIGIN_MESSAGE_ID',
  MAX_RECONSUME_TIMES: 'MAX_RECONSUME_TIMES',
} as const;

/**
 * Decodes a properties text (`MessageDecoder.string2messageProperties`). The last of two equal names wins; entries without
 * a name or without a value are dropped.
 */
export function decodeProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf(entryEnd, start);
    if (end === -1) end = text.length;
    const separator = text.indexOf(nameEnd, start);
    if (separator > start && separator < end - 1) {
      properties.set(text.slice(start, separator), text.slice(separator + 1, end));
    }
    start = end + 1;
  }
  return properties;
}

/** Encodes in iteration order, ending as `release` does (`MessageDecoder.messageProperties2String`). */
export function encodeProperties(properties: Iterable<readonly [string, string]>, release: Release): string {
  let text = '';
  for (const [name, value] of properties) text += name + nameEnd + value + entryEnd;
  return release === 'old' ? text.slice(0, -1) : text;
}

/** The batch-level properties behind a message's own, as a batch is unrolled. */
export function joinProperties(own: string, batch: string): string {
  if (own === '' || batch === '') return own + batch;
  return own.endsWith(entryEnd) ? own + batch : own + entryEnd + batch;
}

/** How to find one property in a text; make it once per name. */
export interface PropertyPattern {
  readonly first: string;
  readonly later: string;
}

export function propertyPattern(name: string): PropertyPattern {
  return { first: name + nameEnd, later: entryEnd + name + nameEnd };
}

/** Value of one property without decoding the rest; undefined when it is absent or empty. The last one wins. */
export function propertyOf(text: string, { first, later }: PropertyPattern): string | undefined {
  let start = text.startsWith(first) ? first.length : -1;
  for (let at = text.indexOf(later); at !== -1; at = text.indexOf(later, at + 1)) start = at + later.length;
  if (start === -1) return undefined;
  const end = text.indexOf(entryEnd, start);
  const value = text.slice(start, end === -1 ? text.length : end);
  return value === '' ? undefined : value;
}

/** Tag hash of a consume queue unit: Java hash of the whole TAGS text, 0 without tags. */
export function tagsCodeOf(tags: string | undefined): number {
  return tags === undefined ? 0 : javaHashCode(tags);
}
