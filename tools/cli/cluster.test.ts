import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { execa } from 'execa';
import { type Folder, temporaryFolder } from '../lab/folders.ts';
import { isAlive } from '../lab/process-registry.ts';
import { readStanding } from '../lab/standing/state.ts';
import { type GroupStatus, groupsOf, type ServerStatus } from '../lab/standing/status.ts';
import { until } from '../lab/until.ts';
import { projectRoot } from './run.ts';

interface Status {
  readonly servers: readonly ServerStatus[];
  readonly groups: readonly GroupStatus[];
}

/** The commands of a user who has nothing but this folder; whatever is up when the test ends is taken down. */
async function user(t: TestContext) {
  const folder: Folder = await temporaryFolder();
  const run = (script: string, ...args: string[]) =>
    execa(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
      cwd: projectRoot,
      reject: false,
      env: {
        XDG_STATE_HOME: folder.path,
        NO_COLOR: '1',
      },
    });
  const cluster = (...args: string[]) => run('tools/cli/cluster.ts', ...args);
  t.after(async () => {
    await cluster('down');
    await folder[Symbol.asyncDispose]();
  });
  // The same state as the commands read, without a process for each look.
  process.env.XDG_STATE_HOME = folder.path;
  return { cluster, run, state: path.join(folder.path, 'rocketmq-switchlab') };
}

test('a cluster goes on without the command that started it, says how it is, and ends whole', async (t) => {
  const { cluster, run, state } = await user(t);
  const up = await cluster('up', 'pair');
  assert.equal(up.exitCode, 0, up.stderr);
  const status = await cluster('status', '--json');
  assert.equal(status.exitCode, 0);
  const { servers, groups } = JSON.parse(status.stdout) as Status;
  assert.ok(servers.every(({ address, ready }) => address.startsWith('127.0.0.1:') && ready));
  assert.deepEqual(
    groups.map(({ master, slaves, syncStateSet }) => [master, slaves, syncStateSet]),
    [['broker-a-0', ['broker-a-1'], ['broker-a-0', 'broker-a-1']]],
  );

  const second = await cluster('up', 'pair');
  assert.equal(second.exitCode, 3);
  assert.match(second.stderr, /up already: .*down/);

  const lines = up.stdout.matchAll(/^npm run mqadmin -- (.*)$/gm);
  const results = [...lines].map(async ([, line]) => await run('reference-impl/bin/mqadmin.ts', ...line!.split(' ')));
  assert.equal(results.length, 5);
  for (const { exitCode, stderr } of await Promise.all(results)) assert.equal(exitCode, 0, stderr);

  process.kill(servers.find(({ name }) => name === 'broker-a-0')!.pid, 'SIGKILL');
  const { processes } = readStanding()!;
  const look = () => groupsOf(readStanding()!);
  const isOther = ([group]: readonly GroupStatus[]) => group?.master === 'broker-a-1';
  await until('the other broker is master', look, isOther, { deadlineMs: 15_000 });
  const degraded = await cluster('status');
  assert.equal(degraded.exitCode, 1);
  assert.match(degraded.stdout, /broker-a-0 .* dead\n/);

  assert.equal((await cluster('down')).exitCode, 0);
  assert.deepEqual(processes.filter(isAlive), []);
  assert.deepEqual(readdirSync(state), []);
  assert.equal((await cluster('status')).exitCode, 1);
});

test('an interrupted start leaves nothing', async (t) => {
  const { cluster, state } = await user(t);
  const starting = cluster('up', 'production');
  const look = () => readStanding()?.processes ?? [];
  const some = await until('some process was started', look, ({ length }) => length > 0, { deadlineMs: 15_000 });
  starting.kill('SIGINT');
  const { exitCode, stderr } = await starting;
  assert.equal(exitCode, 130, stderr);
  assert.deepEqual(some.filter(isAlive), []);
  assert.deepEqual(readdirSync(state), []);
});

test('what cannot start says why', async (t) => {
  const { cluster, state } = await user(t);
  const unknown = await cluster('up', 'pear');
  assert.equal(unknown.exitCode, 3);
  assert.match(unknown.stderr, /topologies\/pear/);
  const guest = await cluster('up', 'nameservers/guest-with-controller');
  assert.equal(guest.exitCode, 3);
  assert.match(guest.stderr, /--guest/);
  assert.ok(!existsSync(state) || readdirSync(state).length === 0);
});
