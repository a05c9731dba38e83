import { missingTools } from '../lab/tools-present.ts';
import { run } from './run.ts';

/** Plays the features of clients that are not ours, where there is something to run one with. */
const [noJava, noGo] = await Promise.all([missingTools('java', 'javac', 'mvn'), missingTools('go')]);
if (noJava.length > 0 && noGo.length > 0) {
  console.log(`SKIPPED: no ${[...noJava, ...noGo].join(' and no ')} on PATH, so no stock client can run here.`);
} else {
  const script = ['--disable-warning=ExperimentalWarning', 'tools/cli/conformance.ts', 'features/client'];
  if (noJava.length > 0) console.log(`SKIPPED: Java clients, for want of ${noJava.join(' and ')} on PATH.`);
  if (noGo.length > 0) console.log('SKIPPED: the Go client, for want of go on PATH.');
  const tags = ['not @slow', noJava.length > 0 && 'not @java', noGo.length > 0 && 'not @go']
    .filter(Boolean)
    .join(' and ');
  process.exitCode = await run(process.execPath, [...script, '--tags', tags, '--name', 'test-stock-clients']);
}
