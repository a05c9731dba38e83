import { run } from './run.ts';
import { missingTools } from './tools-present.ts';

/** Judges the reference side by side with a real Apache release, where Java and Maven are there to run one. */
const missing = await missingTools('java', 'mvn');
if (missing.length > 0) {
  console.log(`SKIPPED: no ${missing.join(' and no ')} on PATH, so no Apache release can run here.`);
} else {
  const script = ['--disable-warning=ExperimentalWarning', 'tools/cli/conformance.ts', 'features/mixed'];
  process.exitCode = await run(process.execPath, [...script, '--guest', 'apache:5.3.3', '--name', 'test-mixed']);
}
