/** A release of RocketMQ, `[5, 3, 3]`. */
export type Version = readonly [major: number, minor: number, patch: number];

/** Reads `5.3.3`; null for anything else. */
export function parseVersion(text: string): Version | null {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** Negative when `a` is the older one, 0 when they are equal. */
export function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** `version` is `text` or newer. */
export function isAtLeast(version: Version, text: string): boolean {
  return compareVersions(version, parseVersion(text)!) >= 0;
}

export function versionText(version: Version): string {
  return version.join('.');
}
