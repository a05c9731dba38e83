import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from './folders.ts';
import { SetupError } from './setup-error.ts';
import { parseTargets } from './targets.ts';

const namesOf = (text: string) => {
  const targets = parseTargets(text);
  return [targets.new.name, targets.old.name, targets.defaultProfile];
};

test('a target list names one target for each release, the missing side is of the same family', () => {
  assert.deepEqual(namesOf('reference'), ['reference:new', 'reference:old', 'compressed']);
  assert.deepEqual(namesOf('apache:5.3.3,apache:4.9.7'), ['apache:5.3.3', 'apache:4.9.7', 'tuned']);
  assert.deepEqual(namesOf('apache:5.5.0'), ['apache:5.5.0', 'apache:4.9.7', 'tuned']);
  assert.deepEqual(namesOf('apache:4.9.8'), ['apache:5.3.3', 'apache:4.9.8', 'tuned']);
  assert.deepEqual(namesOf('reference:new, apache:4.9.7'), ['reference:new', 'apache:4.9.7', 'tuned']);
});

test('what names no target, or two for one release, is refused', () => {
  for (const text of ['', 'apache', 'apache:latest', 'reference:newer', 'apache:5.3.3,apache:5.5.0']) {
    assert.throws(() => parseTargets(text), SetupError, text);
  }
});

test('an Apache target without Java says so', async () => {
  const { PATH, XDG_CACHE_HOME } = process.env;
  await using folder = await temporaryFolder();
  try {
    process.env.PATH = path.join(folder.path, 'empty');
    process.env.XDG_CACHE_HOME = folder.path;
    await assert.rejects(parseTargets('apache:5.3.3').prepare(), (thrown) => {
      assert.ok(thrown instanceof SetupError);
      assert.match(thrown.message, /need Java/);
      return true;
    });
  } finally {
    Object.assign(process.env, { PATH });
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
  }
});
