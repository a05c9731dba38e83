import { type Release, releases } from '../../reference-impl/base/release.ts';
import { SetupError } from './setup-error.ts';
import { apacheTarget } from './targets/apache.ts';
import { commandTarget } from './targets/command.ts';
import { distTarget } from './targets/dist.ts';
import { referenceTarget } from './targets/reference.ts';
import type { Role, Target } from './targets/target.ts';
import { targetProfiles } from './profile.ts';
import { fromUser } from './user-folder.ts';

/** Lists of targets for single roles, in place of those of the run. */
export type RoleTexts = Partial<Readonly<Record<Role, string>>>;

/** The pair of releases that a run judges. */
export interface Targets extends Readonly<Record<Release, Target>> {
  /** Runs beside the target in mixed clusters; null: this run has none. */
  readonly guest: Target | null;
  /** Who plays a role in this run; a controller inside a NameServer is of the NameServer's target. */
  of(role: Role, release: Release): Target;
  /** Everything that a cluster of this run may start, each once. */
  readonly all: readonly Target[];
  readonly defaultProfile: string;
  /** Target name to what a report shows. */
  readonly versions: Readonly<Record<string, string>>;
  /** Makes them startable. Throws `SetupError`. */
  prepare(): Promise<void>;
}

/** Releases taken when a list of Apache targets names only one side. */
const apacheDefaults: Record<Release, string> = { new: '5.3.3', old: '4.9.7' };
/** Whether one target, as a user writes it, is the path of a target file. */
export const isTargetFile = (item: string) => /\.ya?ml$/.test(item);

/**
 * Reads `reference`, or a comma list of `reference:new`, `reference:old`, `apache:<version>`, `dist:<folder>` and target
 * files (`my-target.yaml`), at most one for each release; the side that is not named comes from the same family, for a
 * folder or file from the reference. Throws `SetupError`.
 * @param guestText one target, null for none
 */
export function parseTargets(text: string, guestText: string | null = null, roles: RoleTexts = {}): Targets {
  assertNamesDiffer([text, ...(guestText === null ? [] : [guestText]), ...Object.values(roles)].flatMap(splitList));
  const named = parseList(text);
  const sibling = (release: Release): Target =>
    text.trimStart().startsWith('apache:') ? apacheTarget(apacheDefaults[release]) : referenceTarget(release);
  const take = (release: Release): Target => named.find((target) => target.release === release) ?? sibling(release);
  const pair = { new: take('new'), old: take('old') };
  const guest = guestText === null ? null : parseOneTarget(guestText);
  const ofRoles = Object.entries(roles).flatMap(([role, list]) =>
    parseList(list).map((target) => ({ role: role as Role, target })),
  );
  const all = [pair.new, pair.old, ...(guest ? [guest] : []), ...ofRoles.map(({ target }) => target)];
  const slowest = targetProfiles.findLast((profile) => all.some((target) => target.defaultProfile === profile))!;
  return {
    ...pair,
    guest,
    all,
    of: (role, release) =>
      ofRoles.find((own) => own.role === role && own.target.release === release)?.target ?? pair[release],
    // Java beside the reference: what boots may be silent for seconds.
    defaultProfile: isMixture(all) ? 'mixed' : slowest,
    versions: Object.fromEntries(all.map(({ name, version }) => [name, version])),
    async prepare() {
      await Promise.all(all.map((target) => target.prepare()));
    },
  };

  /** The old release stands beside the new one in few clusters only, and takes the timings of either. */
  function isMixture(targets: readonly Target[]): boolean {
    const profiles = new Set(targets.filter(({ release }) => release === 'new').map((target) => target.defaultProfile));
    return guest !== null || profiles.size > 1;
  }
}

/** The same list with paths that hold in any working folder. */
export function absoluteTargets(list: string): string {
  return splitList(list).map(absoluteItem).join(',');
}

function absoluteItem(item: string): string {
  if (isTargetFile(item)) return fromUser(item);
  return item.startsWith('dist:') ? `dist:${fromUser(item.slice('dist:'.length))}` : item;
}

const splitList = (list: string) => list.split(',').map((item) => item.trim());

/** Targets of a list, at most one for each release. */
function parseList(list: string): Target[] {
  const named = splitList(list).flatMap(parseTarget);
  for (const release of releases) {
    const own = named.filter((target) => target.release === release);
    if (own.length > 1) throw new SetupError(`"${list}" names two targets of the ${release} release: name one.`);
  }
  return named;
}

/** A report, and the cache of the matrix, know a target by its name. */
function assertNamesDiffer(items: readonly string[]): void {
  const files = [...new Set(items.filter(isTargetFile).map(fromUser))];
  for (const [name, same] of Map.groupBy(files, (file) => commandTarget(file).name))
    if (same.length > 1) throw new SetupError(`${same.join(' and ')} are both named ${name}: name them apart.`);
}

/** Reads one target, such as `reference:new`. Throws `SetupError`. */
export function parseOneTarget(text: string): Target {
  const [target, second] = parseTarget(text.trim());
  if (second) throw new SetupError(`"${text}" names two releases: say one, such as reference:new.`);
  return target!;
}

function parseTarget(item: string): Target[] {
  if (item === 'reference') return releases.map(referenceTarget);
  if (isTargetFile(item)) return [commandTarget(fromUser(item))];
  const family = item.split(':')[0]!;
  const what = item.slice(family.length + 1);
  const release = releases.find((name) => name === what);
  if (family === 'reference' && release) return [referenceTarget(release)];
  if (family === 'apache' && /^[45]\.\d+\.\d+$/.test(what)) return [apacheTarget(what)];
  if (family === 'dist' && what !== '') return [distTarget(fromUser(what))];
  throw new SetupError(
    `"${item}" is no target: write reference, reference:new, reference:old, apache:<version>, dist:<folder> or a YAML file.`,
  );
}
