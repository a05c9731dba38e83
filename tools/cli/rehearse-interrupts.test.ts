import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../lab/folders.ts';
import { until } from '../lab/until.ts';
import { processesThatName } from './live-processes.fixture.ts';
import { rehearse, stateOf, type UsersCluster, writeCluster } from './rehearse.fixture.ts';

const small: UsersCluster = {
  plan: 'nameservers-one-by-one',
  files: ['namesrv-1', 'namesrv-2', 'broker-a-0', 'broker-a-1'].map((name) => `production-4.9/${name}.conf`),
  stores: { 'broker-a-0.conf': 'old-4.9.7', 'broker-a-1.conf': 'old-4.9.7' },
};
const large: UsersCluster = {
  plan: 'master-slave-aligned',
  files: ['production-4.9', ...[1, 2, 3].map((n) => `production/controller-${n}.conf`)],
  stores: { 'broker-a-0.conf': 'old-4.9.7', 'broker-a-1.conf': 'old-4.9.7' },
};
const largeSteps = 33;

interface Interruption {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL';
  /** Text that has been printed when the signal comes. */
  readonly at: string;
  /** The start script gets it, and not the rehearsal itself. */
  readonly toScript?: true;
}

async function interrupt(t: TestContext, cluster: UsersCluster, { signal, at, toScript }: Interruption): Promise<void> {
  await using folder = await temporaryFolder();
  await writeCluster(folder.path, cluster);
  const before = stateOf(folder.path);
  const script = [...(toScript ? ['tools/cli/prelude.mjs'] : []), 'tools/cli/rehearse.ts'];
  const { run, name, results } = rehearse(t, folder.path, cluster, { script });
  let printed = '';
  run.all.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await until(
    `it prints "${at}"`,
    () => printed,
    (text) => text.includes(at),
    { deadlineMs: 120_000, pollMs: 2 },
  );
  run.kill(signal);
  const { exitCode } = await run;
  const left = () => [
    ...processesThatName(path.join('test-results', name)),
    ...readdirSync(results).filter((entry) => entry.startsWith('site-')),
  ];
  // Whoever is killed can wait for nothing: the watcher needs a moment.
  if (signal === 'SIGKILL') await until('nothing is left', left, (list) => list.length === 0, { deadlineMs: 10_000 });
  else {
    assert.equal(exitCode, signal === 'SIGINT' ? 130 : 143, printed);
    assert.deepEqual(left(), []);
    const again = `npm run rehearse -- --plan ${cluster.plan} `;
    for (const text of ['Nothing runs any more', 'Kept: ', `test-results/${name}, with`, 'To resume', again])
      assert.ok(printed.includes(text), printed);
  }
  assert.deepEqual(stateOf(folder.path), before);
}

const few: Interruption[] = [
  { signal: 'SIGINT', at: '[3] ' },
  { signal: 'SIGTERM', at: 'starting the cluster' },
  { signal: 'SIGKILL', at: 'copying the store' },
  { signal: 'SIGKILL', at: '[3] ' },
  { signal: 'SIGKILL', at: '[6] ', toScript: true },
];
for (const interruption of few)
  test(`${interruption.signal} at "${interruption.at.trim()}"${interruption.toScript ? ', to the start script,' : ''} leaves nothing running and the originals as they were`, (t) =>
    interrupt(t, small, interruption));

// By hand, for it takes four minutes: SWITCHLAB_EVERY_STEP=SIGKILL interrupts a long plan at each of its steps.
const signal = process.env.SWITCHLAB_EVERY_STEP as Interruption['signal'] | undefined;
if (signal !== undefined)
  for (let step = 1; step <= largeSteps; step++)
    test(`${signal} at step ${step} of ${largeSteps}`, (t) => interrupt(t, large, { signal, at: `[${step}] ` }));
