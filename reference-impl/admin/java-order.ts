import { javaHashCode } from '../base/bytes.ts';

/**
 * Texts in the order in which a Java HashSet or HashMap gives them out: the real tool prints some lists that way, and
 * scripts that read "the first line" have come to rely on it.
 * @param capacity with which the Java side makes the map: 16 unless it says otherwise
 */
export function hashOrder(texts: Iterable<string>, capacity = 16): string[] {
  const all = [...new Set(texts)];
  let buckets = capacity;
  while (all.length > buckets * 0.75) buckets *= 2;
  const bucketOf = (text: string) => {
    const hash = javaHashCode(text);
    return (hash ^ (hash >>> 16)) & (buckets - 1);
  };
  // Array sorting is stable: within a bucket the order of insertion stays.
  return all.sort((a, b) => bucketOf(a) - bucketOf(b));
}
