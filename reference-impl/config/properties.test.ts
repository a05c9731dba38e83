import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseProperties, readProperties } from './properties.ts';

type Case = { text: string; properties?: Record<string, string>; refused?: string };

// golden/config/properties.json: texts and what java.util.Properties (Java 17) makes of them.
const file = new URL('../../golden/config/properties.json', import.meta.url);
const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[];

for (const { text, properties, refused } of cases) {
  test(`java.util.Properties reads ${JSON.stringify(text)}`, () => {
    const read = () => Object.fromEntries(parseProperties(text, 'x').map(({ key, value }) => [key, value]));
    if (refused === undefined) assert.deepEqual(read(), properties);
    else assert.throws(read, { code: 'CONFIG_FILE_UNREADABLE' });
  });
}

test('each pair knows the line of its key', () => {
  const pairs = parseProperties('# head\r\na=1\\\r\n  2\r\n\r\nb=3\r\n', 'x');
  assert.deepEqual(
    pairs.map(({ key, line }) => [key, line]),
    [
      ['a', 2],
      ['b', 5],
    ],
  );
});

test('a missing file is named', () => {
  assert.throws(() => readProperties('/nonexistent/broker.conf'), {
    code: 'CONFIG_FILE_MISSING',
    message: /broker\.conf/,
  });
});
