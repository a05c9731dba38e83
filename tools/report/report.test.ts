import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { IdGenerator } from '@cucumber/messages';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Folder, temporaryFolder } from '../lab/folders.ts';
import { isInRange } from '../lab/version-range.ts';
import { observeCell, readCompatibilityTable } from './compatibility.ts';
import { renderCompatibilityTable, renderSummary } from './console.ts';
import { applicableTo, applyKnownDeviations, readKnownDeviations } from './deviations.ts';
import { withEvidence } from './evidence.ts';
import { fixtureReport, playFixture, withFixtureEvidence } from './fixture/run.ts';
import { renderJUnit } from './junit.ts';
import { readScenarioResults } from './messages.ts';
import { replayRunCommand } from './replay.ts';
import { reportName } from './report-name.ts';
import { readRequirements } from './requirements.ts';
import { renderSarif } from './sarif.ts';
import { type RunReport, type ScenarioResult, verdicts } from './types.ts';
import { overall, sentence } from './verdict.ts';
import { tellGitHub } from './write.ts';

const projectRoot = path.resolve(import.meta.dirname, '../..');
let folder: Folder;
let results: ScenarioResult[];
const report = fixtureReport;
const entry = {
  requirement: 'CTL-CMP-01',
  scenario: '',
  steps: [],
  role: 'broker',
  versions: '5.3.3',
  reason: 'known',
  reference: '#1',
};

test('every listed deviation has a range, a role, a reason and a reference, and names a scenario', () => {
  const known = readKnownDeviations(path.join(projectRoot, 'matrix/known-deviations/apache.yaml'));
  const ids = readRequirements().flatMap(({ requirements }) => requirements.map(({ id }) => id));
  const pickles = globSync('features/**/*.feature', { cwd: projectRoot }).flatMap(picklesOf);
  for (const { requirement, scenario, steps, role, versions, reason, reference } of known) {
    assert.ok(ids.includes(requirement), requirement);
    const tagged = pickles.filter(({ tags }) => tags.some(({ name }) => name === `@${requirement}`));
    const own = tagged.filter(({ name }) => name.includes(scenario));
    assert.ok(own.length > 0, `${requirement}: no scenario of it has "${scenario}"`);
    assert.ok(steps.length > 0, requirement);
    for (const words of steps) {
      const isThere = own.some((pickle) => pickle.steps.some(({ text }) => text.includes(words)));
      assert.ok(isThere, `${requirement}: no step of "${scenario}" has "${words}"`);
    }
    assert.ok(['namesrv', 'controller', 'broker'].includes(role), role);
    assert.equal(typeof isInRange('5.3.3', versions), 'boolean');
    assert.ok(reason.length > 0);
    assert.match(reference, /github\.com\/apache\/rocketmq\/(issues|pull)\/\d+/);
  }
});

function picklesOf(uri: string) {
  const newId = IdGenerator.incrementing();
  const parser = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher());
  return compile(parser.parse(readFileSync(path.join(projectRoot, uri), 'utf8')), uri, newId);
}

const cell = (requirement: string) => readCompatibilityTable().cells.find((c) => c.requirement === requirement)!;

before(async () => {
  folder = await temporaryFolder();
  results = await playFixture(folder.path);
});
after(() => folder[Symbol.asyncDispose]());

test('each end of a scenario has its verdict, each outline row its requirement', () => {
  assert.deepEqual(
    results.map(({ requirements, verdict }) => [requirements[0], verdict]),
    [
      ['CTL-CMP-01', 'pass'],
      ['CTL-CMP-02', 'fail'],
      ['CTL-CMP-03', 'inconclusive'],
      ['CTL-CMP-04', 'fail'],
      ['CTL-CMP-05', 'unsupported'],
      ['CTL-CMP-06', 'fail'],
    ],
  );
  assert.match(results[5]!.failure!, /ended by itself: exit code 3/);
  assert.equal(results[0]!.rule, 'Every kind of end has its verdict');
  assert.match(results[1]!.failure!, /2 < 3 & "lost"/);
});

