import { itemsOfShard } from '../report/shards.ts';
import type { Shard } from '../report/types.ts';
import type { CellState, Progress } from './assemble.ts';
import type { PlayedCell } from './cache.ts';
import { coverWithin } from './covering.ts';
import type { PlannedLineUp, Work } from './work.ts';

export interface Limits {
  /** Null: all of it. */
  readonly shard: Shard | null;
  /** Seconds, null without a limit. */
  readonly budget: number | null;
}

export interface StartingPoint {
  /** Cells about which all is said before anything runs: of other shards, played before, or beyond the budget. */
  readonly progress: Progress;
  /** Keys of cells to play. */
  readonly todo: ReadonlySet<string>;
}

/** Decides about every cell, each once however many line-ups share it. @param find what an earlier run has played */
export function startingPoint(
  planned: readonly PlannedLineUp[],
  find: (key: string) => PlayedCell | null,
  { shard, budget }: Limits,
): StartingPoint {
  const all = distinct(planned);
  // By durations and names alone: every machine comes to the same parts, whatever it runs on and has played before.
  const mine = new Set(shard === null ? all : itemsOfShard(all, shard));
  const played = new Map([...mine].map((work) => [work, find(work.key)] as const));
  const open = [...mine].filter((work) => played.get(work) === null);
  const before = [...mine].filter((work) => !open.includes(work));
  const shown = new Set(before.flatMap(({ facets }) => facets));
  const { chosen, leftOut } = coverWithin(open, budget ?? Number.POSITIVE_INFINITY, shown);
  const progress = new Map<string, CellState>();
  for (const { key } of all.filter((work) => !mine.has(work)))
    progress.set(key, { source: 'other shard', played: null });
  for (const work of before) progress.set(work.key, { source: 'cache', played: played.get(work)! });
  for (const { key } of leftOut) progress.set(key, { source: 'left out', played: null });
  return { progress, todo: new Set(chosen.map(({ key }) => key)) };
}

/** What nothing that was played, now or before, shows. */
export function uncoveredBy(progress: Progress, planned: readonly PlannedLineUp[]): string[] {
  const all = distinct(planned);
  const shown = new Set(all.filter(({ key }) => progress.get(key)?.played).flatMap(({ facets }) => facets));
  return [...new Set(all.flatMap(({ facets }) => facets))].filter((facet) => !shown.has(facet));
}

/** By key, with the facets of every line-up that shares it. */
function distinct(planned: readonly PlannedLineUp[]): (Work & { readonly name: string })[] {
  const named = planned.flatMap(({ name, work }) =>
    work.map((one) => Object.assign({}, one, { name: `${name} ${one.cell.requirement}` })),
  );
  return [...Map.groupBy(named, ({ key }) => key).values()].map((same) => {
    const facets = [...new Set(same.flatMap((work) => work.facets))];
    return Object.assign({}, same[0]!, { facets });
  });
}
