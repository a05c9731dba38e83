import { run, runInOrder } from './run.ts';

/** Static checks: types, lint with the layer table, format, unused code. */
process.exitCode = await runInOrder([
  ['types', () => run('tsc', [])],
  ['lint', () => run('oxlint', ['--type-aware', '--deny-warnings'])],
  ['format', () => run('biome', ['format', '.'])],
  ['unused code', () => run('knip', [])],
]);
