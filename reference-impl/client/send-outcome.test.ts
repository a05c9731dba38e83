import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SwitchlabError } from '../base/errors.ts';
import type { RemotingCommand } from '../remoting/types.ts';
import { outcomeOfAnswer, outcomeOfFailure } from './send-outcome.ts';

const target = { brokerName: 'b', address: '127.0.0.1:10911', queueId: 2 };
const place = { msgId: '7F', queueId: '3', queueOffset: '41' };

function answer(code: number, extFields: Record<string, string> | null, remark: string | null = null): RemotingCommand {
  return { code, extFields, remark, language: 0, version: 0, opaque: 0, flag: 1, body: null, serializeType: 0 };
}

test('only the four put statuses that store a message have a place', () => {
  const stored: Record<number, string> = {
    0: 'SEND_OK',
    10: 'FLUSH_DISK_TIMEOUT',
    11: 'SLAVE_NOT_AVAILABLE',
    12: 'FLUSH_SLAVE_TIMEOUT',
  };
  fc.assert(
    fc.property(fc.integer({ min: -2000, max: 3000 }), (code) => {
      const outcome = outcomeOfAnswer(target, answer(code, place, 'why'));
      assert.equal(outcome.kind, stored[code] ?? 'refused');
      assert.equal(outcome.queueOffset, code in stored ? 41 : null);
      assert.equal(outcome.queueId, code in stored ? 3 : 2);
      assert.equal(outcome.remark, 'why');
    }),
  );
});

test('a success without a place is unknown', () => {
  assert.equal(outcomeOfAnswer(target, answer(0, { msgId: '7F' })).kind, 'unknown');
  assert.equal(outcomeOfAnswer(target, answer(0, null)).kind, 'unknown');
});

test('no answer is unknown unless nothing was sent', () => {
  const kindOf = (thrown: unknown) => outcomeOfFailure(target, thrown).kind;
  assert.equal(kindOf(new SwitchlabError('REMOTING_TIMEOUT', 'late')), 'unknown');
  assert.equal(kindOf(new SwitchlabError('REMOTING_CONNECTION_CLOSED', 'closed')), 'unknown');
  assert.equal(kindOf(new Error('anything')), 'unknown');
  assert.equal(kindOf(new SwitchlabError('REMOTING_CONNECT_FAILED', 'refused')), 'refused');
  assert.equal(kindOf(new SwitchlabError('REMOTING_TOO_MANY_REQUESTS', 'full')), 'refused');
});

test('a leader without its majority decides nothing', () => {
  const busy = '[PC_SYNCHRONIZED]broker busy, start flow control for a while';
  assert.equal(outcomeOfAnswer(target, answer(1, null, busy)).kind, 'unknown');
  assert.equal(outcomeOfAnswer(target, answer(1, null, 'UNKNOWN_ERROR')).kind, 'unknown');
  assert.equal(outcomeOfAnswer(target, answer(1, null, 'topic not exist')).kind, 'refused');
  assert.equal(outcomeOfAnswer(target, answer(2, null, busy)).kind, 'refused');
});
