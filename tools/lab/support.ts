import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { RoleTexts, Targets } from './targets.ts';
import { roles, type Target } from './targets/target.ts';
import { Unsupported } from './unsupported.ts';
import { compareVersions, isInRange } from './version-range.ts';

const sinceFile = path.resolve(import.meta.dirname, '../../matrix/since.yaml');
let since: Readonly<Record<string, string>> | null = null;

/**
 * Throws `Unsupported` when a target of the run says that it lacks what one of these tags stands for, or is older than the
 * requirement.
 */
export function assertSupported(targets: Targets, tags: readonly string[]): void {
  for (const target of targets.all) {
    const { name, support, release } = target;
    const tag = tags.find((candidate) => Object.hasOwn(support.lacks, candidate));
    if (tag !== undefined) throw new Unsupported(`${name} does not support ${tag}: ${support.lacks[tag]}`);
    if (release === 'new') assertYoungEnough(target, tags);
  }
}

/** What is no release of Apache RocketMQ counts as its newest. */
const newest = '999.0.0';

/** Throws `Unsupported` when a role is not played by a release in its range, which is what the scenario is about. */
export function assertReleases(targets: Targets, ranges: RoleTexts): void {
  for (const role of roles) {
    const range = ranges[role];
    const { name, apacheVersion } = targets.of(role, 'new');
    if (range === undefined || isInRange(apacheVersion ?? newest, range)) continue;
    throw new Unsupported(`This is about a ${role} of ${range}, and ${name} is none: name one by --${role}-target.`);
  }
}

/** Whether a release of the run knows brokers by their addresses alone. */
export function knowsBrokersByAddress(targets: Targets): boolean {
  const isOld = ({ release, apacheVersion }: Target) =>
    release === 'new' && apacheVersion !== null && isInRange(apacheVersion, '<=5.1.0');
  return targets.all.some(isOld);
}

function assertYoungEnough({ name, apacheVersion }: Target, tags: readonly string[]): void {
  if (apacheVersion === null) return;
  since ??= parse(readFileSync(sinceFile, 'utf8')) as Record<string, string>;
  for (const tag of tags) {
    const id = tag.slice(1);
    const first = since[id] ?? since[id.replace(/-\d+$/, '')];
    if (first !== undefined && compareVersions(apacheVersion, first) < 0)
      throw new Unsupported(`${name} does not support ${id}, which is about ${first} and later.`);
  }
}