test('what a runner that broke down did not end, or never began, is there, and says why', async () => {
  const lines = readFileSync(path.join(folder.path, 'messages.ndjson'), 'utf8').split('\n');
  const ofCase = (n: number) => lines.filter((line) => line.startsWith('{"testCaseStarted"'))[n]!;
  const broken = lines.slice(0, lines.indexOf(ofCase(2)) + 1);
  const file = path.join(folder.path, 'broken.ndjson');
  const end = { testRunFinished: { success: false, exception: { type: 'Error', message: 'worker 2 is gone' } } };
  writeFileSync(file, [...broken, JSON.stringify(end), ''].join('\n'));
  const found = await readScenarioResults(file);
  assert.deepEqual(
    found.map(({ verdict, failure }) => [verdict, failure?.split('\n')[0]]),
    [
      ['pass', undefined],
      ['fail', results[1]!.failure!.split('\n')[0]],
      ['inconclusive', 'never ended, the runner ended before: worker 2 is gone'],
      ...results.slice(3).map(() => ['inconclusive', 'not played, the runner ended before: worker 2 is gone']),
    ],
  );
  assert.deepEqual(
    found.map(({ name }) => name),
    results.map(({ name }) => name),
  );
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
  assert.match(summary, /1 pass, 0 deviates, 3 fail, 1 inconclusive, 1 unsupported/);
});

test('a failure of a listed step deviates, of another one fails; what passes although it is listed fails', () => {
  const listed = (requirement: string, step: string, mustShow = true) => [
    { ...entry, requirement, steps: [step], mustShow },
  ];
  const verdictOf = (i: number, ...entries: Parameters<typeof listed>) =>
    applyKnownDeviations(results, listed(...entries))[i]!.verdict;
  assert.equal(verdictOf(1, 'CTL-CMP-02', 'a step fails'), 'deviates');
  assert.equal(verdictOf(1, 'CTL-CMP-02', 'another step'), 'fail');
  assert.equal(verdictOf(0, 'CTL-CMP-01', 'a step passes'), 'fail');
  assert.equal(verdictOf(0, 'CTL-CMP-01', 'a step passes', false), 'pass');
  assert.equal(verdictOf(2, 'CTL-CMP-03', ''), 'inconclusive');
  assert.equal(verdictOf(4, 'CTL-CMP-05', ''), 'unsupported');
});

test('a listed failure beside another one, such as a process that ended by itself, fails', () => {
  const failed = results.find(({ requirements }) => requirements.includes('CTL-CMP-02'));
  const ended = { ...failed!.steps.find(({ status }) => status === 'FAILED')!, kind: 'Hook', text: '' };
  const both = { ...failed!, steps: [...failed!.steps, ended] };
  const listed = [{ ...entry, requirement: 'CTL-CMP-02', steps: ['a step fails'], mustShow: true }];
  assert.deepEqual(
    applyKnownDeviations([failed!, both], listed).map(({ verdict }) => verdict),
    ['deviates', 'fail'],
  );
});

