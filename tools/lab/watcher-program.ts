// The process that `startWatcher` starts: watcher-program.ts <run> [folder…]
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { killMarked } from './marked-processes.ts';
import { until } from './until.ts';

const [run, ...folders] = process.argv.slice(2);
const goneDeadlineMs = 30_000;

await once(process.stdin.resume(), 'close');
// A process that is just being started may be seen in the next look only.
await until(
  'everything has ended',
  () => killMarked(run!),
  (left) => left === 0,
  { deadlineMs: goneDeadlineMs },
);
for (const folder of folders) await rm(folder, { recursive: true, force: true });
