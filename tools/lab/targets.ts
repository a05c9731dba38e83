import { type Release, releases } from '../../reference-impl/base/release.ts';
import { SetupError } from './setup-error.ts';
import { apacheTarget } from './targets/apache.ts';
import { referenceTarget } from './targets/reference.ts';
import type { Target } from './targets/target.ts';

/** The pair of releases that a run judges. */
export interface Targets extends Readonly<Record<Release, Target>> {
  /** Runs beside the target in mixed clusters; null: this run has none. */
  readonly guest: Target | null;
  readonly defaultProfile: string;
  /** Target name to what a report shows. */
  readonly versions: Readonly<Record<string, string>>;
  /** Makes them startable. Throws `SetupError`. */
  prepare(): Promise<void>;
}

/** Releases taken when a list of Apache targets names only one side. */
const apacheDefaults: Record<Release, string> = { new: '5.3.3', old: '4.9.7' };

/**
 * Reads `reference`, or a comma list of `reference:new`, `reference:old` and `apache:<version>`, at most one for each
 * release; the side that is not named comes from the same family. Throws `SetupError`.
 * @param guestText one target, null for none
 */
export function parseTargets(text: string, guestText: string | null = null): Targets {
  const named = text.split(',').flatMap((item) => parseTarget(item.trim()));
  const take = (release: Release): Target => {
    const [target, second] = named.filter((candidate) => candidate.release === release);
    if (second) throw new SetupError(`"${text}" names two targets of the ${release} release: name one.`);
    return (
      target ?? (named[0]!.name.startsWith('apache') ? apacheTarget(apacheDefaults[release]) : referenceTarget(release))
    );
  };
  const pair = { new: take('new'), old: take('old') };
  const guest = guestText === null ? null : parseOneTarget(guestText);
  const all = [pair.new, pair.old, ...(guest ? [guest] : [])];
  const slowest = all.some(({ defaultProfile }) => defaultProfile === 'tuned') ? 'tuned' : 'compressed';
  return {
    ...pair,
    guest,
    defaultProfile: guest === null ? slowest : 'mixed',
    versions: Object.fromEntries(all.map(({ name, version }) => [name, version])),
    async prepare() {
      await Promise.all(all.map((target) => target.prepare()));
    },
  };
}

/** Reads one target, such as `reference:new`. Throws `SetupError`. */
export function parseOneTarget(text: string): Target {
  const [target, second] = parseTarget(text.trim());
  if (second) throw new SetupError(`"${text}" names two releases: say one, such as reference:new.`);
  return target!;
}

function parseTarget(item: string): Target[] {
  if (item === 'reference') return releases.map(referenceTarget);
  const [family, what = ''] = item.split(':');
  const release = releases.find((name) => name === what);
  if (family === 'reference' && release) return [referenceTarget(release)];
  if (family === 'apache' && /^[45]\.\d+\.\d+$/.test(what)) return [apacheTarget(what)];
  throw new SetupError(`"${item}" is no target: write reference, reference:new, reference:old or apache:<version>.`);
}
