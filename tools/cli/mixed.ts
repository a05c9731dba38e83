import { run } from './run.ts';
import { missingTools } from '../lab/tools-present.ts';

/** Judges the reference side by side with a real Apache release, where Java and Maven are there to run one. */
const missing = await missingTools('java', 'mvn');
if (missing.length > 0) {
  console.log(`SKIPPED: no ${missing.join(' and no ')} on PATH, so no Apache release can run here.`);
} else {
  const script = ['--disable-warning=ExperimentalWarning', 'tools/cli/conformance.ts', 'features/mixed'];
  const judge = (guest: string, name: string) => run(process.execPath, [...script, '--guest', guest, '--name', name]);
  const verdicts = [await judge('apache:5.3.3', 'test-mixed'), await judge('apache:4.9.7', 'test-mixed-old')];
  process.exitCode = Math.max(...verdicts);
}
