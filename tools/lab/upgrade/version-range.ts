import { z } from 'zod';
import { versionName } from '../../../reference-impl/base/release.ts';
import type { Target } from '../targets/target.ts';

const version = z.string().regex(/^\d+\.\d+\.\d+$/, 'is no version, such as 5.1.1');

/** Versions from `least` on, up to but without `below`. */
export const versionRange = z.strictObject({ least: version.optional(), below: version.optional() });
export type VersionRange = z.infer<typeof versionRange>;

/** Three numbers of a version, null when the target does not tell one. */
function numbersOf(text: string): number[] | null {
  const found = /(\d+)[._](\d+)[._](\d+)/.exec(text);
  return found === null ? null : found.slice(1).map(Number);
}

/** Version of what a target runs, `5.3.3`; null when it does not tell. */
export function versionOf(target: Target): string | null {
  const text = target.name.startsWith('reference') ? versionName[target.release] : target.version;
  return numbersOf(text)?.join('.') ?? null;
}

/** Whether a version, such as `5.1.0`, lies in a range. */
export function isWithin(versionText: string, { least, below }: VersionRange): boolean {
  return (
    (least === undefined || compare(versionText, least) >= 0) &&
    (below === undefined || compare(versionText, below) < 0)
  );
}

/** `5.1.1 and later`, `before 5.0.0`, `5.0.0 and later, before 5.1.1`, `any version`. */
export function rangeText({ least, below }: VersionRange): string {
  const parts = [least && `${least} and later`, below && `before ${below}`].filter((part) => part !== undefined);
  return parts.join(', ') || 'any version';
}

function compare(a: string, b: string): number {
  const [left, right] = [numbersOf(a)!, numbersOf(b)!];
  const at = left.findIndex((number, i) => number !== right[i]);
  return at === -1 ? 0 : left[at]! - right[at]!;
}