test('a deviation applies to its releases in its role; only originals, and what needs no race, must show it', () => {
  const known = [
    { ...entry, role: 'controller', versions: '>=5.3.2 <5.4.0' },
    { ...entry, role: 'controller', sometimes: true },
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
  assert.equal(xml.match(/<testcase /g)!.length, 6);
  assert.match(xml, /<failure message="fail">Error: 2 &lt; 3 &amp; &quot;lost&quot;/);
  assert.match(xml, /tests="6" failures="3" errors="1" skipped="1"/);
});

test('evidence goes into the result: where it is, sends in numbers, the broken invariant, settings', async () => {
  const [pass, fail] = await withFixtureEvidence(results, folder.path);
  assert.match(pass!.evidence!, /^scenarios\/verdicts-\d+-a-step-that-passes$/);
  const ledger = { attempts: 320, acknowledged: 287, stored: 0, refused: 27, unknown: 6, delivered: 0 };
  assert.deepEqual(pass!.ledger, ledger);
  assert.deepEqual(pass!.broken, []);
  assert.deepEqual([pass!.recovery?.sendMs, fail!.recovery], [1_640, undefined]);
  assert.equal(fail!.broken[0]!.check, 'no-acknowledged-loss');
  assert.equal(fail!.asked[0]!.key, 'allAckInSyncStateSet');
  assert.equal(withEvidence(results[0]!, path.join(folder.path, 'elsewhere')).evidence, null);
});

test('report.json is as its schema says', async () => {
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(readSchema());
  const whole = JSON.parse(JSON.stringify(report(await withFixtureEvidence(results, folder.path)))) as RunReport;
  assert.equal(validate(whole), true, JSON.stringify(validate.errors));
  assert.equal(validate({ ...whole, schema: 1 }), false);
  assert.equal(validate({ ...whole, scenarios: [{ ...whole.scenarios[0], verdict: 'perhaps' }] }), false);
  for (const verdict of verdicts) assert.ok(readSchema().$defs.verdict.enum.includes(verdict));
});

test('SARIF names the requirement, the line of the feature and what is accepted', () => {
  const deviating = results.map((one) =>
    one.verdict === 'fail' ? Object.assign({}, one, { deviation: 'known (#1)' }) : one,
  );
  const known = deviating.map((one, i) => (i === 3 ? Object.assign({}, one, { verdict: 'deviates' }) : one));
  const sarif = JSON.parse(renderSarif(report(known), readRequirements())) as Sarif;
  const [run] = sarif.runs;
  assert.deepEqual(run!.results.map(({ ruleId, level, kind }) => [ruleId, level, kind]).slice(0, 3), [
    ['CTL-CMP-02', 'error', 'fail'],
    ['CTL-CMP-03', 'none', 'open'],
    ['CTL-CMP-04', 'note', 'fail'],
  ]);
  const untagged = results.map((one) => ({ ...one, requirements: [] }));
  const [bare] = (JSON.parse(renderSarif(report(untagged), readRequirements())) as Sarif).runs;
  assert.equal(bare!.results.length, 5);
  assert.deepEqual(new Set(bare!.results.map(({ ruleId }) => ruleId)), new Set(['SCENARIO']));
  assert.equal(run!.results[2]!.suppressions[0]!.justification, 'known (#1)');
  assert.equal(run!.results[0]!.locations[0]!.physicalLocation.region.startLine, results[1]!.line);
  assert.ok(run!.tool.driver.rules.every(({ shortDescription }) => shortDescription.text.length > 10));
});

test('GitHub gets a summary and a mark at the line of each scenario that did not pass', () => {
  const summary = path.join(folder.path, 'summary.md');
  const printed: string[] = [];
  tellGitHub(report(results), { GITHUB_STEP_SUMMARY: summary, GITHUB_ACTIONS: 'true' }, (line) => printed.push(line));
  assert.match(readFileSync(summary, 'utf8'), /3 of 5 scenarios failed/);
  assert.match(readFileSync(summary, 'utf8'), /\| fail \| CTL-CMP-02 \| a step that fails \| Error: 2 \\< 3 & "lost"/);
  assert.match(printed[0]!, /^::error file=tools\/report\/fixture\/verdicts\.feature,line=17,title=fail%3A CTL-CMP-02/);
  assert.match(printed[1]!, /^::warning /);
  tellGitHub(report(results), {}, () => assert.fail('not on a GitHub runner'));
});

test('one sentence says what came out; what is unsupported is not among what passed', () => {
  const [passed, , , , lacking] = results;
  assert.equal(sentence(report([passed!])), 'All 1 scenario passed.');
  assert.equal(sentence(report([passed!, lacking!])), 'All 1 scenario that the target supports passed.');
  assert.equal(sentence(report([lacking!])), 'Nothing was judged: 1 scenario unsupported.');
  assert.equal(overall(report([lacking!])), 'inconclusive');
});

test('a run whose roles or guest are of other targets has a name of its own', () => {
  const run = { ...report(results), roles: { broker: 'apache:5.3.3' }, guest: 'apache:5.5.0' };
  assert.equal(reportName(run), 'reference, broker apache:5.3.3, beside apache:5.5.0');
  assert.match(renderSummary(run), /scenarios on reference, broker apache:5\.3\.3, beside/);
  assert.equal(reportName({ ...report(results), labDefect: 'X' }), 'reference, broken on purpose by X');
});

test('a run is replayed by one command, quoted for a shell', () => {
  const selection = { features: ['features'], tags: "@a and not @b's" };
  const shard = { index: 2, of: 4 };
  assert.equal(
    replayRunCommand({ ...report(results), selection, shard }),
    String.raw`npm run conformance -- --target reference --profile compressed --seed 7 --tags '@a and not @b'\''s' --shard 2/4 features`,
  );
});

/** The schema in the documentation. */
function readSchema(): { readonly $defs: { readonly verdict: { readonly enum: readonly string[] } } } {
  const file = path.resolve(import.meta.dirname, '../../docs/report.schema.json');
  return JSON.parse(readFileSync(file, 'utf8')) as ReturnType<typeof readSchema>;
}

interface Sarif {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly shortDescription: { text: string } }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly level: string;
      readonly kind: string;
      readonly suppressions: readonly { readonly justification: string }[];
      readonly locations: readonly { readonly physicalLocation: { readonly region: { readonly startLine: number } } }[];
    }[];
  }[];
}
