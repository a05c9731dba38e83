import { availableParallelism } from 'node:os';

/** Java takes a minute or two. */
const testMinutes = 6;

/** Arguments of Node that run the unit tests, all of them or those that match `patterns`. */
export function unitTests(patterns: readonly string[]): string[] {
  const everything = ['reference-impl/**/*.test.ts', 'tools/**/*.test.ts'];
  return [
    '--disable-warning=ExperimentalWarning',
    '--test',
    // Most of them wait: Node's own choice, one less than there are processors, leaves two cores idle.
    `--test-concurrency=${availableParallelism()}`,
    // One that hangs is named, long before the whole run is ended.
    `--test-timeout=${testMinutes * 60_000}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    ...(patterns.length > 0 ? patterns : everything),
  ];
}
