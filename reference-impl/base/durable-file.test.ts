import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { replaceDurably } from './durable-file.ts';
import { HeldDisk } from './held-disk.fixture.ts';

test('a replaced file is made durable, moved into place, and then its name is made durable', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'durable-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'file');
  const { disk, done } = new HeldDisk();
  replaceDurably(disk, path, 'one');
  replaceDurably(disk, path, 'two');
  assert.equal(readFileSync(path, 'utf8'), 'two');
  const once = [`${path}.tmp`, `${path}.tmp -> ${path}`, folder];
  assert.deepEqual(done, [...once, ...once]);
});
