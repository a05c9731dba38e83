import { run, runInOrder } from './run.ts';
import { unitTests } from './unit-tests.ts';

/** Everything that a change must pass; `.ci/run` calls exactly this. */
const node = (script: string, ...args: string[]) =>
  run(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args]);

const targetFile = [
  'features/compatibility',
  '--target',
  'configs/targets/wrapped-reference.yaml',
  '--tags',
  '@CTL-CMP-05 or @CTL-CMP-07',
];

process.exitCode = await runInOrder([
  ['static checks', () => node('tools/cli/check.ts')],
  ['browser for the report', () => node('tools/cli/chromium.ts')],
  ['unit and golden tests, with coverage', () => run('c8', [process.execPath, ...unitTests([])])],
  [
    'conformance of the reference',
    () => node('tools/cli/conformance.ts', 'features/compatibility', '--name', 'test-reference'),
  ],
  [
    'the reference as a target file',
    () => node('tools/cli/conformance.ts', ...targetFile, '--name', 'test-target-file'),
  ],
  ['planted defects are noticed', () => node('tools/cli/defects.ts')],
  ['SIGKILL under load', () => node('tools/cli/drill.ts', '--moments', '5')],
  ['stock clients against the reference', () => node('tools/cli/stock-clients.ts')],
  ['the reference beside Apache releases', () => node('tools/cli/mixed.ts')],
  ['one cell on Apache releases', () => node('tools/cli/apache-cell.ts')],
]);
