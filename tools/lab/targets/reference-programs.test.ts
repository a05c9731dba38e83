import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { referencePrograms } from './reference-programs.ts';

/** As they are started without coverage. */
function bundled() {
  const { NODE_V8_COVERAGE: coverage } = process.env;
  delete process.env.NODE_V8_COVERAGE;
  try {
    return referencePrograms();
  } finally {
    if (coverage !== undefined) process.env.NODE_V8_COVERAGE = coverage;
  }
}

test('each program is one file that runs without its sources, the same one as long as they are the same', async () => {
  const programs = bundled();
  assert.deepEqual(bundled(), programs);
  for (const program of Object.values(programs)) {
    assert.doesNotMatch(readFileSync(program, 'utf8'), /from ["']\.\.?\//);
    const { stdout } = await execa(process.execPath, [program, '-h']);
    assert.match(stdout, new RegExp(`usage: ${path.basename(program, '.mjs')}`, 'i'));
  }
});

test('programs of other sources are kept for a day', (t) => {
  const inUse = path.dirname(bundled().broker);
  const [young, old] = [`${inUse}-young`, `${inUse}-old`];
  t.after(() => rmSync(young, { recursive: true, force: true }));
  mkdirSync(young, { recursive: true });
  mkdirSync(old, { recursive: true });
  for (const folder of [old, inUse]) utimesSync(folder, new Date(0), new Date(0));
  bundled();
  assert.deepEqual([inUse, young, old].map(existsSync), [true, true, false]);
});
