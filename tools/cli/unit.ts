import { run } from './run.ts';
import { unitTests } from './unit-tests.ts';

/** Unit and golden tests. Arguments replace the default patterns: `npm run unit -- reference-impl/store/*.test.ts`. */
process.exitCode = await run(process.execPath, unitTests(process.argv.slice(2)));
