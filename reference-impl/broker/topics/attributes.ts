import { SwitchlabError } from '../../base/errors.ts';

/** Text of `+key=value,-key` applied to the attributes that a topic or a group has. Throws HEADER_FIELD_ILLEGAL. */
export function alterAttributes(known: ReadonlyMap<string, string>, text: string | null): Map<string, string> {
  const attributes = new Map(known);
  for (const item of (text ?? '').split(',')) {
    if (item.trim() === '') continue;
    const [key = '', value] = item.trim().split('=', 2);
    const name = key.slice(1);
    if (key.startsWith('+') && value !== undefined && name !== '') attributes.set(name, value);
    else if (key.startsWith('-') && value === undefined && name !== '') attributes.delete(name);
    else throw new SwitchlabError('HEADER_FIELD_ILLEGAL', `The attribute "${item}" is neither +key=value nor -key.`);
  }
  return attributes;
}
