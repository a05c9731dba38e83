/** Arguments of Node that run the unit tests, all of them or those that match `patterns`. */
export function unitTests(patterns: readonly string[]): string[] {
  const everything = ['reference-impl/**/*.test.ts', 'tools/**/*.test.ts'];
  return [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    ...(patterns.length > 0 ? patterns : everything),
  ];
}
