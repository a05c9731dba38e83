import { run } from './run.ts';

/** Unit and golden tests. Arguments replace the default patterns: `npm run unit -- reference-impl/store/*.test.ts`. */
const patterns = process.argv.slice(2);
const everything = ['reference-impl/**/*.test.ts', 'tools/**/*.test.ts'];
process.exitCode = await run(process.execPath, [
  '--disable-warning=ExperimentalWarning',
  '--test',
  '--test-reporter=dot',
  '--test-reporter-destination=stdout',
  ...(patterns.length > 0 ? patterns : everything),
]);
