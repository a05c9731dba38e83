import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from './folders.ts';
import { copyTree, dataRuns, filesOfTree } from './sparse-copy.ts';

const mebibyte = 1024 * 1024;
const onDisk = (file: string) => statSync(file).blocks * 512;

test('runs of data are whole blocks, and neighbours are one run', () => {
  const bytes = Buffer.alloc(5 * 4096 + 10);
  bytes[4096] = 1;
  bytes[3 * 4096 - 1] = 1;
  bytes[bytes.length - 1] = 1;
  assert.deepEqual(dataRuns(bytes), [
    [4096, 3 * 4096],
    [5 * 4096, bytes.length],
  ]);
  assert.deepEqual(dataRuns(Buffer.alloc(9000)), []);
});

test('a copy has the same bytes, size and time, and its holes take nothing', async () => {
  await using folder = await temporaryFolder();
  const [from, to] = [path.join(folder.path, 'from'), path.join(folder.path, 'deep/down/to')];
  const data = randomBytes(3 * mebibyte + 123);
  writeFileSync(from, data);
  truncateSync(from, 64 * mebibyte);
  utimesSync(from, 1_700_000_000, 1_700_000_000);
  const seen: number[] = [];
  await copyTree([[from, to]], { onBytes: (bytes) => seen.push(bytes) });
  assert.equal(statSync(to).size, 64 * mebibyte);
  assert.equal(Buffer.compare(readFileSync(to), readFileSync(from)), 0);
  assert.ok(onDisk(to) < 4 * mebibyte, `${onDisk(to)} bytes on disk`);
  assert.equal(statSync(to).mtimeMs, 1_700_000_000_000);
  assert.equal(
    seen.reduce((sum, bytes) => sum + bytes, 0),
    64 * mebibyte,
  );
});

test('a link is followed: what is written to the copy never reaches the original', async () => {
  await using folder = await temporaryFolder();
  const at = (...parts: string[]) => path.join(folder.path, ...parts);
  for (const name of ['elsewhere', 'store']) mkdirSync(at(name));
  writeFileSync(at('elsewhere/0000'), 'original');
  writeFileSync(at('topics.json'), '{}');
  symlinkSync(at('elsewhere'), at('store/commitlog'));
  symlinkSync(at('topics.json'), at('store/topics.json'));
  const files = await filesOfTree(at('store'));
  assert.deepEqual(
    files.map(({ name }) => name),
    ['commitlog/0000', 'topics.json'],
  );
  await copyTree(files.map(({ name }) => [at('store', name), at('copy', name)]));
  writeFileSync(at('copy/commitlog/0000'), 'changed');
  assert.equal(readFileSync(at('elsewhere/0000'), 'utf8'), 'original');
  symlinkSync(at('store'), at('store/again'));
  await assert.rejects(filesOfTree(at('store')), /store\/again is a link to a folder that it lies in/);
});

test('copying ends when it is told to', async () => {
  await using folder = await temporaryFolder();
  const from = path.join(folder.path, 'from');
  writeFileSync(from, randomBytes(8 * mebibyte));
  const stop = new AbortController();
  const onBytes = () => stop.abort();
  await assert.rejects(copyTree([[from, `${from}-copy`]], { onBytes, signal: stop.signal }), { name: 'AbortError' });
  assert.ok(statSync(`${from}-copy`).size < 8 * mebibyte);
});
