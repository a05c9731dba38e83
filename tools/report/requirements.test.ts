import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  coverageOf,
  type Family,
  isWhole,
  parseRequirements,
  renderCoverage,
  taggedScenarios,
} from './requirements.ts';

const families: readonly Family[] = [
  {
    family: 'CTL-DEP',
    about: 'deployment',
    requirements: [
      { id: 'CTL-DEP-01', page: 'deploy', text: 'one' },
      { id: 'CTL-DEP-02', page: 'deploy', text: 'two' },
      { id: 'CTL-DEP-03', page: 'deploy', text: 'three' },
      { id: 'CTL-DEP-04', page: 'deploy', text: 'four', none: 'cannot be seen' },
    ],
  },
];

const gherkin = `
@CTL-DEP-01
Feature: f
  Background:
    Given a cluster

  Scenario: plain
    Then nothing

  @CTL-DEP-02 @slow
  Rule: r
    Scenario Outline: o
      Then <x>

      @CTL-DEP-03
      Examples:
        | x |
        | 1 |

      Examples:
        | x |
        | 2 |
`;

test('a scenario has the tags of its feature, rule and table of examples', () => {
  const uri = 'f.feature';
  assert.deepEqual(taggedScenarios(uri, gherkin), [
    { uri, line: 7, name: 'plain', requirements: ['CTL-DEP-01'], tags: ['CTL-DEP-01'] },
    {
      uri,
      line: 18,
      name: 'o',
      requirements: ['CTL-DEP-01', 'CTL-DEP-02', 'CTL-DEP-03'],
      tags: ['CTL-DEP-01', 'CTL-DEP-02', 'slow', 'CTL-DEP-03'],
    },
    {
      uri,
      line: 12,
      name: 'o',
      requirements: ['CTL-DEP-01', 'CTL-DEP-02'],
      tags: ['CTL-DEP-01', 'CTL-DEP-02', 'slow'],
    },
  ]);
});

test('scenarios and reasons for all are whole', () => {
  const coverage = coverageOf(families, taggedScenarios('f.feature', gherkin));
  assert.equal(isWhole(coverage), true);
  assert.match(renderCoverage(coverage), /3 of 4 have a scenario \(75 %\), 1 a reason, 0 are MISSING/);
});

test('an unknown tag is named with its file', () => {
  const planted = gherkin.replace('@slow', '@CTL-DEP-99');
  const coverage = coverageOf(families, taggedScenarios('f.feature', planted));
  assert.equal(isWhole(coverage), false);
  assert.match(renderCoverage(coverage), /UNKNOWN TAG @CTL-DEP-99 in f\.feature/);
});

test('a requirement without scenario and reason is missing', () => {
  const coverage = coverageOf(families, taggedScenarios('f.feature', gherkin.replace('@CTL-DEP-03', '')));
  assert.equal(isWhole(coverage), false);
  assert.match(renderCoverage(coverage), /CTL-DEP-03 {3}three\n +MISSING/);
});

test('a reason beside a scenario is stale', () => {
  const coverage = coverageOf(families, taggedScenarios('f.feature', gherkin.replace('@slow', '@CTL-DEP-04')));
  assert.equal(isWhole(coverage), false);
  assert.match(renderCoverage(coverage), /STALE REASON, it has a scenario: cannot be seen/);
});

test('an id must stand once, in its family, with the known keys', () => {
  const entry = (family: string, ids: readonly string[]) =>
    `- family: ${family}\n  about: x\n  requirements: [${ids.map((id) => `{ id: ${id}, page: p, text: t }`).join(', ')}]\n`;
  assert.throws(() => parseRequirements(entry('CTL-DEP', ['CTL-DEP-01', 'CTL-DEP-01'])), /twice/);
  assert.throws(() => parseRequirements(entry('CTL-DEP', ['CTL-CFG-01'])), /family/);
  assert.throws(() => parseRequirements(entry('CTL-DEP', ['CTL-DEP-01, more'])), /unknown key more/);
});

test('the data of the project has every family', () => {
  const file = path.resolve(import.meta.dirname, '../../matrix/requirements.yaml');
  const counts = parseRequirements(readFileSync(file, 'utf8')).map(
    ({ family, requirements }) => `${family.slice(4)} ${requirements.length}`,
  );
  const expected = 'DEP 10, CFG 18, BRK 19, PAR 13, CMP 20, UPG 15, DSN 23, ID 14, OPS 6, RIP 5, REG 20';
  assert.equal(counts.join(', '), expected);
});
