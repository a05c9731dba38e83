import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { byPlace, nameEach, type NamedScenario } from './scenario-names.ts';
import type { RunReport, Shard } from './types.ts';

/** Seconds by scenario, as a run took them. */
export type Durations = Readonly<Record<string, number>>;
export type DurationsByProfile = Readonly<Record<string, Durations>>;

const durationsFile = path.resolve(import.meta.dirname, '../../matrix/durations.yaml');
const header = `# How long each scenario takes with the timings of a profile, in seconds: what \`--shard i/n\` and \`--budget\` reckon with.
# Written by \`npm run report -- durations RUN\`; a scenario that is not here counts by its time with other timings, or as long
# as the others on average.
`;

/** Something that takes time, by a name that orders what takes equally long. */
interface Timed {
  readonly name: string;
  readonly seconds: number;
}

/** The items of one shard: the longest first, each to the shard with the least so far. The same at every call. */
export function itemsOfShard<T extends Timed>(items: readonly T[], { index, of }: Shard): T[] {
  const longestFirst = [...items].sort((a, b) => b.seconds - a.seconds || (a.name < b.name ? -1 : 1));
  const loads = Array.from<number>({ length: of }).fill(0);
  return longestFirst.filter(({ seconds }) => {
    const least = loads.indexOf(Math.min(...loads));
    loads[least]! += seconds;
    return least === index - 1;
  });
}

/** How long each scenario takes: what is not known counts as long as the known ones on average. */
export function timeEach<P extends NamedScenario>(
  planned: readonly P[],
  durations: Durations,
): { readonly name: string; readonly scenario: P; readonly seconds: number }[] {
  const named = nameEach(planned);
  const known = named.map(([name]) => durations[name]).filter((seconds) => seconds !== undefined);
  const usual = known.length === 0 ? 1 : known.reduce((sum, seconds) => sum + seconds, 0) / known.length;
  return named.map(([name, scenario]) => ({ name, scenario, seconds: durations[name] ?? usual }));
}

/** The scenarios of one shard, balanced by their durations. */
export function scenariosOfShard<P extends NamedScenario>(
  planned: readonly P[],
  durations: Durations,
  shard: Shard,
): P[] {
  return itemsOfShard(timeEach(planned, durations), shard)
    .map(({ scenario }) => scenario)
    .sort(byPlace);
}

/** Those of a profile. */
export function readDurations(profile: string): Durations {
  return durationsOf(profile, readAll());
}

/**
 * Those of a profile; a scenario that it never played takes as long as with other timings, by how much slower the profile is
 * where both are known. A profile that was never recorded takes those of the slowest, so that a budget holds.
 */
export function durationsOf(profile: string, all: DurationsByProfile): Durations {
  const slowestFirst = Object.values(all).sort((a, b) => meanOf(b) - meanOf(a));
  const own = all[profile] ?? slowestFirst[0] ?? {};
  const estimated = slowestFirst.map((other) => {
    const shared = Object.keys(other).filter((name) => name in own);
    const slower = shared.length === 0 ? 1 : sumOf(own, shared) / sumOf(other, shared);
    return Object.fromEntries(Object.entries(other).map(([name, seconds]) => [name, seconds * slower]));
  });
  return Object.assign({}, ...estimated.reverse(), own) as Durations;
}

function meanOf(durations: Durations): number {
  const names = Object.keys(durations);
  return sumOf(durations, names) / names.length;
}

function sumOf(durations: Durations, names: readonly string[]): number {
  return names.reduce((sum, name) => sum + durations[name]!, 0);
}

/** Takes over what a run took; scenarios that are in none of its features, or were not judged in it, stay. */
export function recordDurations({ scenarios, profile }: RunReport): number {
  const seconds = (ms: number) => Math.max(0.1, Math.round(ms / 100) / 10);
  const ended = nameEach(scenarios).filter(([, { verdict }]) => ['pass', 'deviates', 'fail'].includes(verdict));
  const measured = ended.map(([name, { durationMs }]) => [name, seconds(durationMs)] as const);
  const all = readAll();
  const own = Object.entries({ ...all[profile], ...Object.fromEntries(measured) });
  const sorted = { ...all, [profile]: Object.fromEntries(own.sort(byName)) };
  const text = stringify(Object.fromEntries(Object.entries(sorted).sort(byName)), { lineWidth: 0 });
  writeFileSync(durationsFile, header + text);
  return measured.length;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function readAll(): DurationsByProfile {
  if (!existsSync(durationsFile)) return {};
  return (parse(readFileSync(durationsFile, 'utf8')) as DurationsByProfile | null) ?? {};
}
