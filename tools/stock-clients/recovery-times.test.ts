import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attempt, Delivery } from '../check/ledger.ts';
import { Inconclusive } from '../lab/inconclusive.ts';
import { ConditionFailure } from '../lab/until.ts';
import { recoveryTimes } from './recovery-times.ts';

const lostAtMs = 1_000;
const sent = (key: string, answeredMs: number, offsetMsgId: string | null) =>
  ({ key, sentMs: 900, answeredMs, outcome: 'SEND_OK', offsetMsgId }) as Attempt;
const got = (key: string, readMs: number) => ({ key, readMs }) as Delivery;

const attempts = [sent('a', 990, 'old'), sent('b', 1_003, 'old'), sent('c', 1_400, 'new'), sent('d', 1_300, 'new')];
const deliveries = [got('a', 1_002), got('b', 1_500), got('c', 1_450), got('d', 1_460)];
const times = (change: { attempts?: readonly Attempt[]; deliveries?: readonly Delivery[] }) =>
  recoveryTimes({
    attempts,
    deliveries,
    lostAtMs,
    isStoredElsewhere: ({ offsetMsgId }) => offsetMsgId === 'new',
    ...change,
  });

test('what the lost master still acknowledged, and what it had stored, is no recovery', () => {
  assert.deepEqual(times({}), { sendMs: 300, deliveryMs: 450 });
});

test('a fault after the last send proves nothing; a new master whose messages nobody gets is no recovery', () => {
  assert.throws(() => times({ attempts: attempts.slice(0, 2) }), Inconclusive);
  assert.throws(() => times({ deliveries: deliveries.slice(0, 2) }), ConditionFailure);
});
