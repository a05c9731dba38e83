import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../lab/folders.ts';
import { logExcerpt } from './log-excerpt.ts';

const noon = new Date(2026, 4, 3, 12, 0, 0).getTime();

async function excerpt(lines: readonly string[], momentMs: number) {
  await using folder = await temporaryFolder();
  writeFileSync(path.join(folder.path, 'a.log'), lines.join('\n'));
  return logExcerpt(folder.path, 'a.log', momentMs);
}

test('JSON lines are cut around the moment and read as text', async () => {
  const lines = Array.from({ length: 100 }, (_, i) =>
    JSON.stringify({ level: 40, time: new Date(noon + i * 1000).toISOString(), pid: 1, msg: `m${i}`, i }),
  );
  const { lines: shown, before, after } = await excerpt(lines, noon + 50_500);
  assert.match(shown.at(-7)!, /^\d\d:\d\d:50\.000 warn m50 \{"i":50\}$/);
  assert.match(shown.at(-1)!, /m56/);
  assert.deepEqual([before, after, before + after + shown.length], [23, 43, 100]);
});

test('lines of a JVM by the time of day; lines without one belong to the line before', async () => {
  const lines = ['12:00:00.000 WARN a', '12:00:01.000 ERROR b', '  at Some.class', '12:00:09.000 INFO c'];
  const { lines: shown } = await excerpt(lines, noon + 2000);
  assert.deepEqual(shown, lines);
  const many = [...lines.slice(0, 3), ...Array.from({ length: 20 }, () => '12:00:09.000 INFO c')];
  assert.equal((await excerpt(many, noon + 2000)).after, 14);
});

test('lines of a distribution by date and time in China', async () => {
  const at = (second: number) =>
    new Date(noon + second * 1000 + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
  const lines = Array.from({ length: 60 }, (_, i) => `${at(i)} INFO main - m${i}`);
  const { lines: shown } = await excerpt(lines, noon + 40_500);
  assert.match(shown.at(-7)!, /m40$/);
});

test('a log without any time is shown by its end, half a JSON line as it is', async () => {
  const lines = [...Array.from({ length: 90 }, (_, i) => `line ${i}`), '{"level":40,"ti'];
  const { lines: shown } = await excerpt(lines, noon);
  assert.equal(shown.at(-1), '{"level":40,"ti');
  assert.equal(shown.length, 28);
});
