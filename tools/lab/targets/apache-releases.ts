import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const file = path.resolve(import.meta.dirname, '../../../matrix/releases.yaml');

interface ListedRelease {
  readonly version: string;
  readonly missing?: readonly string[];
}

let releases: readonly ListedRelease[] | null = null;

/** Every release that is listed, the oldest first. */
export function allReleases(): readonly ListedRelease[] {
  releases ??= parse(readFileSync(file, 'utf8')) as ListedRelease[];
  return releases;
}

/** Parts of a release (`namesrv`, `broker`, `controller`, `tools`, `client`) that Maven Central does not have. */
export function missingParts(version: string): readonly string[] {
  return allReleases().find((release) => release.version === version)?.missing ?? [];
}
