import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupConfig, readGroupConfig } from './group-config.ts';

test('what is missing or null takes its default, and text counts for a number', () => {
  const group = readGroupConfig({ groupName: 'G', retryMaxTimes: '3', brokerId: null, unknown: 1 }, '');
  assert.deepEqual(group, { ...groupConfig('G'), retryMaxTimes: 3 });
});

for (const retryMaxTimes of [Infinity, 'many', {}]) {
  test(`a number that is ${JSON.stringify(retryMaxTimes)} or beyond a double is refused: no file could hold it`, () => {
    assert.throws(() => readGroupConfig({ groupName: 'G', retryMaxTimes }, ''), { code: 'BODY_MALFORMED' });
  });
}
