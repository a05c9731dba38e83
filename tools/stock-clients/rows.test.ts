import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptOf, deliveryOf } from './rows.ts';

test('an acknowledged send', () => {
  const line = 'stock-7\t2\tbroker-a\t3\t1000\t1004\tSEND_OK\t0\t12\t7F00000100002A9F0000000000000ABC\t';
  assert.deepEqual(attemptOf(line, 'T'), {
    producer: 'stock-producer',
    key: 'stock-7',
    attemptNo: 2,
    topic: 'T',
    brokerName: 'broker-a',
    queueId: 3,
    sentMs: 1000,
    answeredMs: 1004,
    outcome: 'SEND_OK',
    code: 0,
    remark: null,
    queueOffset: 12,
    offsetMsgId: '7F00000100002A9F0000000000000ABC',
  });
});

test('a failed send has no place, and may have no code', () => {
  const row = attemptOf('stock-7\t1\t\t\t1000\t1004\tunknown\t\t\t\tRemotingConnectException: connect failed', 'T');
  assert.equal(row.outcome, 'unknown');
  assert.equal(row.queueOffset, null);
  assert.equal(row.code, null);
  assert.equal(row.remark, 'RemotingConnectException: connect failed');
});

test('a delivered message', () => {
  assert.deepEqual(deliveryOf('stock-7\tbroker-a\t127.0.0.1:10911\t3\t12\t2748\t1005', 'T'), {
    consumer: 'stock-consumer',
    key: 'stock-7',
    topic: 'T',
    brokerName: 'broker-a',
    address: '127.0.0.1:10911',
    queueId: 3,
    queueOffset: 12,
    physicalOffset: 2748,
    readMs: 1005,
  });
});

test('what a library prints is no row', () => {
  assert.throws(() => deliveryOf('SLF4J: no providers were found.', 'T'), /no row: SLF4J/);
  assert.throws(() => attemptOf('', 'T'), /no row/);
});
