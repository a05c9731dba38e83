import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { execa } from 'execa';
import { temporaryFolder } from './folders.ts';
import { withLock } from './lock.ts';

test('one holder at a time, also after an error', async () => {
  await using folder = await temporaryFolder();
  const lock = path.join(folder.path, 'lock');
  let holders = 0;
  const work = async (fails: boolean) => {
    assert.equal(++holders, 1);
    await delay(20);
    holders--;
    if (fails) throw new Error('failed');
  };
  const results = await Promise.allSettled([true, false, false].map((fails) => withLock(lock, () => work(fails))));
  assert.equal(results.filter(({ status }) => status === 'rejected').length, 1);
  assert.equal(existsSync(lock), false);
});

test('the lock of a process that is gone is no lock', async () => {
  await using folder = await temporaryFolder();
  const lock = path.join(folder.path, 'lock');
  const ended = execa('true');
  const { pid } = ended;
  await ended;
  writeFileSync(lock, String(pid));
  assert.equal(await withLock(lock, async () => 'done'), 'done');
});
