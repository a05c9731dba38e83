import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConditionFailure, NoLookEnded, throughout, until } from './until.ts';
import { Inconclusive } from './inconclusive.ts';
import { ProcessExit } from './process-exit.ts';

test('returns what was accepted, and looks again after an error', async () => {
  let looks = 0;
  const look = () => {
    if (++looks === 1) throw new Error('not yet');
    return looks;
  };
  assert.equal(await until('three looks', look, (seen) => seen === 3, { deadlineMs: 1000, pollMs: 1 }), 3);
});

test('says at the deadline what was seen last', async () => {
  const deadline = { deadlineMs: 50, pollMs: 5 };
  await assert.rejects(
    until(
      'all well',
      () => new Map([['a', 1]]),
      () => false,
      deadline,
    ),
    new ConditionFailure('all well: not within 0.05 s. Last seen: {"a":1}'),
  );
  await assert.rejects(
    until(
      'all well',
      () => Promise.reject(new Error('no route')),
      () => true,
      deadline,
    ),
    /no route/,
  );
});

test('a last look that was cut off does not hide what was seen before it', async () => {
  let looks = 0;
  const look = () => (++looks === 1 ? 'in sync: none' : new Promise<string>(() => undefined));
  await assert.rejects(
    until('all in sync', look, (seen) => seen === 'in sync: all', { deadlineMs: 500, pollMs: 5 }),
    new ConditionFailure('all in sync: not within 0.5 s. Last seen: in sync: none (the last look did not end)'),
  );
});

test('a look that never ends does not outlive the deadline', async () => {
  const hanging = until(
    'an end',
    () => new Promise(() => undefined),
    () => true,
    { deadlineMs: 50 },
  );
  await assert.rejects(hanging, NoLookEnded);
});

test('an error that no look can mend ends the wait at once', async () => {
  const startMs = performance.now();
  const dead = until(
    'life',
    () => Promise.reject(new ProcessExit('gone')),
    () => true,
    { deadlineMs: 5000 },
  );
  await assert.rejects(dead, ProcessExit);
  assert.ok(performance.now() - startMs < 1000);
});

test('throughout ends at the first look that does not hold', async () => {
  let looks = 0;
  await throughout(
    'fine',
    () => ++looks,
    () => true,
    { deadlineMs: 500, pollMs: 5 },
  );
  assert.ok(looks > 2);
  const broken = throughout(
    'fine',
    () => ++looks,
    (seen) => seen < 0,
    { deadlineMs: 5000 },
  );
  await assert.rejects(broken, /fine: no longer\. Seen: \d+/);
});

test('throughout proves nothing when no look succeeds', async () => {
  const blind = throughout(
    'dark',
    () => Promise.reject(new Error('refused')),
    () => true,
    { deadlineMs: 50, pollMs: 5 },
  );
  await assert.rejects(
    blind,
    (thrown) => thrown instanceof Inconclusive && /look for 0\.1 s.*refused/.test(thrown.message),
  );
  let looks = 0;
  const soonBlind = throughout(
    'dark',
    () => (looks++ === 0 ? 1 : Promise.reject(new Error('refused'))),
    () => true,
    { deadlineMs: 200, pollMs: 5 },
  );
  await assert.rejects(soonBlind, /could not look for 0\.2 s.*refused/);
});
