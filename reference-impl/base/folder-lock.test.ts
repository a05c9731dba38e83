import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockFolder } from './folder-lock.ts';

test('a folder has one user at a time', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const lock = lockFolder(folder);
  assert.throws(() => lockFolder(folder), { code: 'STORE_LOCKED' });
  lock.release();
  lockFolder(folder).release();

  const script = `import { lockFolder } from '${import.meta.dirname}/folder-lock.ts'; lockFolder(process.argv[1]);
    console.log('held'); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script, folder]);
  await once(holder.stdout, 'data');
  assert.throws(() => lockFolder(folder), { code: 'STORE_LOCKED', message: new RegExp(`${holder.pid}`) });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  lockFolder(folder).release();
});

test('a process that got the id of a dead holder does not count', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'lock'), '1 12345678901\n');
  const lock = lockFolder(folder);
  assert.match(readFileSync(join(folder, 'lock'), 'latin1'), new RegExp(`^${process.pid} `));
  lock.release();
});

test('a dead holder that nobody waited for does not count', { skip: process.platform !== 'linux' }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  // The inner process dies as a child of a shell that never reaps it.
  const shell = spawn('sh', ['-c', 'sleep 0.01 & read pid _ < /proc/$!/stat; echo $pid; exec sleep 60']);
  t.after(() => shell.kill('SIGKILL'));
  const [line] = (await once(shell.stdout, 'data')) as [Buffer];
  const pid = String(line).trim();
  const stat = () => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
  const started = stat()[19];
  while (stat()[0] !== 'Z') await new Promise((resolve) => setTimeout(resolve, 5));
  writeFileSync(join(folder, 'lock'), `${pid} ${started}\n`);
  lockFolder(folder).release();
});
