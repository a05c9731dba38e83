import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { byPlace, nameEach, type NamedScenario } from './scenario-names.ts';
import type { RunReport, Shard } from './types.ts';

/** Seconds by scenario, as a run took them. */
export type Durations = Readonly<Record<string, number>>;

const durationsFile = path.resolve(import.meta.dirname, '../../matrix/durations.yaml');
const header = `# How long each scenario takes on the reference, in seconds: what \`--shard i/n\` balances by.
# Written by \`npm run report -- durations RUN\`; a scenario that is not here counts as long as the others on average.
`;

/** The scenarios of one shard: the longest first, each to the shard with the least so far. The same at every call. */
export function scenariosOfShard<P extends NamedScenario>(
  planned: readonly P[],
  durations: Durations,
  { index, of }: Shard,
): P[] {
  const named = nameEach(planned);
  const known = named.map(([name]) => durations[name]).filter((seconds) => seconds !== undefined);
  const usual = known.length === 0 ? 1 : known.reduce((sum, seconds) => sum + seconds, 0) / known.length;
  const longestFirst = named
    .map(([name, scenario]) => ({ name, scenario, seconds: durations[name] ?? usual }))
    .sort((a, b) => b.seconds - a.seconds || (a.name < b.name ? -1 : 1));
  const loads = Array.from<number>({ length: of }).fill(0);
  const chosen = longestFirst.filter(({ seconds }) => {
    const least = loads.indexOf(Math.min(...loads));
    loads[least]! += seconds;
    return least === index - 1;
  });
  return chosen.map(({ scenario }) => scenario).sort(byPlace);
}

export function readDurations(): Durations {
  return existsSync(durationsFile) ? ((parse(readFileSync(durationsFile, 'utf8')) as Durations | null) ?? {}) : {};
}

/** Takes over what a run took; scenarios that are in none of its features stay. */
export function recordDurations({ scenarios }: RunReport): number {
  const seconds = (ms: number) => Math.max(0.1, Math.round(ms / 100) / 10);
  const measured = nameEach(scenarios).map(([name, { durationMs }]) => [name, seconds(durationMs)] as const);
  const all = Object.entries({ ...readDurations(), ...Object.fromEntries(measured) });
  const sorted = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(durationsFile, header + stringify(sorted, { lineWidth: 0 }));
  return measured.length;
}
