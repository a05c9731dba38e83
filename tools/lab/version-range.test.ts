import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareVersions, isInRange } from './version-range.ts';

test('versions are compared by their numbers, not as text', () => {
  const sorted = ['5.10.0', '5.3.3', '4.9.7', '5.3.10', '5.3.3'].sort(compareVersions);
  assert.deepEqual(sorted, ['4.9.7', '5.3.3', '5.3.3', '5.3.10', '5.10.0']);
});

test('a version is in a range when it meets every part of it', () => {
  const inRange = (range: string) => ['5.1.0', '5.3.2', '5.3.3', '5.4.0'].filter((number) => isInRange(number, range));
  assert.deepEqual(inRange('>=5.3.2 <5.4.0'), ['5.3.2', '5.3.3']);
  assert.deepEqual(inRange('<=5.1.0'), ['5.1.0']);
  assert.deepEqual(inRange('>5.3.2'), ['5.3.3', '5.4.0']);
  assert.deepEqual(inRange('5.3.3'), ['5.3.3']);
});

test('text that is neither is refused', () => {
  for (const range of ['', '5.3', '~5.3.3', '>= 5.3.3', '5.x.0']) assert.throws(() => isInRange('5.3.3', range), range);
  assert.throws(() => isInRange('5.3.3-SNAPSHOT', '>=5.0.0'));
});
