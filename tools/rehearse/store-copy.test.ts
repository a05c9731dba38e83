import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../lab/folders.ts';
import { SetupError } from '../lab/setup-error.ts';
import { assertRoom, assertSegments, assertStore, copyStore, measureStore, type StoreCopy } from './store-copy.ts';

const golden = path.resolve(import.meta.dirname, '../../golden/store/old-4.9.7.tar.gz');
const running = new AbortController().signal;

function copyOf(folder: string): StoreCopy {
  execFileSync('tar', ['-xzf', golden, '-C', folder]);
  const to = path.join(folder, 'copy');
  return { of: 'a.conf', from: path.join(folder, 'store'), to, commitLog: path.join(to, 'commitlog'), again: 0 };
}

function filesIn(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const file = path.join(parentPath, name);
      return [path.relative(folder, file), readFileSync(file, 'base64')];
    }),
  );
}

const setupError = (message: RegExp) => (thrown: unknown) =>
  thrown instanceof SetupError && message.test(thrown.message);

test('a store is copied whole', async () => {
  await using folder = await temporaryFolder();
  const copy = copyOf(folder.path);
  await copyStore(await measureStore(copy), () => undefined, running);
  assert.ok(Object.keys(filesIn(copy.from)).length > 20);
  assert.deepEqual(filesIn(copy.to), filesIn(copy.from));
});

test('a log that the configuration keeps apart goes there, and is asked for when the folder lacks it', async () => {
  await using folder = await temporaryFolder();
  const copy = { ...copyOf(folder.path), commitLog: path.join(folder.path, 'log apart') };
  renameSync(path.join(copy.from, 'commitlog'), path.join(folder.path, 'moved'));
  assert.throws(() => assertStore(copy), setupError(/a\.conf: storePathCommitLog is elsewhere.*a link will do/));
  symlinkSync(path.join(folder.path, 'moved'), path.join(copy.from, 'commitlog'));
  assertStore(copy);
  await copyStore(await measureStore(copy), () => undefined, running);
  assert.deepEqual(filesIn(copy.commitLog), filesIn(path.join(folder.path, 'moved')));
  assert.equal(existsSync(path.join(copy.to, 'commitlog')), false);
});

test('the size that is needed counts data, not holes, and further copies of the plan', async () => {
  await using folder = await temporaryFolder();
  const copy = copyOf(folder.path);
  const sparse = path.join(copy.from, 'commitlog/00000000000000065536');
  writeFileSync(sparse, '');
  truncateSync(sparse, 2 ** 40);
  const measured = await measureStore(copy);
  await assertRoom([measured], folder.path);
  const [tooLarge] = measured.files;
  const large = { ...measured, files: [{ ...tooLarge!, bytesOnDisk: 2 ** 50 }] };
  await assert.rejects(
    assertRoom([large], folder.path),
    setupError(/need 1073741888 MiB, and .* has \d+ MiB left.*--folder/),
  );
  await assert.rejects(assertRoom([{ ...large, again: 2 }], folder.path), setupError(/need 3221225536 MiB/));
});

test('what is no store, or one of other file sizes, is refused with the remedy', async () => {
  await using folder = await temporaryFolder();
  const copy = copyOf(folder.path);
  assertStore(copy);
  assertSegments(copy, 32_768);
  assert.throws(
    () => assertSegments(copy, 1_073_741_824),
    setupError(/a\.conf: .*files of 32768 bytes.*--set mappedFileSizeCommitLog=32768/),
  );
  mkdirSync(path.join(folder.path, 'other'));
  const other = { ...copy, from: path.join(folder.path, 'other') };
  assert.throws(() => assertStore(other), setupError(/a\.conf: .*other is no store of a broker/));
});

test('what cannot be read or written is said with its store', async () => {
  await using folder = await temporaryFolder();
  const copy = copyOf(folder.path);
  symlinkSync('/nowhere', path.join(copy.from, 'gone'));
  await assert.rejects(measureStore(copy), setupError(/The store of a\.conf could not be copied from .*ENOENT/));
  writeFileSync(path.join(folder.path, 'file'), '');
  const measured = {
    ...copy,
    to: path.join(folder.path, 'file'),
    files: [{ name: 'checkpoint', bytes: 1, bytesOnDisk: 1 }],
  };
  await assert.rejects(
    copyStore(measured, () => undefined, running),
    setupError(/The store of a\.conf could not/),
  );
});

test('an interrupted copy ends as interrupted', async () => {
  await using folder = await temporaryFolder();
  const measured = await measureStore(copyOf(folder.path));
  await assert.rejects(
    copyStore(measured, () => undefined, AbortSignal.abort()),
    { name: 'AbortError' },
  );
});
