const version = /^(\d+)\.(\d+)\.(\d+)$/;
const comparator = /^(>=|<=|>|<|)(\d+\.\d+\.\d+)$/;

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`; both like `5.3.3`. Throws on other text. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

/** Whether `number` meets every item of `range`, such as `>=5.3.2 <5.4.0`; one version alone means that one. Throws on other text. */
export function isInRange(number: string, range: string): boolean {
  const items = range.trim().split(/\s+/);
  return items.map((item) => meets(number, item)).every(Boolean);
}

function meets(number: string, item: string): boolean {
  const [, sign, limit] = comparator.exec(item) ?? [];
  if (limit === undefined) throw new Error(`"${item}" is no part of a version range: write it as ">=5.3.2 <5.4.0".`);
  const order = compareVersions(number, limit);
  if (sign === '>=') return order >= 0;
  if (sign === '<=') return order <= 0;
  if (sign === '>') return order > 0;
  return sign === '<' ? order < 0 : order === 0;
}

function parts(number: string): readonly [number, number, number] {
  const [, major, minor, patch] = version.exec(number) ?? [];
  if (patch === undefined) throw new Error(`"${number}" is no version such as 5.3.3.`);
  return [Number(major), Number(minor), Number(patch)];
}
