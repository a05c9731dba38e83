import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { execa } from 'execa';
import { type Folder, temporaryFolder } from '../lab/folders.ts';
import { SetupError } from '../lab/setup-error.ts';
import { compareRuns, renderComparison } from './compare.ts';
import { fixtureReport, playFixture, withFixtureEvidence } from './fixture/run.ts';
import { joinEvidence, mergeReports } from './merge.ts';
import { durationsOf, scenariosOfShard } from './shards.ts';
import type { RunReport, ScenarioResult } from './types.ts';
import { readOtherReports, readReport, writeReports } from './write.ts';

let folder: Folder;
let results: ScenarioResult[];
before(async () => {
  folder = await temporaryFolder();
  results = await withFixtureEvidence(await playFixture(folder.path), folder.path);
});
after(() => folder[Symbol.asyncDispose]());

const shard = (index: number, of: number, scenarios: readonly ScenarioResult[]): RunReport => ({
  ...fixtureReport(scenarios, `part-${index}`),
  shard: { index, of },
});

test('the shards cover every scenario once, are even, and the same each time', () => {
  const planned = Array.from({ length: 50 }, (_, i) => ({ uri: `f${i % 3}.feature`, line: i, name: `s${i % 10}` }));
  const short = planned.map(({ uri, name }) => [`${uri}: ${name}`, 1] as const);
  const durations = { ...Object.fromEntries(short), 'f0.feature: s0': 9 };
  const parts = [1, 2, 3, 4].map((index) => scenariosOfShard(planned, durations, { index, of: 4 }));
  const places = parts.flat().map(({ uri, line }) => `${uri}:${line}`);
  assert.equal(new Set(places).size, 50);
  assert.equal(places.length, 50);
  assert.deepEqual(parts[2], scenariosOfShard([...planned].reverse(), durations, { index: 3, of: 4 }));
  // The longest takes as long as many others: its shard has fewer.
  const sizes = parts.map((part) => part.length).sort((a, b) => a - b);
  assert.ok(sizes[0]! < sizes[1]! - 2, sizes.join());
});

test('a scenario that a profile never played counts by its time with other timings', () => {
  const all = { compressed: { a: 1, b: 2, c: 5 }, tuned: { a: 3, b: 6 } };
  assert.deepEqual(durationsOf('tuned', all), { a: 3, b: 6, c: 15 });
  assert.deepEqual(durationsOf('compressed', all), all.compressed);
  assert.deepEqual(durationsOf('mixed', all), { a: 3, b: 6, c: 15 });
  assert.deepEqual(durationsOf('mixed', {}), {});
});

test('the other runs in a table are whole ones, of other targets, on sound references', async () => {
  await using folder = await temporaryFolder();
  const place = (run: string, changes: Partial<RunReport>) => {
    mkdirSync(path.join(folder.path, run));
    writeFileSync(
      path.join(folder.path, run, 'report.json'),
      JSON.stringify({ ...fixtureReport(results, run), ...changes }),
    );
  };
  const others = () => readOtherReports(folder.path, fixtureReport(results, 'own')).map(({ run }) => run);
  place('own', {});
  place('same-target', {});
  place('shard', { target: 'apache:5.3.3', shard: { index: 1, of: 2 } });
  place('broken', { labDefect: 'X' });
  place('mixed', { roles: { broker: 'apache:5.3.3' } });
  place('whole', { target: 'apache:5.3.3' });
  place('newer-with-one-cell', { target: 'apache:5.3.3', startedMs: Date.now() * 2, scenarios: results.slice(0, 1) });
  assert.deepEqual(others().sort(), ['mixed', 'whole']);
});

test('merged shards are the whole run, with their evidence', async () => {
  const merged = mergeReports([shard(2, 2, results.slice(2)), shard(1, 2, results.slice(0, 2))], 'whole');
  assert.deepEqual(compareRuns(fixtureReport(results), merged).verdicts, []);
  assert.deepEqual(merged.scenarios, results);
  assert.equal(merged.shard, null);
  await using target = await temporaryFolder();
  joinEvidence([{ report: shard(1, 2, results), folder: folder.path }], target.path);
  for (const { evidence } of results) assert.ok(existsSync(path.join(target.path, evidence!, 'timeline.ndjson')));
  assert.ok(existsSync(path.join(target.path, 'messages-1.ndjson')));
});

