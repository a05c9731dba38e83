import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attempt, OutcomeKind } from '../../check/ledger.ts';
import { downtimes } from './load.ts';

const row = (brokerName: string, answeredMs: number, outcome: OutcomeKind = 'SEND_OK') =>
  ({ brokerName, answeredMs, outcome }) as Attempt;

test('the downtime of a group is its longest time without an acknowledgement, inside the play', () => {
  const attempts = [
    ...[0, 100, 200, 900, 1000].map((ms) => row('broker-a', ms)),
    row('broker-a', 500, 'refused'),
    ...[150, 400].map((ms) => row('broker-b', ms)),
    row('broker-c', 300, 'unknown'),
  ];
  assert.deepEqual(downtimes(attempts, 100, 1000), [
    { group: 'broker-a', ms: 700, sinceMs: 200, ended: true },
    { group: 'broker-b', ms: 250, sinceMs: 150, ended: true },
  ]);
  assert.deepEqual(downtimes([], 0, 1000), []);
});

test('a group that should serve and is down at the end was down until then', () => {
  const attempts = [100, 200, 900].map((ms) => row('broker-a', ms));
  assert.deepEqual(downtimes(attempts, 0, 2000, ['broker-a', 'broker-b']), [
    { group: 'broker-a', ms: 1100, sinceMs: 900, ended: false },
    { group: 'broker-b', ms: 2000, sinceMs: 0, ended: false },
  ]);
  assert.deepEqual(downtimes(attempts, 0, 1000, ['broker-a']), [
    { group: 'broker-a', ms: 700, sinceMs: 200, ended: true },
  ]);
});

test('rows need not be in the order of their answers', () => {
  const attempts = [row('broker-a', 300), row('broker-a', 100), row('broker-a', 200)];
  assert.deepEqual(downtimes(attempts, 0, 1000), [{ group: 'broker-a', ms: 100, sinceMs: 200, ended: true }]);
});
