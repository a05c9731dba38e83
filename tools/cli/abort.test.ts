import assert from 'node:assert/strict';
import { globSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { execa } from 'execa';
import { until } from '../lab/until.ts';
import { processesThatName } from './live-processes.fixture.ts';
import { projectRoot } from './run.ts';

function conformance(t: TestContext, name: string) {
  const args = [
    '--disable-warning=ExperimentalWarning',
    'tools/cli/conformance.ts',
    'features/compatibility',
    '--tags',
    '@CTL-CMP-06',
  ];
  const run = execa(process.execPath, [...args, '--name', name], { cwd: projectRoot, reject: false, all: true });
  t.after(async () => {
    run.kill('SIGKILL');
    await run;
    rmSync(path.join(projectRoot, 'test-results', name), { recursive: true, force: true });
  });
  return run;
}

/** Homes and stores of its clusters. */
const foldersOf = (pid: number) => globSync(path.join(tmpdir(), `switchlab-${pid}-*`));

async function serversOf(name: string): Promise<void> {
  const look = () => processesThatName(path.join('test-results', name, 'scenarios')).length;
  await until('NameServer, controller and brokers run', look, (count) => count >= 4, { deadlineMs: 60_000 });
}

test('a run that is interrupted ends everything that it started', async (t) => {
  const name = `test-abort-${process.pid}`;
  const run = conformance(t, name);
  await serversOf(name);
  run.kill('SIGINT');
  const { exitCode, all } = await run;
  assert.equal(exitCode, 130, all);
  assert.deepEqual(processesThatName(path.join('test-results', name)), []);
  assert.deepEqual(foldersOf(run.pid!), []);
});

test('what a run started that is killed ends with it', async (t) => {
  const name = `test-killed-${process.pid}`;
  const run = conformance(t, name);
  await serversOf(name);
  assert.equal(foldersOf(run.pid!).length, 1);
  run.kill('SIGKILL');
  await run;
  const look = () => [...processesThatName(path.join('test-results', name)), ...foldersOf(run.pid!)];
  await until('nothing is left', look, (left) => left.length === 0, { deadlineMs: 10_000 });
});