test('what is not all shards of one run is not merged', () => {
  const [one, two] = [shard(1, 2, results.slice(0, 2)), shard(2, 2, results.slice(2))];
  const refused = (reports: RunReport[], why: RegExp) =>
    assert.throws(
      () => mergeReports(reports, 'x'),
      (thrown) => thrown instanceof SetupError && why.test(thrown.message),
    );
  refused([one], /Shard 2 of 2 is missing/);
  refused([one, { ...two, seed: 8 }], /seed is 7 and 8/);
  refused([one, fixtureReport(results)], /r1 is no shard/);
  refused([one, shard(2, 3, results.slice(2))], /part-2 is shard 2 of 3/);
  refused([one, two, two], /twice: 1, 2, 2 of 2/);
  refused([one, shard(2, 2, results)], /verdicts\.feature:\d+ is in two/);
});

test('a comparison names what changed, and worse is worse', () => {
  const a = fixtureReport(results);
  assert.equal(renderComparison(compareRuns(a, a)), 'the same verdicts, observed values and durations');
  const changed = (index: number, change: Partial<ScenarioResult>) =>
    fixtureReport(results.map((one, i) => (i === index ? { ...one, ...change } : one)));
  const broken = compareRuns(a, changed(0, { verdict: 'fail' }));
  assert.equal(broken.worse, true);
  assert.match(renderComparison(broken), /WORSE {2}pass -> fail {2}tools\/.*: a step that passes/);
  assert.equal(compareRuns(changed(0, { verdict: 'fail' }), a).worse, false);
  assert.equal(compareRuns(a, fixtureReport(results.slice(1))).worse, true);
  const elsewhere = changed(1, { steps: results[1]!.steps.slice(1) });
  assert.match(renderComparison(compareRuns(a, elsewhere)), /fail: at "a step fails".* -> /);
  const young = compareRuns(fixtureReport(results.filter(({ verdict }) => verdict !== 'inconclusive')), a);
  assert.match(renderComparison(young), /new {4}not in A -> inconclusive/);
  assert.match(renderComparison(compareRuns(a, changed(0, { durationMs: 60_000 }))), /20\.0 s -> 60\.0 s/);
  const observations = results[0]!.observations.map((one) =>
    one.what === 'switches' ? Object.assign({}, one, { value: true }) : one,
  );
  assert.match(renderComparison(compareRuns(a, changed(0, { observations }))), /switches: false -> true/);
});

test('the command says it by its exit code', async () => {
  const cli = (...args: string[]) => execa(process.execPath, ['tools/cli/report.ts', ...args], { reject: false });
  const place = (name: string, report: RunReport) => {
    const run = path.join(folder.path, name);
    mkdirSync(run);
    writeFileSync(path.join(run, 'report.json'), JSON.stringify(report));
    return run;
  };
  const [a, worse] = [place('a', fixtureReport(results)), place('worse', fixtureReport(results.slice(1)))];
  const old = place('old', { ...fixtureReport(results), schema: 1 as 2 });
  assert.equal((await cli('compare', a, path.join(a, 'report.json'))).exitCode, 0);
  assert.equal((await cli('compare', a, worse)).exitCode, 1);
  const unread = await cli('compare', a, old);
  assert.deepEqual([unread.exitCode, /schema 1/.test(unread.stderr)], [3, true]);
  assert.equal((await cli('compare', a)).exitCode, 3);
  const matrix = place('matrix', { schema: 2 } as RunReport);
  for (const command of ['show', 'merge']) assert.equal((await cli(command, matrix)).exitCode, 3, command);
  assert.equal((await cli('merge', a, '--name', '../x')).exitCode, 3);
});

test('a report that was written is read back the same', () => {
  const report = fixtureReport(results);
  writeReports(report, [], folder.path);
  assert.deepEqual(readReport(folder.path).report, JSON.parse(JSON.stringify(report)));
  for (const file of ['report.html', 'junit.xml', 'report.sarif']) assert.ok(existsSync(path.join(folder.path, file)));
});
