import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Targets } from './targets.ts';
import type { Target } from './targets/target.ts';
import { Unsupported } from './unsupported.ts';
import { compareVersions } from './version-range.ts';

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
