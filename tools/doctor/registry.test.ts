import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readReferences } from '../cli/doctor-references.ts';
import { renderRules } from './rules-table.ts';
import { rules } from './rules/index.ts';

const references = readReferences();

test('rules count from D1, each with a name of its own', () => {
  assert.deepEqual(
    rules.map(({ id }) => id),
    Array.from({ length: 23 }, (_, i) => `D${i + 1}`),
  );
  assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
});

for (const { id, cases } of rules) {
  test(`${id}: its requirements and scenarios exist`, () => {
    for (const { requirement, proof } of Object.values(cases)) {
      assert.equal(references.requirement(requirement).id, requirement);
      if (typeof proof !== 'string') assert.match(references.scenario(proof), /^features\/.+\.feature:\d+$/);
    }
  });
}

test('a requirement or a scenario that does not exist is an error', () => {
  assert.throws(() => references.requirement('CTL-CFG-99'), /CTL-CFG-99/);
  assert.throws(() => references.scenario({ tag: 'CTL-CFG-01', scenario: 'nobody wrote it' }), /nobody wrote it/);
  assert.throws(() => references.scenario({ tag: 'CTL-CFG-02', scenario: 'enableControllerInNamesrv is set' }));
});

test('docs/doctor.md holds the rules as they are: paste the output of `npm run doctor -- --rules`', () => {
  const page = readFileSync(new URL('../../docs/doctor.md', import.meta.url), 'utf8');
  assert.equal(page.slice(page.indexOf('### D1:')).trim(), renderRules(references).trim());
});
