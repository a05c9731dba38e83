import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { projectRoot } from './run.ts';

const samples = 'tools/doctor/samples';

async function doctor(...args: string[]) {
  const script = path.join(projectRoot, 'tools/cli/doctor.ts');
  const env = { INIT_CWD: projectRoot };
  return execa(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
    cwd: projectRoot,
    env,
    reject: false,
  });
}

test('exit 0 and one line when nothing is found', async () => {
  const { exitCode, stdout } = await doctor('configs/samples/production', '--strict');
  assert.equal(stdout, '11 files, 23 rules: nothing found.');
  assert.equal(exitCode, 0);
});

test('exit 1 for an error, with place, consequence, remedy, requirement and scenario', async () => {
  const { exitCode, stdout } = await doctor(`${samples}/D04-controller-addr/bad`);
  assert.equal(exitCode, 1);
  const places = [
    'broker-a-0.conf',
    '8  error   D4',
    'then',
    'semicolons',
    'CTL-BRK-03',
    'features/replication/finding-controllers.feature:',
  ];
  for (const part of places) assert.ok(stdout.includes(part), `${part} in ${stdout}`);
  assert.ok(!stdout.includes('\u001B'));
});

test('warnings count under --strict', async () => {
  const sample = `${samples}/D22-learners/bad`;
  assert.equal((await doctor(sample)).exitCode, 0);
  assert.equal((await doctor(sample, '--strict')).exitCode, 1);
});

test('each format is written whole', async () => {
  const sample = `${samples}/D04-controller-addr/bad`;
  const [json, sarif, github] = await Promise.all(
    ['json', 'sarif', 'github'].map((format) => doctor(sample, '--format', format)),
  );
  assert.equal((JSON.parse(json!.stdout) as { findings: unknown[] }).findings.length, 2);
  assert.equal((JSON.parse(sarif!.stdout) as { version: string }).version, '2.1.0');
  assert.match(
    github!.stdout,
    /^::error file=tools\/doctor\/samples\/D04-controller-addr\/bad\/broker-a-0\.conf,line=8,title=D4 /,
  );
});

test('exit 3 for usage, with the reason on standard error', async () => {
  for (const args of [[], ['nowhere.conf'], ['configs/samples', '--format', 'xml'], ['--colour']]) {
    const { exitCode, stderr, stdout } = await doctor(...args);
    assert.equal(exitCode, 3);
    assert.equal(stdout, '');
    assert.ok(stderr.length > 0);
  }
});
