import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attempt, Delivery } from '../check/ledger.ts';
import { type ClientRun, judge, repeats } from './judge.ts';

function sent(n: number, outcome: Attempt['outcome'] = 'SEND_OK'): Attempt {
  const stored = outcome === 'SEND_OK';
  return {
    producer: 'p',
    key: `k${n}`,
    attemptNo: 1,
    topic: 'T',
    brokerName: 'broker-a',
    queueId: 0,
    sentMs: 10 * n,
    answeredMs: 10 * n + 5,
    outcome,
    code: null,
    remark: null,
    queueOffset: stored ? n : null,
    offsetMsgId: null,
  };
}

function got(n: number, queueOffset = n): Delivery {
  return {
    consumer: 'c',
    key: `k${n}`,
    topic: 'T',
    brokerName: 'broker-a',
    address: '127.0.0.1:10911',
    queueId: 0,
    queueOffset,
    physicalOffset: 100 * queueOffset,
    readMs: 1000,
  };
}

const attempts = [sent(0), sent(1), sent(2)];
const log = [got(0), got(1), got(2)];
const deliveries = log;
const checks = (run: Partial<ClientRun>) =>
  judge({ attempts, deliveries, log, lostAtMs: null, ...run }).map(({ check }) => check);

test('an undisturbed run in which everything arrived once breaks nothing', () => {
  assert.deepEqual(checks({}), []);
});

test('an acknowledged message that was not delivered, or is no longer in the log, is lost', () => {
  for (const lostAtMs of [null, 15]) {
    assert.deepEqual(checks({ deliveries: [got(0), got(2)], lostAtMs }), ['no-acknowledged-loss']);
    assert.ok(checks({ log: [got(0), got(2)], lostAtMs }).includes('no-acknowledged-loss'));
  }
});

test('a failed send and a repeated delivery are allowed only when a master was lost', () => {
  const again = { attempts: [...attempts, sent(3, 'unknown')], deliveries: [...deliveries, got(1)] };
  assert.deepEqual(checks(again), ['undisturbed', 'undisturbed']);
  assert.deepEqual(checks({ ...again, lostAtMs: 15 }), []);
  assert.equal(repeats(again.deliveries), 1);
});

test('one call of send stores a message three times at most, and once without a loss', () => {
  const stored = (times: number) => [got(0), got(1), ...Array.from({ length: times }, (_, i) => got(2, 2 + i))];
  assert.deepEqual(checks({ log: stored(3), lostAtMs: 15 }), []);
  assert.deepEqual(checks({ log: stored(4), lostAtMs: 15 }), ['exactly-once']);
  assert.deepEqual(checks({ log: stored(2) }), ['exactly-once']);
});

test('a message whose body is not its key was never sent', () => {
  const strange = { ...got(3), key: 'k2 with body k1' };
  assert.deepEqual(checks({ deliveries: [...deliveries, strange] }), ['nothing-invented']);
});
