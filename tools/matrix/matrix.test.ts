import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../lab/folders.ts';
import { SetupError } from '../lab/setup-error.ts';
import { CellCache, copyEvidence, type PlayedCell } from './cache.ts';
import { hashOfJudge, hashOfTarget } from './content-hash.ts';
import { pair, plan, played, table } from './fixture/sample.ts';
import { type LineUp, lineUpsOf, referenceFor, referenceLineUp } from './line-up.ts';
import { startingPoint, uncoveredBy } from './starting-point.ts';
import { planWork, type Work } from './work.ts';

const keys = (lineUp: LineUp) => new Map(plan(lineUp).work.map(({ key, cell }) => [cell.requirement, key]));

const lineUps = (olds: string[], news: string[], clients: string[] = []) =>
  lineUpsOf({ olds, news, mixed: true, clients });

test('every old target stands beside every new one, and between implementations by halves', () => {
  const names = lineUps(['apache:4.9.7', 'reference:old'], ['apache:5.3.3', 'reference:new']).map(({ name }) => name);
  assert.equal(names.length, 1 + 3 + 2 * 3);
  assert.equal(new Set(names).size, names.length);
  const [own, half, otherHalf] = lineUps(['apache:4.9.7'], ['apache:5.3.3']).slice(1);
  assert.deepEqual([own!.target, own!.roles], ['apache:5.3.3,apache:4.9.7', {}]);
  assert.deepEqual([half!.target, half!.roles], [own!.target, { broker: 'reference' }]);
  assert.deepEqual([otherHalf!.target, otherHalf!.roles], ['reference', { broker: own!.target }]);
  assert.deepEqual(lineUps(['reference:old'], ['reference:new']), [referenceLineUp]);
  assert.throws(() => lineUps(['apache:5.3.3'], ['apache:5.5.0']), SetupError);
  assert.throws(() => lineUps(['apache:4.9.7'], ['apache:4.9.6']), SetupError);
});

test('with each stock client the reference and every pair play again, beside the reference with that client', () => {
  const all = lineUps(['apache:4.9.7'], ['apache:5.3.3'], ['go', 'java:5.3.3']);
  const added = all.filter(({ client }) => client !== null);
  assert.deepEqual(
    added.map(({ name, target, client }) => [name, target, client]),
    [
      ['reference, client go', 'reference', 'go'],
      ['apache:4.9.7 + apache:5.3.3, client go', 'apache:5.3.3,apache:4.9.7', 'go'],
      ['reference, client java:5.3.3', 'reference', 'java:5.3.3'],
      ['apache:4.9.7 + apache:5.3.3, client java:5.3.3', 'apache:5.3.3,apache:4.9.7', 'java:5.3.3'],
    ],
  );
  assert.deepEqual(
    all.map((one) => referenceFor(all, one).name),
    [...Array(4).fill('reference'), ...Array(2).fill(added[0]!.name), ...Array(2).fill(added[2]!.name)],
  );
  const [alone, withGo, withJava] = [referenceLineUp, added[0]!, added[2]!].map((one) => plan(one));
  assert.equal(new Set([alone, withGo, withJava].flatMap((one) => one!.work.map(({ key }) => key))).size, 36);
  assert.ok(withGo!.work[0]!.seconds > alone!.work[0]!.seconds);
  const { facets } = withGo!.work.find(({ cell }) => cell.requirement === 'CTL-CMP-07')!;
  assert.ok(facets.includes('go as client') && facets.includes('reference:new with go as client'), facets.join('; '));
});

test('cells in which the same targets play have the same key, all others another', () => {
  const [one, other] = [keys(pair('apache:4.9.7', 'apache:5.3.3')), keys(pair('apache:4.9.7', 'apache:5.5.0'))];
  const same = [...one]
    .filter(([requirement, key]) => other.get(requirement) === key)
    .map(([requirement]) => requirement);
  // An old broker under an old NameServer alone.
  assert.deepEqual(same, ['CTL-CMP-01']);
  assert.equal(new Set([...one.values(), ...other.values()]).size, 23);
});

test('a key changes with the seed, the profile, and what judges', () => {
  const key = (...args: Parameters<typeof plan>) => plan(...args).work[0]!.key;
  const usual = key(referenceLineUp);
  assert.equal(key(referenceLineUp), usual);
  assert.notEqual(key(referenceLineUp, 'another judge'), usual);
  assert.notEqual(key(referenceLineUp, 'j', 2), usual);
  const tuned = planWork(referenceLineUp, {
    cells: table.cells,
    profile: 'tuned',
    seed: 1,
    judge: 'j',
    secondsOf: () => 1,
  });
  assert.notEqual(tuned.work[0]!.key, usual);
  assert.equal(hashOfJudge(), hashOfJudge());
});

