import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../lab/folders.ts';
import { SetupError } from '../lab/setup-error.ts';
import { readCompatibilityTable } from '../report/compatibility.ts';
import type { Observation, ScenarioResult, Verdict } from '../report/types.ts';
import { type CellState, lineUpOf, reportOf } from './assemble.ts';
import { CellCache, copyEvidence, type PlayedCell } from './cache.ts';
import { hashOfJudge, hashOfTarget } from './content-hash.ts';
import { renderMatrixHtml } from './html.ts';
import { type LineUp, lineUpsOf, referenceLineUp } from './line-up.ts';
import { type Matrix, matrixSchema } from './result.ts';
import { startingPoint, uncoveredBy } from './starting-point.ts';
import { overallOf } from './summary.ts';
import { renderText } from './text.ts';
import { planWork } from './work.ts';

const table = readCompatibilityTable();
const plan = (lineUp: LineUp, judge = 'j', seed = 1) =>
  planWork(lineUp, { cells: table.cells, profile: null, seed, judge, secondsOf: () => 1 });
const pair = (old: string, young: string) => lineUpsOf([old], [young], false).at(-1)!;
const keys = (lineUp: LineUp) => new Map(plan(lineUp).work.map(({ key, cell }) => [cell.requirement, key]));

test('every old target stands beside every new one, and between implementations by halves', () => {
  const names = lineUpsOf(['apache:4.9.7', 'reference:old'], ['apache:5.3.3', 'reference:new'], true).map(
    ({ name }) => name,
  );
  assert.equal(names.length, 1 + 3 + 2 * 3);
  assert.equal(new Set(names).size, names.length);
  const [own, half, otherHalf] = lineUpsOf(['apache:4.9.7'], ['apache:5.3.3'], true).slice(1);
  assert.deepEqual([own!.target, own!.roles], ['apache:5.3.3,apache:4.9.7', {}]);
  assert.deepEqual([half!.target, half!.roles], [own!.target, { broker: 'reference' }]);
  assert.deepEqual([otherHalf!.target, otherHalf!.roles], ['reference', { broker: own!.target }]);
  assert.deepEqual(lineUpsOf(['reference:old'], ['reference:new'], true), [referenceLineUp]);
  assert.throws(() => lineUpsOf(['apache:5.3.3'], ['apache:5.5.0'], true), SetupError);
  assert.throws(() => lineUpsOf(['apache:4.9.7'], ['apache:4.9.6'], true), SetupError);
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

const observed = (values: Record<string, boolean>): Observation[] =>
  Object.entries(values).map(([what, value]) => ({ what, value, text: what, atMs: 0 }));

function played(requirement: string, verdict: Verdict, observations: Observation[]): ScenarioResult {
  const line = Number(requirement.slice(-2)) * 10;
  const texts = { uri: 'features/compatibility/table.feature', feature: 'f', rule: 'r', name: `scenario <${line}>` };
  const times = { startedMs: 1000, durationMs: 2000 };
  const none = { steps: [], deviation: null, ledger: null, broken: [], asked: [], tags: [] };
  const failure = verdict === 'pass' ? null : 'the slave took over';
  const evidence = `scenarios/table-${line}`;
  return { ...texts, ...times, ...none, line, requirements: [requirement], verdict, observations, failure, evidence };
}

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

function sample(): Matrix {
  const planned = [plan(referenceLineUp), plan(pair('apache:4.9.7', 'apache:5.3.3'))];
  const [reference, apache] = planned as [(typeof planned)[0], (typeof planned)[0]];
  const progress = new Map<string, CellState>(
    reference.work.map(({ key, cell }) => {
      const seen = observed({ online: cell.online, traffic: cell.online, switches: cell.switches });
      return [
        key,
        { source: 'cache', played: { result: played(cell.requirement, 'pass', seen), folder: '.' } },
      ] as const;
    }),
  );
  const [first, second, third] = apache.work;
  const wrong = played('CTL-CMP-01', 'fail', observed({ online: true, traffic: true, switches: true }));
  progress.set(first!.key, { source: 'played', played: { result: wrong, folder: '.' } });
  progress.set(second!.key, { source: 'left out', played: null });
  progress.set(third!.key, { source: 'other shard', played: null });
  const reports = planned.map((lineUp) => reportOf(lineUp, progress, { run: 'r', seed: 1, feature: 'f' }));
  return {
    schema: matrixSchema,
    run: 'r',
    seed: 1,
    startedMs: 0,
    durationMs: 1500,
    shard: null,
    budget: {
      seconds: 60,
      uncovered: ['apache:5.3.3 as controller'],
    },
    lineUps: planned.map((lineUp, i) => lineUpOf(lineUp, progress, reports[i]!, reports[0]!, `${i + 1}-x`)),
  };
}

test('each cell says what is documented, what the reference did, what was seen, and where to look', () => {
  const { lineUps } = sample();
  const [cell, leftOut, ofAnother, unreached] = lineUps[1]!.cells;
  assert.deepEqual(cell, {
    requirement: 'CTL-CMP-01',
    broker: 'old',
    nameservers: 'old',
    documented: 'works, no switch',
    reference: 'works, no switch',
    observed: 'works, switches',
    verdict: 'fail',
    source: 'played',
    seconds: 2,
    reason: 'the slave took over',
    evidence: '2-x/report.html#s-features-compatibility-table-feature-10',
  });
  assert.deepEqual(
    [leftOut, ofAnother, unreached].map((one) => [one!.source, one!.verdict, one!.evidence]),
    [
      ['left out', null, null],
      ['other shard', null, null],
      ['interrupted', null, null],
    ],
  );
});

test('the table names what differs and what was left out', () => {
  const text = renderText(sample(), table);
  assert.match(text, /old NameServer {2,}works, no switch {4}✓ {3}✕/);
  assert.match(
    text,
    /FAIL {2}CTL-CMP-01 {2}apache:4\.9\.7 \+ apache:5\.3\.3\n {2}documented works, no switch, reference works, no switch, observed works, switches\n {2}the slave took over\n/,
  );
  assert.match(text, /Left out of a budget of 60 s:\n {2}apache:4\.9\.7 \+ apache:5\.3\.3: CTL-CMP-02\n/);
  assert.match(text, /apache:5\.3\.3 as controller/);
  assert.match(
    text,
    /Other than documented: 1 cell; 13 of 24 cells played\. \(1 played now, 12 from the cache, 1 left out, 1 of other shards, 9 not reached; 1\.5 s\)$/,
  );
});

test('the verdict is the worst of what was played', () => {
  const matrix = sample();
  const withVerdict = (verdict: Verdict | null): Matrix => {
    const [first, second] = matrix.lineUps;
    return {
      ...matrix,
      lineUps: [first!, { ...second!, cells: second!.cells.map((cell) => Object.assign({}, cell, { verdict })) }],
    };
  };
  assert.equal(overallOf(matrix), 'fail');
  assert.equal(overallOf(withVerdict(null)), 'pass');
  assert.equal(overallOf(withVerdict('inconclusive')), 'inconclusive');
  assert.equal(overallOf({ ...matrix, lineUps: withVerdict('unsupported').lineUps.slice(1) }), 'inconclusive');
});

test('the page is whole by itself, and no text of a target becomes markup', () => {
  const matrix = sample();
  const [first, ...others] = matrix.lineUps;
  const html = renderMatrixHtml({ ...matrix, lineUps: [{ ...first!, name: '<img src=x>' }, ...others] }, table);
  assert.ok(!html.includes('<img'));
  assert.ok(html.includes('&lt;img src=x&gt;'));
  assert.ok(!/(src|href)="(https?:)?\/\//.test(html));
  assert.ok(html.includes('href="2-x/report.html#s-features-compatibility-table-feature-10"'));
});

const planned = () => lineUpsOf(['apache:4.9.7'], ['apache:5.3.3', 'apache:5.5.0'], true).map((lineUp) => plan(lineUp));
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
