import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cases } from './cases.fixture.ts';
import { found } from './cluster.fixture.ts';

for (const { finds, bad, nearMiss, probes } of cases) {
  test(`${finds.join(' and ')}: found, and not in its near-miss`, () => {
    assert.deepEqual(found(bad, probes), finds);
    assert.deepEqual(found(nearMiss, probes), []);
  });
}
