import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TextCache } from './text-cache.ts';

test('every text comes back as itself, whatever was seen before', () => {
  // Few letters and short texts, so that places are shared and hit.
  const short = fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '0', '\u0001'), maxLength: 6 });
  const texts = fc.array(fc.oneof(short, fc.string({ unit: 'binary', maxLength: 40 })), { maxLength: 200 });
  const cache = new TextCache();
  fc.assert(
    fc.property(texts, (all) => {
      for (const text of all) {
        const bytes = Buffer.from(`<${text}>`);
        assert.equal(cache.text(bytes, 1, bytes.length - 1), bytes.toString('utf8', 1, bytes.length - 1));
      }
    }),
  );
});

test('a text is found again when others took its place', () => {
  const cache = new TextCache();
  const texts = Array.from({ length: 5000 }, (_, i) => String(i));
  for (let round = 0; round < 2; round++) {
    for (const text of texts) assert.equal(cache.text(Buffer.from(text), 0, text.length), text);
  }
});
