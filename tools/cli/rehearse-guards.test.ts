import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../lab/folders.ts';
import { rehearse, stateOf, type UsersCluster, writeCluster } from './rehearse.fixture.ts';

const files = [
  ...[1, 2].map((n) => `production-4.9/namesrv-${n}.conf`),
  ...[0, 1].map((n) => `production-4.9/broker-a-${n}.conf`),
  ...[1, 2, 3].map((n) => `production/controller-${n}.conf`),
];
const pair = { 'broker-a-0.conf': 'old-4.9.7', 'broker-a-1.conf': 'old-4.9.7' };

interface Guarded {
  readonly plan: string;
  readonly stores?: UsersCluster['stores'];
  readonly more?: readonly string[];
  /** The master acknowledges without its slave, and so has messages to lose. */
  readonly asyncMaster?: true;
  readonly exitCode: number;
  readonly says: readonly RegExp[];
}

/** What `--json` prints. */
interface Verdict {
  readonly plan: string;
  readonly exitCode: number;
  readonly lines: readonly string[];
  readonly steps: readonly { readonly action: string; readonly outcome: string; readonly hand: readonly string[] }[];
}

/** Plays it on real processes and expects how it ends; the originals stay as they were. Returns its standard output. */
async function guarded(
  t: TestContext,
  { plan, stores = pair, more = [], asyncMaster, exitCode, says }: Guarded,
): Promise<string> {
  await using folder = await temporaryFolder();
  const cluster: UsersCluster = { plan, files, stores };
  await writeCluster(folder.path, cluster);
  if (asyncMaster) {
    const file = path.join(folder.path, 'broker-a-0.conf');
    writeFileSync(file, readFileSync(file, 'utf8').replace('SYNC_MASTER', 'ASYNC_MASTER'));
  }
  const before = stateOf(folder.path);
  const { run } = rehearse(t, folder.path, cluster, { more });
  const { exitCode: code, all, stdout } = await run;
  assert.equal(code, exitCode, all);
  for (const text of says) assert.match(all, text);
  assert.deepEqual(stateOf(folder.path), before);
  return stdout;
}

const slaveFirst = /A slave with a shorter log becomes master/;

test('a slave that would come first with a shorter log is not started, which JSON says too', async (t) => {
  const stdout = await guarded(t, {
    plan: 'master-slave-slave-first',
    more: ['--json'],
    exitCode: 1,
    says: [/^Steps: stopped before step 7 of 8, /m, slaveFirst, /aligned/],
  });
  const { exitCode, lines, steps } = JSON.parse(stdout) as Verdict;
  assert.equal(exitCode, 1);
  assert.match(lines[0]!, /^Steps: stopped before step 7 of 8, /);
  assert.deepEqual(
    steps.map(({ outcome }) => outcome),
    [...Array<string>(6).fill('held'), 'refused'],
  );
});

test('the loss of a slave that comes first is shown and counted when that is asked for', async (t) => {
  await guarded(t, {
    plan: 'master-slave-slave-first',
    more: ['--show-the-loss'],
    asyncMaster: true,
    exitCode: 1,
    says: [/^Steps: all 8 steps held\.$/m, /HARM SHOWN: /, /^Messages of the rehearsal: .* [1-9]\d* lost/m, slaveFirst],
  });
});

test('a learner that would come first is not started', async (t) => {
  await guarded(t, {
    plan: 'master-slave-aligned',
    more: ['--set', 'asyncLearner=true'],
    exitCode: 1,
    says: [/^Steps: stopped before step 9 of 11, .*no learner.*broker-a-0 is one/m],
  });
});

test('nothing starts on a DLedger store below a plain broker', async (t) => {
  await guarded(t, {
    plan: 'master-slave-aligned',
    stores: { ...pair, 'broker-a-0.conf': 'old-4.9.7-dledger' },
    exitCode: 3,
    says: [/broker-a-0\.conf: its store keeps messages in a DLedger log/, /^(?!.*starting the cluster)/s],
  });
});

test('a dry run has its steps as JSON', async (t) => {
  const says = [/^\[1\/11\] /m, /^runbook: /m];
  const stdout = await guarded(t, { plan: 'master-slave-aligned', more: ['--dry-run', '--json'], exitCode: 0, says });
  const { plan, steps } = JSON.parse(stdout) as Verdict;
  assert.equal(plan, 'master-slave-aligned');
  assert.equal(steps.length, 11);
  assert.ok(steps.every(({ action, hand }) => action !== '' && hand.length > 0));
});

test('a dry run looks at the stores, too', async (t) => {
  await guarded(t, {
    plan: 'master-slave-aligned',
    stores: { ...pair, 'broker-a-0.conf': 'old-4.9.7-dledger' },
    more: ['--dry-run'],
    exitCode: 3,
    says: [/broker-a-0\.conf: its store keeps messages in a DLedger log/],
  });
});
