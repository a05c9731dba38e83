import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { writeInteger, writePlainQuoted, writeText } from './text-writer.ts';

const texts = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('', '"', '\\', 'a\nb', 'ü', '\u2028', '😀', '\u007f', '~'),
);

test('a text is its UTF-8, wherever it is written', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const out = Buffer.alloc(300);
      const end = writeText(out, text, 7);
      assert.deepEqual(out.subarray(7, end), Buffer.from(text));
    }),
  );
});

test('an integer is its decimal text', () => {
  const integers = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constantFrom(0, 9, 10, 99, 100, 2147483647, -1));
  fc.assert(
    fc.property(integers, (value) => {
      const out = Buffer.alloc(30);
      assert.equal(out.toString('latin1', 3, writeInteger(out, value, 3)), String(value));
    }),
  );
});

test('what is quoted without escapes reads back as JSON, and the rest is left to others', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const out = Buffer.alloc(300);
      const end = writePlainQuoted(out, text, 0);
      if (end === -1) assert.ok(text.length > 64 || /[^ !#-[\]-~]/.test(text));
      else assert.equal(JSON.parse(out.toString('utf8', 0, end)), text);
    }),
  );
});
