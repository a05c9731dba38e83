import { isTargetFile, parseOneTarget, parseTargets, type Targets } from '../lab/targets.ts';
import type { DocumentedCell } from '../report/compatibility.ts';
import { castOf, type Part } from './cast.ts';
import { hashOf, hashOfStockClient, hashOfTarget } from './content-hash.ts';
import type { Candidate } from './covering.ts';
import type { LineUp } from './line-up.ts';

/** What a stock client adds to a cell, on the average: two JVMs, or a route that is 30 s old. */
const stockClientSeconds = 10;

/** One cell for one line-up. */
export interface Work extends Candidate {
  /** Hash of all that its result depends on. Cells of several line-ups in which the same targets play have the same. */
  readonly key: string;
  readonly cell: DocumentedCell;
}

/** A line-up with its targets read, and the cells it is to fill. */
export interface PlannedLineUp extends LineUp {
  readonly targets: Targets;
  readonly profile: string;
  readonly work: readonly Work[];
}

export interface WorkOptions {
  readonly cells: readonly DocumentedCell[];
  /** Null: what suits the targets. */
  readonly profile: string | null;
  readonly seed: number;
  /** Hash of everything but the targets. */
  readonly judge: string;
  /** Seconds that a cell takes with the timings of a profile. */
  readonly secondsOf: (requirement: string, profile: string) => number;
}

/** Throws `SetupError` when a target cannot be read. */
export function planWork(lineUp: LineUp, options: WorkOptions): PlannedLineUp {
  const { cells, seed, judge, secondsOf } = options;
  const targets = parseTargets(lineUp.target, null, lineUp.roles);
  const profile = options.profile ?? targets.defaultProfile;
  const hashes = hashesOf(lineUp, targets);
  const work = cells.map((cell): Work => {
    const cast = castOf(cell, targets, lineUp.client);
    const parts = cast.flatMap(({ role, target }) => [role, target, hashes.get(target)!]);
    const key = hashOf([judge, cell.requirement, profile, String(seed), ...parts]);
    const seconds = secondsOf(cell.requirement, profile) + (lineUp.client === null ? 0 : stockClientSeconds);
    return { key, cell, seconds, facets: facetsOf(lineUp.name, cell, cast) };
  });
  return { ...lineUp, targets, profile, work };
}

/** By the name of each target, and of the client. */
function hashesOf({ target, roles, client }: LineUp, targets: Targets): Map<string, string> {
  const texts = [target, ...Object.values(roles)].flatMap((list) => list.split(','));
  // A target file gives its own name.
  const files = new Map(texts.filter(isTargetFile).map((file) => [parseOneTarget(file).name, file]));
  return new Map([
    ...targets.all.map(({ name }) => [name, hashOfTarget(files.get(name) ?? name)] as const),
    ...(client === null ? [] : [[client, hashOfStockClient(client)] as const]),
  ]);
}

/** What playing it shows: the cell, the line-up, each target in its role, and which met which. */
function facetsOf(lineUp: string, { requirement }: DocumentedCell, cast: readonly Part[]): string[] {
  const parts = cast.map(({ role, target }) => `${target} as ${role}`);
  const broker = cast.find(({ role }) => role === 'broker')!.target;
  const meetings = cast
    .filter(({ role }) => role !== 'broker')
    .map(({ role, target }) => `${broker} with ${target} as ${role}`);
  return [...new Set([requirement, lineUp, ...parts, ...meetings])];
}
