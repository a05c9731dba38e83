import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { isInRange } from '../lab/version-range.ts';
import {
  applyRegressions,
  readRegressions,
  type Regression,
  renderRegressions,
  withRegressionTags,
} from './regressions.ts';
import { parseRequirements } from './requirements.ts';
import type { ScenarioResult, Verdict } from './types.ts';

const regressions: readonly Regression[] = [
  { requirement: 'CTL-REG-01', roles: ['broker'], affected: '>=5.3.2 <=5.3.3', fixed: '5.3.4', references: [9403] },
  {
    requirement: 'CTL-REG-04',
    roles: ['broker'],
    affected: '<=5.1.4',
    fixed: '5.2.0',
    references: [7689],
    sometimes: true,
  },
  { requirement: 'CTL-REG-17', roles: ['controller'], affected: null, fixed: null, references: [8380] },
];
const judged = [{ role: 'broker', version: '5.3.3', original: true }];

function scenario(requirement: string, verdict: Verdict, failedAt = 'Outcome'): ScenarioResult {
  const step = {
    kind: failedAt,
    keyword: 'Then',
    text: '',
    status: 'FAILED',
    durationMs: 1,
    endedMs: 1,
    message: null,
  };
  const place = { uri: 'a.feature', line: 1, feature: '', rule: '', name: 'a', tags: [] };
  const rest = { startedMs: 0, durationMs: 1, observations: [], failure: null, deviation: null };
  const evidence = { evidence: null, ledger: null, broken: [], asked: [] };
  return {
    ...place,
    requirements: [requirement],
    verdict,
    steps: verdict === 'fail' ? [step] : [],
    ...rest,
    ...evidence,
  };
}

test('the tag stands for the scenarios of every listed one', () => {
  const expression = withRegressionTags('@regression and not @slow', regressions);
  assert.equal(expression, '(@CTL-REG-01 or @CTL-REG-04 or @CTL-REG-17) and not @slow');
  assert.equal(withRegressionTags('@regressions', regressions), '@regressions');
});

test('a broken promise that the release is known for deviates; elsewhere, or before the promise, it fails', () => {
  const verdicts = (result: ScenarioResult) => applyRegressions([result], regressions, judged)[0]!;
  assert.equal(verdicts(scenario('CTL-REG-01', 'fail')).verdict, 'deviates');
  assert.match(verdicts(scenario('CTL-REG-01', 'fail')).deviation!, /fixed in 5\.3\.4 \(#9403\)/);
  assert.equal(verdicts(scenario('CTL-REG-01', 'fail', 'Context')).verdict, 'fail');
  assert.equal(verdicts(scenario('CTL-REG-04', 'fail')).verdict, 'fail');
  const elsewhere = [{ role: 'namesrv', version: '5.3.3', original: true }];
  assert.equal(applyRegressions([scenario('CTL-REG-01', 'fail')], regressions, elsewhere)[0]!.verdict, 'fail');
  assert.equal(verdicts(scenario('CTL-REG-01', 'pass')).verdict, 'pass');
});

test('the table says what the list says, and what was seen', () => {
  const results = [scenario('CTL-REG-01', 'deviates'), scenario('CTL-REG-01', 'pass'), scenario('CTL-REG-04', 'pass')];
  const [title, , first, second, third] = renderRegressions(results, regressions, judged, (id) => `about ${id}`).split(
    '\n',
  );
  assert.match(title!, /broker 5\.3\.3/);
  assert.match(first!, /^CTL-REG-01 +affected +DEVIATES .* about CTL-REG-01 \(#9403\)$/);
  assert.match(second!, /^CTL-REG-04 +not affected +not seen, needs a race /);
  assert.match(third!, /^CTL-REG-17 +not affected +no scenario ran +no release /);
});

test('every regression of the requirements is listed once, with ranges that can be read', () => {
  const file = path.resolve(import.meta.dirname, '../../matrix/requirements.yaml');
  const { requirements } = parseRequirements(readFileSync(file, 'utf8')).find(({ family }) => family === 'CTL-REG')!;
  const listed = readRegressions();
  assert.deepEqual(
    listed.map(({ requirement }) => requirement),
    requirements.map(({ id }) => id),
  );
  for (const { affected, fixed, references } of listed) {
    if (affected !== null) assert.equal(typeof isInRange('5.3.3', affected), 'boolean');
    if (fixed !== null && affected !== null) assert.equal(isInRange(fixed, affected), false);
    assert.ok(references.length > 0);
  }
});
