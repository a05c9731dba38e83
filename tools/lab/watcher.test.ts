import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { temporaryFolder } from './folders.ts';
import { until } from './until.ts';

const moduleUrl = JSON.stringify(new URL('watcher.ts', import.meta.url));

/** Runs a program that has a watcher for `folder` and a child in a session of its own; resolves with the child's pid. */
async function runner(folder: string, end: string): Promise<number> {
  const program = `
    import { spawn } from 'node:child_process';
    import { startWatcher } from ${moduleUrl};
    const watcher = startWatcher([${JSON.stringify(folder)}]);
    // The shell's own child is one that the program never hears of.
    const child = spawn('sh', ['-c', 'sleep 1000; true'], { detached: true, stdio: 'ignore' });
    child.unref();
    console.log(child.pid);
    ${end}`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program];
  const { stdout } = await execa(process.execPath, args, { reject: false });
  return Number(stdout);
}

/** Processes of the group that the child is the first of. */
async function membersOf(group: number): Promise<string[]> {
  const { stdout } = await execa('ps', ['-e', '-o', 'pgid=,stat=,pid='], { stripFinalNewline: true });
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.filter(([pgid, state]) => Number(pgid) === group && !state!.startsWith('Z')).map((row) => row.join(' '));
}

const ends: Record<string, string> = {
  'is killed': "process.kill(process.pid, 'SIGKILL');",
  'exits without a word': 'process.exit(0);',
  'ends by itself': '',
};

for (const [how, end] of Object.entries(ends))
  test(`when a runner ${how}, its processes end and its folder is gone`, async () => {
    await using folder = await temporaryFolder();
    const copy = path.join(folder.path, 'copy');
    mkdirSync(path.join(copy, 'store'), { recursive: true });
    const child = await runner(copy, end);
    assert.ok(child > 0);
    const look = async () => [...(await membersOf(child)), ...(existsSync(copy) ? [copy] : [])];
    await until('nothing is left', look, (left) => left.length === 0, { deadlineMs: 5_000 });
  });

test('after disposal nothing has to be waited for', async () => {
  await using folder = await temporaryFolder();
  const copy = path.join(folder.path, 'copy');
  mkdirSync(copy);
  const child = await runner(copy, 'await watcher[Symbol.asyncDispose]();');
  assert.deepEqual(await membersOf(child), []);
  assert.equal(existsSync(copy), false);
});
