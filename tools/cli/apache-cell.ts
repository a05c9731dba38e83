import { run } from './run.ts';
import { missingTools } from '../lab/tools-present.ts';

/** Judges one cell on real Apache releases, where Java and Maven are there to run them. */
const missing = await missingTools('java', 'mvn');
if (missing.length > 0) {
  console.log(`SKIPPED: no ${missing.join(' and no ')} on PATH, so no Apache release can run here.`);
} else {
  const script = ['--disable-warning=ExperimentalWarning', 'tools/cli/conformance.ts', 'features/compatibility'];
  const target = ['--target', 'apache:5.3.3,apache:4.9.7', '--tags', '@CTL-CMP-07', '--name', 'test-apache-cell'];
  process.exitCode = await run(process.execPath, [...script, ...target]);
}
