import { versionName } from '../../../reference-impl/base/release.ts';
import type { Target } from '../targets/target.ts';
import { isInRange } from '../version-range.ts';

/** Version of RocketMQ that a target is or plays, `5.3.3`; null when it does not tell. */
export function versionOf({ name, release, version }: Target): string | null {
  const text = name.startsWith('reference') ? versionName[release] : version;
  return /(\d+)[._](\d+)[._](\d+)/.exec(text)?.slice(1).join('.') ?? null;
}

/** Whether a target lies in a range such as `>=5.1.1 <5.2.0`; one that does not tell its version lies in every one. */
export function lies(target: Target, range: string): boolean {
  const version = versionOf(target);
  return version === null || isInRange(version, range);
}
