import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../lab/folders.ts';
import { SetupError } from '../lab/setup-error.ts';
import { type DocumentedCell, readCompatibilityTable } from '../report/compatibility.ts';
import { reportSchema, type RunReport, type ScenarioResult } from '../report/types.ts';
import { readReport } from '../report/write.ts';
import { mergeMatrices, writeMerged } from './merge.ts';
import { type Matrix, type MatrixCell, matrixSchema } from './result.ts';
import { readMatrix, writeMatrix } from './write.ts';

const documented = readCompatibilityTable().cells;

function cellOf({ requirement, broker, nameservers }: DocumentedCell, isMine: boolean): MatrixCell {
  return {
    requirement,
    broker,
    nameservers,
    documented: 'works, no switch',
    reference: null,
    observed: isMine ? 'works, no switch' : null,
    verdict: isMine ? 'pass' : null,
    source: isMine ? 'played' : 'other shard',
    seconds: isMine ? 2 : null,
    recoveryMs: null,
    reason: null,
    evidence: null,
  };
}

/** Shard `index` of two: each has every second cell. */
function shardOf(index: number, uncovered: readonly string[] = []): Matrix {
  const cells = documented.map((cell, i) => cellOf(cell, (i % 2) + 1 === index));
  const lineUp = {
    name: 'reference',
    target: 'reference',
    roles: {},
    client: null,
    profile: 'compressed',
    versions: {},
    folder: '1-reference',
    cells,
  };
  const budget = { seconds: 10, uncovered };
  const shard = { index, of: 2 };
  return {
    schema: matrixSchema,
    run: `part-${index}`,
    seed: 1,
    judge: 'j',
    startedMs: index,
    durationMs: 1000,
    shard,
    budget,
    lineUps: [lineUp],
  };
}

function reportOf(index: number): RunReport {
  const scenario: ScenarioResult = {
    uri: 'features/compatibility/table.feature',
    line: index,
    feature: 'f',
    rule: 'r',
    name: `scenario ${index}`,
    requirements: [documented[index - 1]!.requirement],
    tags: [],
    verdict: 'pass',
    startedMs: index,
    durationMs: 2000,
    steps: [],
    observations: [],
    failure: null,
    deviation: null,
    evidence: `scenarios/table-${index}`,
    ledger: null,
    broken: [],
    asked: [],
  };
  return {
    schema: reportSchema,
    run: `part-${index}/1-reference`,
    target: 'reference',
    guest: null,
    profile: 'compressed',
    seed: 1,
    selection: { features: ['f'], tags: null },
    shard: null,
    startedMs: index,
    durationMs: 2000,
    versions: {},
    scenarios: [scenario],
  };
}

test('each cell comes from the shard that has it, the reference beside it from wherever it was played', () => {
  const merged = mergeMatrices([shardOf(2, ['x', 'y']), shardOf(1, ['y', 'z'])].map(at), 'whole');
  assert.deepEqual(
    merged.lineUps[0]!.cells.map(({ verdict, source, reference }) => [verdict, source, reference]),
    documented.map(() => ['pass', 'played', 'works, no switch']),
  );
  // What one shard shows is shown.
  assert.deepEqual([merged.shard, merged.durationMs, merged.budget], [null, 2000, { seconds: 20, uncovered: ['y'] }]);
});

test('a cell that no shard has, or shards of another state of the project, are not merged', () => {
  const withAll = (source: 'other shard' | 'played', index: number): Matrix => {
    const shard = shardOf(index);
    const cells = shard.lineUps[0]!.cells.map((cell) => Object.assign({}, cell, { source }));
    return { ...shard, lineUps: [{ ...shard.lineUps[0]!, cells }] };
  };
  const bare = (index: number) => withAll('other shard', index);
  const found = (matrix: Matrix) => ({ matrix, folder: '.' });
  assert.throws(() => mergeMatrices([found(bare(1)), found(bare(2))], 'x'), /CTL-CMP-01 of reference is in none/);
  assert.throws(
    () => mergeMatrices([found(shardOf(1)), found(withAll('played', 2))], 'x'),
    /is in two of these shards/,
  );
  const younger = { ...shardOf(2), judge: 'another' };
  assert.throws(() => mergeMatrices([found(shardOf(1)), found(younger)], 'x'), /the state of the project differ/);
});

test('what is not all shards of one matrix is not merged', () => {
  const refused = (matrices: Matrix[], why: RegExp) =>
    assert.throws(
      () => mergeMatrices(matrices.map(at), 'x'),
      (thrown) => thrown instanceof SetupError && why.test(thrown.message),
    );
  refused([shardOf(1)], /Shard 2 of 2 is missing/);
  refused([shardOf(1), { ...shardOf(2), seed: 2 }], /different matrices/);
  refused([shardOf(1), { ...shardOf(2), lineUps: [] }], /different matrices/);
  refused([{ ...shardOf(1), shard: null }, shardOf(2)], /part-1 is no shard/);
});

test('the merged matrix has the evidence and the reports of all shards', async () => {
  await using folder = await temporaryFolder();
  const found = [1, 2].map((index) => {
    const run = path.join(folder.path, `part-${index}`);
    const own = path.join(run, '1-reference');
    mkdirSync(path.join(own, 'scenarios', `table-${index}`), { recursive: true });
    writeFileSync(path.join(own, 'scenarios', `table-${index}`, 'timeline.ndjson'), '');
    writeFileSync(path.join(own, 'report.json'), JSON.stringify(reportOf(index)));
    writeMatrix(shardOf(index), run);
    return { matrix: readMatrix(run)!, folder: run };
  });
  const whole = path.join(folder.path, 'whole');
  mkdirSync(whole);
  const merged = mergeMatrices(found, 'whole');
  writeMerged(merged, found, whole);
  assert.deepEqual(readMatrix(whole), merged);
  const { report } = readReport(path.join(whole, '1-reference'));
  assert.deepEqual(
    report.scenarios.map(({ line }) => line),
    [1, 2],
  );
  assert.ok(existsSync(path.join(whole, '1-reference/scenarios/table-2/timeline.ndjson')));
  assert.ok(readFileSync(path.join(whole, 'matrix.html'), 'utf8').includes('12 of 12 cells judged'));
  assert.equal(readMatrix(folder.path), null);
});

function at(matrix: Matrix) {
  return { matrix, folder: '.' };
}