test('a target has another hash when what it is made of changes', async () => {
  assert.notEqual(hashOfTarget('reference:new'), hashOfTarget('reference:old'));
  assert.notEqual(hashOfTarget('apache:5.3.3'), hashOfTarget('apache:5.5.0'));
  await using folder = await temporaryFolder();
  const file = path.join(folder.path, 'target.yaml');
  writeFileSync(file, 'name: one\n');
  const before = [hashOfTarget(file), hashOfTarget(`dist:${folder.path}`)];
  writeFileSync(file, 'name: another\n');
  const after = [hashOfTarget(file), hashOfTarget(`dist:${folder.path}`)];
  assert.equal(new Set([...before, ...after]).size, 4);
});

test('what passed is found again with its evidence; a failure is not kept', async () => {
  await using folder = await temporaryFolder();
  const run = path.join(folder.path, 'run');
  const cache = new CellCache(path.join(folder.path, 'cache'));
  const passed = played('CTL-CMP-01', 'pass', []);
  const failed = played('CTL-CMP-02', 'fail', []);
  for (const { evidence } of [passed, failed]) {
    mkdirSync(path.join(run, evidence!), { recursive: true });
    writeFileSync(path.join(run, evidence!, 'timeline.ndjson'), '{}\n');
  }
  cache.keep('a', { result: passed, folder: run });
  cache.keep('b', { result: failed, folder: run });
  assert.equal(cache.find('b'), null);
  const found = cache.find('a')!;
  assert.deepEqual(found.result, passed);
  const next = path.join(folder.path, 'next');
  copyEvidence(found, next);
  assert.equal(readFileSync(path.join(next, passed.evidence!, 'timeline.ndjson'), 'utf8'), '{}\n');
  // Kept again it is replaced.
  cache.keep('a', { result: { ...passed, durationMs: 5 }, folder: run });
  assert.equal(cache.find('a')!.result.durationMs, 5);
  cache.prune();
  assert.ok(existsSync(path.join(folder.path, 'cache', 'a')));
});

const planned = () => lineUps(['apache:4.9.7'], ['apache:5.3.3', 'apache:5.5.0']).map((lineUp) => plan(lineUp));
const nothing = () => null;

test('shards play every cell once, whatever each has played before', () => {
  const all = planned();
  const keysOf = (index: number, find: (key: string) => PlayedCell | null = nothing) => {
    const { todo, progress } = startingPoint(all, find, { shard: { index, of: 3 }, budget: null });
    for (const key of todo) assert.ok(!progress.has(key));
    return todo;
  };
  const parts = [1, 2, 3].map((index) => keysOf(index));
  const every = new Set(all.flatMap(({ work }) => work.map(({ key }) => key)));
  assert.ok(every.size < 12 * all.length, 'line-ups share cells');
  assert.deepEqual(new Set(parts.flatMap((part) => [...part])), every);
  assert.equal(
    parts.reduce((sum, { size }) => sum + size, 0),
    every.size,
  );
  const [known] = parts[0]!;
  const found = (key: string) => (key === known ? { result: played('CTL-CMP-01', 'pass', []), folder: '.' } : null);
  assert.deepEqual(keysOf(2, found), parts[1]);
  assert.deepEqual(keysOf(1, found), new Set([...parts[0]!].filter((key) => key !== known)));
  // Keys have the Java of a machine in them.
  const rekeyed = (one: Work) => ({ ...one, key: `${Number.parseInt(one.key, 16) % 7}-${one.key}` });
  const elsewhere = all.map((lineUp) => Object.assign({}, lineUp, { work: lineUp.work.map(rekeyed) }));
  const there = startingPoint(elsewhere, nothing, { shard: { index: 1, of: 3 }, budget: null }).todo;
  assert.deepEqual(new Set([...there].map((key) => key.slice(2))), parts[0]);
});

test('a budget leaves out cells; what was played before costs nothing; what nothing shows is named', () => {
  const all = planned();
  const short = startingPoint(all, nothing, { shard: null, budget: 5 });
  assert.equal(short.todo.size, 5);
  const left = [...short.progress.values()].filter(({ source }) => source === 'left out');
  assert.equal(left.length + short.todo.size, new Set(all.flatMap(({ work }) => work.map(({ key }) => key))).size);
  const found = () => ({ result: played('CTL-CMP-01', 'pass', []), folder: '.' });
  const cached = startingPoint(all, found, { shard: null, budget: 1 });
  assert.equal(cached.todo.size, 0);
  assert.deepEqual(uncoveredBy(cached.progress, all), []);
  const missing = uncoveredBy(short.progress, all);
  for (const facet of ['CTL-CMP-06', 'apache:5.5.0 as controller', 'reference'])
    assert.ok(missing.includes(facet), facet);
});
