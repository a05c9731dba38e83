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
