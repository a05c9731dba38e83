import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Preamble } from './preamble.ts';

/** Feeds `text` byte by byte; returns what is left once the preamble is over, or null. */
function feed(preamble: Preamble, text: string): string | null {
  let rest: string | null = null;
  for (const character of text) {
    if (rest !== null) rest += character;
    else rest = preamble.take(Buffer.from(character))?.toString() ?? null;
  }
  return rest;
}

test('a PROXY line is taken away, however it is cut', () => {
  const preamble = new Preamble();
  assert.equal(feed(preamble, 'PROXY TCP6 ::1 ::2 111 222\r\nframe'), 'frame');
  assert.equal(preamble.sourceAddress, '::1:111');
});

test('12 bytes are awaited; anything but a PROXY line stays', () => {
  const preamble = new Preamble();
  assert.equal(feed(preamble, 'elevenbytes'), null);
  assert.equal(feed(preamble, '!'), 'elevenbytes!');
  assert.equal(preamble.sourceAddress, null);
});

test('an unknown source names nobody; a line without an end or of another family is refused', () => {
  const preamble = new Preamble();
  assert.equal(feed(preamble, 'PROXY UNKNOWN\r\n'), '');
  assert.equal(preamble.sourceAddress, null);
  assert.throws(() => feed(new Preamble(), 'PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n'), { code: 'FRAME_MALFORMED' });
  assert.throws(() => feed(new Preamble(), `PROXY TCP4 ${'1'.repeat(200)}`), { code: 'FRAME_MALFORMED' });
});
