import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
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

test('a guest is one target more, with a profile for both', () => {
  const mixed = parseTargets('reference', 'apache:5.3.3');
  assert.deepEqual(
    [mixed.new.name, mixed.guest?.name, mixed.defaultProfile],
    ['reference:new', 'apache:5.3.3', 'mixed'],
  );
  assert.deepEqual(Object.keys(mixed.versions), ['reference:new', 'reference:old', 'apache:5.3.3']);
  assert.equal(parseTargets('reference').guest, null);
  assert.throws(() => parseTargets('apache:5.3.3', 'reference'), SetupError);
});

test('what names no target, or two for one release, is refused', () => {
  for (const text of ['', 'apache', 'apache:latest', 'reference:newer', 'apache:5.3.3,apache:5.5.0']) {
    assert.throws(() => parseTargets(text), SetupError, text);
  }
});

/** What `prepare` of an Apache target says when only `programs` are on the PATH and nothing is cached. */
async function refusalWith(programs: readonly string[]): Promise<unknown> {
  await using folder = await temporaryFolder();
  for (const program of programs) {
    const { stdout } = await execa('which', [program], { reject: false });
    if (stdout === '') return undefined;
    symlinkSync(stdout, path.join(folder.path, program));
  }
  const { PATH, XDG_CACHE_HOME } = process.env;
  Object.assign(process.env, { PATH: folder.path, XDG_CACHE_HOME: folder.path });
  try {
    return await parseTargets('apache:5.3.3')
      .prepare()
      .catch((thrown: unknown) => thrown);
  } finally {
    Object.assign(process.env, { PATH, XDG_CACHE_HOME: XDG_CACHE_HOME ?? '' });
  }
}

test('an Apache target without Java, or without Maven, says so', async (context) => {
  const withoutJava = await refusalWith([]);
  assert.ok(withoutJava instanceof SetupError);
  assert.match(withoutJava.message, /need Java/);
  const withoutMaven = await refusalWith(['java']);
  if (withoutMaven === undefined) {
    context.diagnostic('no java on this machine: the check without Maven was left out');
    return;
  }
  assert.ok(withoutMaven instanceof SetupError);
  assert.match(withoutMaven.message, /need Maven/);
});
