import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { temporaryFolder } from './folders.ts';
import { SetupError } from './setup-error.ts';
import { assertReleases, assertSupported, knowsBrokersByAddress } from './support.ts';
import { absoluteTargets, parseTargets } from './targets.ts';
import { roles } from './targets/target.ts';

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

test('the slowest profile that a target asks for is that of the run', async () => {
  await using folder = await temporaryFolder();
  const file = path.join(folder.path, 'apache-fork.yaml');
  writeFileSync(file, 'name: apache-fork\nrelease: new\nprofile: documented\ncommands: { broker: [x] }');
  const targets = parseTargets(file);
  assert.equal(targets.defaultProfile, 'documented');
  // By what it is, not by what it calls itself.
  assert.equal(targets.old.name, 'reference:old');
});

test('two target files of one name are refused: reports and the cache would take one for the other', async () => {
  await using folder = await temporaryFolder();
  const [old, young] = ['old', 'new'].map((release) => {
    const file = path.join(folder.path, `${release}.yaml`);
    writeFileSync(file, `name: mine\nrelease: ${release}\ncommands: { broker: [x] }`);
    return file;
  });
  assert.throws(() => parseTargets(`${young},${old}`), /new\.yaml and .*old\.yaml are both named mine/);
  assert.equal(parseTargets(young!, null, { broker: young! }).new.name, 'mine');
  writeFileSync(old!, 'name: reference:old\nrelease: old\ncommands: { broker: [x] }');
  assert.throws(() => parseTargets(old!), /old\.yaml: another target is called reference:old/);
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

test('single roles may be played by other targets, each side of them on its own', () => {
  const targets = parseTargets('reference', null, { namesrv: 'apache:5.4.0,apache:4.9.4', broker: 'apache:5.1.0' });
  const names = (release: 'new' | 'old') => roles.map((role) => targets.of(role, release).name);
  assert.deepEqual(names('new'), ['apache:5.4.0', 'reference:new', 'apache:5.1.0']);
  assert.deepEqual(names('old'), ['apache:4.9.4', 'reference:old', 'reference:old']);
  assert.equal(targets.defaultProfile, 'mixed');
  assert.equal(parseTargets('apache:5.3.3', null, { broker: 'apache:5.1.0' }).defaultProfile, 'tuned');
  assert.deepEqual(Object.keys(targets.versions).length, 5);
  assert.throws(() => parseTargets('reference', null, { broker: 'apache:5.1.0,apache:5.4.0' }), SetupError);
});

test('paths of targets hold in any working folder', () => {
  const list = absoluteTargets('reference:new, dist:some/rocketmq');
  assert.equal(list, `reference:new,dist:${path.resolve('some/rocketmq')}`);
  assert.equal(absoluteTargets('my-target.yaml'), path.resolve('my-target.yaml'));
});

test('parts of a release that are nowhere to be had are roles that it does not play', () => {
  const { support } = parseTargets('apache:5.3.2').new;
  assert.deepEqual(
    roles.filter((role) => support.abilities.has(role)),
    ['broker'],
  );
  assert.ok(parseTargets('apache:5.3.3').new.support.abilities.has('controller'));
});

test('what is younger than a release of the run is unsupported, and what is about other releases', () => {
  const old = parseTargets('apache:5.1.0');
  assertSupported(old, ['@CTL-BRK-05', '@CTL-PAR-10']);
  assert.throws(() => assertSupported(old, ['@CTL-ID-07']), /CTL-ID-07, which is about 5\.1\.1 and later/);
  assertSupported(parseTargets('apache:5.1.1'), ['@CTL-ID-07']);
  assertReleases(old, { broker: '<=5.1.0', controller: '<=5.1.0' });
  assert.throws(() => assertReleases(old, { controller: '>=5.1.1' }), /--controller-target/);
  assertReleases(parseTargets('apache:5.1.0', null, { controller: 'reference' }), { controller: '>=5.1.1' });
  assert.deepEqual([knowsBrokersByAddress(old), knowsBrokersByAddress(parseTargets('reference'))], [true, false]);
});

test('what names no target, or two for one release, is refused', () => {
  for (const text of [
    '',
    'apache',
    'apache:latest',
    'dist:/nowhere',
    'nowhere.yaml',
    'reference:newer',
    'apache:5.3.3,apache:5.5.0',
  ]) {
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
