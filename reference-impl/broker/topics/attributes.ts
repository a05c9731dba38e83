/** A change that RocketMQ refuses, in its words. */
export class AttributeRefusal extends Error {
  override name = 'AttributeRefusal';
}

/** What one attribute may be. */
interface Attribute {
  /** Whether what is there already may get it, change it and lose it. */
  readonly changeable: boolean;
  readonly refusal: (value: string) => string | null;
}

export type Allowed = ReadonlyMap<string, Attribute>;

function oneOf(...values: readonly string[]): Attribute['refusal'] {
  return (value) => (values.includes(value) ? null : `value is not in set: [${values.join(', ')}]`);
}

const longMax = 2n ** 63n - 1n;

function reserveTime(value: string): string | null {
  const isInRange = /^(-1|\d{1,19})$/.test(value) && BigInt(value) <= longMax;
  return isInRange ? null : `value is not in range(-1, ${longMax})`;
}

/** `TopicAttributes` of release 5.3.3. */
export const topicAttributes: Allowed = new Map([
  ['queue.type', { changeable: false, refusal: oneOf('BatchCQ', 'SimpleCQ') }],
  ['cleanup.policy', { changeable: false, refusal: oneOf('DELETE', 'COMPACTION') }],
  [
    'message.type',
    { changeable: true, refusal: oneOf('UNSPECIFIED', 'TRANSACTION', 'FIFO', 'MIXED', 'DELAY', 'NORMAL') },
  ],
  ['reserve.time', { changeable: true, refusal: reserveTime }],
]);

/** `SubscriptionGroupAttributes` of release 5.3.3: there are none. */
export const groupAttributes: Allowed = new Map();

/** Text of `+key=value,-key` as the keys with their signs, and values. Throws `AttributeRefusal`. */
export function parseChanges(text: string | null): Map<string, string> {
  const changes = new Map<string, string>();
  for (const item of (text ?? '').split(',').filter((part) => part !== '')) {
    const [key = '', value] = item.split('=');
    if (value !== undefined && !key.includes('+'))
      throw new AttributeRefusal(`add/alter attribute format is wrong: ${key}`);
    if (value === undefined && !key.includes('-'))
      throw new AttributeRefusal(`delete attribute format is wrong: ${key}`);
    if (changes.has(key)) throw new AttributeRefusal(`key duplication: ${key}`);
    changes.set(key, value ?? '');
  }
  return changes;
}

/**
 * Changes, `+key` with its value and `-key`, applied to the attributes of a topic or a group.
 * @param known null when it is not there yet. Throws `AttributeRefusal`.
 */
export function alterAttributes(
  allowed: Allowed,
  known: ReadonlyMap<string, string> | null,
  changes: Iterable<readonly [string, string]>,
): Map<string, string> {
  const altered = new Map(known);
  const seen = new Set<string>();
  for (const [signed, value] of changes) {
    const key = signed.slice(1);
    const refusal = seen.has(key) ? `alter duplication key. key: ${key}` : changeRefusal(allowed, known, signed, value);
    if (refusal !== null) throw new AttributeRefusal(refusal);
    seen.add(key);
    if (signed.startsWith('+')) altered.set(key, value);
    else altered.delete(key);
  }
  return altered;
}

function changeRefusal(
  allowed: Allowed,
  known: ReadonlyMap<string, string> | null,
  signed: string,
  value: string,
): string | null {
  const key = signed.slice(1);
  const isAdded = signed.startsWith('+');
  if (key === '' || /[+-]/.test(key)) return 'kv string format wrong.';
  if (known === null && !isAdded) return `only add attribute is supported while creating topic. key: ${key}`;
  if (!isAdded && !signed.startsWith('-')) return `wrong format key: ${key}`;
  if (!isAdded && !known!.has(key)) return `attempt to delete a nonexistent key: ${key}`;
  const attribute = allowed.get(key);
  if (attribute === undefined) return `unsupported key: ${key}`;
  if (known !== null && !attribute.changeable) return `attempt to update an unchangeable attribute. key: ${key}`;
  return isAdded ? attribute.refusal(value) : null;
}
