import { availableParallelism } from 'node:os';

/** Arguments of Node that run the unit tests, all of them or those that match `patterns`. */
export function unitTests(patterns: readonly string[]): string[] {
  const everything = ['reference-impl/**/*.test.ts', 'tools/**/*.test.ts'];
  return [
    '--disable-warning=ExperimentalWarning',
    '--test',
    // Most of them wait: Node's own choice, one less than there are processors, leaves two cores idle.
    `--test-concurrency=${availableParallelism()}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    ...(patterns.length > 0 ? patterns : everything),
  ];
}
