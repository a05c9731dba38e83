import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeProperties, encodeProperties, joinProperties, propertyOf, propertyPattern } from './properties.ts';

test('properties: endings of both releases, duplicates, and what the Java decoder drops', () => {
  const entries = [
    ['KEYS', 'k'],
    ['TAGS', 't'],
  ] as const;
  assert.equal(encodeProperties(entries, 'new'), 'KEYS\u0001k\u0002TAGS\u0001t\u0002');
  assert.equal(encodeProperties(entries, 'old'), 'KEYS\u0001k\u0002TAGS\u0001t');
  assert.equal(encodeProperties([], 'old'), '');
  assert.deepEqual(
    [...decodeProperties('a\u00011\u0002a\u00012\u0002noSeparator\u0002b\u0001\u0002\u0001v')],
    [['a', '2']],
  );
  assert.equal(joinProperties('a\u00011', 'b\u00012\u0002'), 'a\u00011\u0002b\u00012\u0002');
  assert.equal(joinProperties('a\u00011\u0002', 'b\u00012'), 'a\u00011\u0002b\u00012');
  assert.equal(joinProperties('', 'b\u00012'), 'b\u00012');
});

test('one property is found as the whole map would show it', () => {
  const word = fc.stringMatching(/^[A-C]{1,3}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word)), word, fc.constantFrom('old', 'new'), (entries, name, release) => {
      const text = encodeProperties(entries, release);
      assert.equal(propertyOf(text, propertyPattern(name)), decodeProperties(text).get(name));
    }),
  );
});
