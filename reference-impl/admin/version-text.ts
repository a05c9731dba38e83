// MQVersion ordinals since 4.0.0: base + 20 x minor + 2 x patch, base 213 for 4.x and 413 for 5.x; the SNAPSHOT is one less.
const bases = [
  { major: 5, base: 413 },
  { major: 4, base: 213 },
] as const;
const ordinalMax = 612;

/** Name of a version ordinal as tools print it: `V5_3_3`, `V4_9_8_SNAPSHOT`, `HIGHER_VERSION`. Before 4.0.0: the number. */
export function versionText(ordinal: number): string {
  if (ordinal >= ordinalMax) return 'HIGHER_VERSION';
  for (const { major, base } of bases) {
    const steps = ordinal - base;
    if (steps < -1) continue;
    const release = Math.ceil(steps / 2);
    return `V${major}_${Math.floor(release / 10)}_${release % 10}${steps % 2 === 0 ? '' : '_SNAPSHOT'}`;
  }
  return `V${ordinal}`;
}
