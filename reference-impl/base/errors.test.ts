import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errorHints, SwitchlabError } from './errors.ts';

test('docs/errors.md lists exactly the registered errors, with the same remedies', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (.+) \|$/gm)].map(([, code, hint]) => [code, hint]);
  assert.deepEqual(rows, Object.entries(errorHints));
});

test('an error describes what, where and what to do in one line', () => {
  const error = new SwitchlabError('PORT_IN_USE', '127.0.0.1:9876 is taken.');
  assert.equal(
    error.describe(),
    '127.0.0.1:9876 is taken. Stop the process that holds the port, or choose another one. [PORT_IN_USE]',
  );
});
