import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { execa } from 'execa';
import { withDir } from 'tmp-promise';
import { isInRange } from '../lab/version-range.ts';
import { observeCell, readCompatibilityTable } from './compatibility.ts';
import { renderCompatibilityTable, renderSummary } from './console.ts';
import { applicableTo, applyKnownDeviations, readKnownDeviations } from './deviations.ts';
import { renderHtml } from './html.ts';
import { renderJUnit } from './junit.ts';
import { readScenarioResults } from './messages.ts';
import { parseRequirements } from './requirements.ts';
import type { RunReport, ScenarioResult } from './types.ts';

const projectRoot = path.resolve(import.meta.dirname, '../..');
let results: ScenarioResult[];

/** Plays the fixture feature with the real Cucumber and reads its message stream. */
async function playFixture(): Promise<ScenarioResult[]> {
  return withDir(
    async ({ path: folder }) => {
      const messages = path.join(folder, 'messages.ndjson');
      const fixture = 'tools/report/fixture';
      const args = [
        `${fixture}/verdicts.feature`,
        '--import',
        `${fixture}/verdicts.steps.ts`,
        '--format',
        `message:${messages}`,
      ];
      const cucumber = path.join(projectRoot, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
      await execa(process.execPath, [cucumber, ...args], { cwd: projectRoot, reject: false });
      return readScenarioResults(messages);
    },
    { unsafeCleanup: true },
  );
}

const report = (scenarios: readonly ScenarioResult[]): RunReport => ({
  schema: 1,
  run: 'r1',
  target: 'reference',
  guest: null,
  profile: 'compressed',
  seed: 7,
  startedMs: 0,
  durationMs: 1500,
  versions: {},
  scenarios,
});

test('every listed deviation has a range, a role, a reason and a reference, and names a requirement', () => {
  const known = readKnownDeviations(path.join(projectRoot, 'matrix/known-deviations/apache.yaml'));
  const families = parseRequirements(readFileSync(path.join(projectRoot, 'matrix/requirements.yaml'), 'utf8'));
  const ids = families.flatMap(({ requirements }) => requirements.map(({ id }) => id));
  for (const { requirement, role, versions, reason, reference } of known) {
    assert.ok(ids.includes(requirement), requirement);
    assert.ok(['namesrv', 'controller', 'broker'].includes(role), role);
    assert.equal(typeof isInRange('5.3.3', versions), 'boolean');
    assert.ok(reason.length > 0 && (/issues\/\d+/.test(reference) || /reproduced/.test(reference)), reference);
  }
});

const cell = (requirement: string) => readCompatibilityTable().cells.find((c) => c.requirement === requirement)!;

before(async () => {
  results = await playFixture();
});

test('each end of a scenario has its verdict, each outline row its requirement', () => {
  assert.deepEqual(
    results.map(({ requirements, verdict }) => [requirements[0], verdict]),
    [
      ['CTL-CMP-01', 'pass'],
      ['CTL-CMP-02', 'fail'],
      ['CTL-CMP-03', 'inconclusive'],
      ['CTL-CMP-04', 'fail'],
      ['CTL-CMP-05', 'unsupported'],
    ],
  );
  assert.equal(results[0]!.rule, 'Every kind of end has its verdict');
  assert.match(results[1]!.failure!, /2 < 3 & "lost"/);
});

test('a cell shows what its scenario observed, or nothing when it got nowhere', () => {
  assert.deepEqual(observeCell(cell('CTL-CMP-01'), report(results)), {
    documented: 'works, no switch',
    observed: 'works, no switch',
    verdict: 'pass',
  });
  assert.equal(observeCell(cell('CTL-CMP-02'), report(results)).observed, null);
  assert.equal(observeCell(cell('CTL-CMP-06'), report(results)).documented, 'works, switches');
  assert.match(renderCompatibilityTable([report(results)]), /works, no switch/);
});

test('a failure is printed with its step and the line that replays it', () => {
  const summary = renderSummary(report(results));
  assert.match(summary, /FAIL {2}CTL-CMP-02/);
  assert.match(summary, /at: When a step fails/);
  assert.match(summary, /--seed 7 tools\/report\/fixture\/verdicts.feature:17/);
  assert.match(summary, /1 pass, 0 deviates, 2 fail, 1 inconclusive, 1 unsupported/);
});

test('a listed deviation whose promise fails deviates; one that passes, or fails before its promise, fails', () => {
  const listed = (requirement: string, mustShow = true) => [
    { requirement, scenario: '', role: 'broker', versions: '5.3.3', mustShow, reason: 'known', reference: '#1' },
  ];
  assert.equal(applyKnownDeviations(results, listed('CTL-CMP-02'))[1]!.verdict, 'fail');
  assert.equal(applyKnownDeviations(results, listed('CTL-CMP-04'))[3]!.verdict, 'deviates');
  assert.equal(applyKnownDeviations(results, listed('CTL-CMP-01'))[0]!.verdict, 'fail');
  assert.equal(applyKnownDeviations(results, listed('CTL-CMP-01', false))[0]!.verdict, 'pass');
  assert.equal(applyKnownDeviations(results, listed('CTL-CMP-03'))[2]!.verdict, 'inconclusive');
  assert.equal(applyKnownDeviations(results, listed('CTL-CMP-05'))[4]!.verdict, 'unsupported');
});

test('a deviation applies to its releases in its role; only originals, and what needs no race, must show it', () => {
  const entry = { requirement: 'CTL-CMP-01', scenario: '', role: 'controller', reason: '', reference: '#1' };
  const known = [
    { ...entry, versions: '>=5.3.2 <5.4.0' },
    { ...entry, versions: '5.3.3', sometimes: true },
  ];
  const mustShow = (role: string, version: string, original: boolean) =>
    applicableTo(known, [{ role, version, original }]).map((deviation) => deviation.mustShow);
  assert.deepEqual(mustShow('controller', '5.3.3', true), [true, false]);
  assert.deepEqual(mustShow('controller', '5.3.3', false), [false, false]);
  assert.deepEqual(mustShow('controller', '5.4.0', true), []);
  assert.deepEqual(mustShow('broker', '5.3.3', true), []);
});

test('JUnit keeps outline rows apart and escapes what XML cannot hold', () => {
  const xml = renderJUnit(report(results));
  assert.equal(xml.match(/<testcase /g)!.length, 5);
  assert.match(xml, /<failure message="fail">Error: 2 &lt; 3 &amp; &quot;lost&quot;/);
  assert.match(xml, /tests="5" failures="2" errors="1" skipped="1"/);
});

test('the page names every scenario and needs nothing from elsewhere', () => {
  const html = renderHtml(report(results), []);
  for (const { name } of results) assert.ok(html.includes(name));
  assert.doesNotMatch(html, /(src|href)=/);
});
