import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { execa } from 'execa';
import { temporaryFolder } from '../lab/folders.ts';
import { SetupError } from '../lab/setup-error.ts';
import { builtOnce } from './built-once.ts';

const cache = await temporaryFolder();
const sources = await temporaryFolder();
process.env.XDG_CACHE_HOME = cache.path;
after(async () => {
  await cache[Symbol.asyncDispose]();
  await sources[Symbol.asyncDispose]();
});

let builds = 0;
const build = async (target: string) => {
  builds++;
  writeFileSync(target, 'program');
};

test('sources are built once for each state of them', async () => {
  writeFileSync(path.join(sources.path, 'a.go'), 'one');
  const first = await builtOnce('x', sources.path, build);
  assert.equal(await builtOnce('x', sources.path, build), first);
  writeFileSync(path.join(sources.path, 'a.go'), 'two');
  assert.notEqual(await builtOnce('x', sources.path, build), first);
  assert.equal(builds, 2);
});

test('a build that fails says what the tool said, and leaves nothing that would be taken for a program', async () => {
  writeFileSync(path.join(sources.path, 'a.go'), 'three');
  const before = readdirSync(path.join(cache.path, 'rocketmq-switchlab/stock-clients'));
  const failing = async (target: string) => {
    writeFileSync(target, 'half');
    await execa(process.execPath, ['-e', 'console.error("no such module"); process.exit(1)']);
  };
  const refused = (thrown: unknown) => thrown instanceof SetupError && /no such module/.test(thrown.message);
  await assert.rejects(builtOnce('x', sources.path, failing), refused);
  const left = readdirSync(path.join(cache.path, 'rocketmq-switchlab/stock-clients'));
  assert.deepEqual(
    left.filter((name) => !name.endsWith('.new')),
    before,
  );
  await builtOnce('x', sources.path, build);
  assert.equal(builds, 3);
});
