// A fastjson bean as the body of a DLedger message: keys in alphabetical order, null fields left out.
import { SwitchlabError, errorText } from '../base/errors.ts';

export type Bean = Record<string, unknown>;

export function encodeBean(bean: Bean): Buffer {
  const sorted = Object.keys(bean).sort();
  return Buffer.from(JSON.stringify(Object.fromEntries(sorted.map((key) => [key, bean[key]]))));
}

/** Throws BODY_MALFORMED, as all below do. */
export function decodeBean(body: Uint8Array | null): Bean {
  try {
    const bean: unknown = JSON.parse(Buffer.from(body ?? []).toString());
    if (typeof bean === 'object' && bean !== null) return bean as Bean;
    throw new Error('not an object');
  } catch (thrown) {
    throw malformed(errorText(thrown));
  }
}

export function text(bean: Bean, key: string): string {
  const value = bean[key] ?? '';
  if (typeof value !== 'string') throw malformed(`${key} is not text`);
  return value;
}

export function integer(bean: Bean, key: string, missing?: number): number {
  const value = bean[key] ?? missing;
  if (!Number.isSafeInteger(value)) throw malformed(`${key} is not a number`);
  return value as number;
}

export function malformed(what: string): SwitchlabError {
  return new SwitchlabError('BODY_MALFORMED', `DLedger message: ${what}.`);
}
