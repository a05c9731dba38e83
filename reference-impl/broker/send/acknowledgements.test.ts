import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { brokerConfig } from '../../config/broker.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import type { Connection, RemotingCommand } from '../../remoting/types.ts';
import type { BrokerRole } from '../role/types.ts';
import { type AcknowledgedWhen, Acknowledgements } from './acknowledgements.ts';
import { type WaitingAnswer, WaitingAnswers } from './waiting-answers.ts';

/** Progress and role as plain numbers, and the answers that came of them. */
function bench(flushDiskType: 'ASYNC_FLUSH' | 'SYNC_FLUSH') {
  const config = brokerConfig('new', { flushDiskType, syncFlushTimeout: 5000, slaveTimeout: 3000 });
  const store = { writtenOffset: 0, flushedOffset: 0, safeOffset: 0, confirmOffset: 0, writeable: true };
  const role = {
    name: 'SYNC_MASTER',
    masterEpoch: 1,
    fenced: false,
    replicatedOffset: 0,
    majority: null as BrokerRole['majority'],
  };
  const answers: { endOffset: number; code: number }[] = [];
  const acknowledgements = new Acknowledgements({
    config: () => config,
    store,
    role: role as unknown as BrokerRole,
    answer: ({ endOffset }, code) => answers.push({ endOffset, code }),
    refuse: ({ endOffset }, { code }) => answers.push({ endOffset, code }),
  });
  const wait = (endOffset: number, when: AcknowledgedWhen, sinceMs = 0) => {
    acknowledgements.wait(waiting(endOffset, sinceMs), when);
  };
  return { store, role, answers, acknowledgements, wait };
}

function waiting(endOffset: number, sinceMs: number): WaitingAnswer {
  return {
    request: {} as RemotingCommand,
    connection: {} as Connection,
    endOffset,
    sinceMs,
    code: ResponseCode.SUCCESS,
    queueId: 0,
    queueOffset: 0,
    physicalOffset: endOffset - 1,
    physicalOffsets: null,
    transactionId: null,
    sentBack: false,
  };
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant('send' as const),
    when: fc.constantFrom<AcknowledgedWhen[]>('written', 'flushed', 'replicated'),
  }),
  fc.record({
    kind: fc.constantFrom('write' as const, 'flush' as const, 'replicate' as const),
    to: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
);

test('every send is answered once, in the order of the log, and only when it is safe', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('ASYNC_FLUSH' as const, 'SYNC_FLUSH' as const),
      fc.array(step, { maxLength: 200 }),
      (flush, steps) => {
        const { store, role, answers, acknowledgements, wait } = bench(flush);
        const sends: { endOffset: number; when: AcknowledgedWhen }[] = [];
        for (const next of steps) {
          if (next.kind === 'send') {
            sends.push({ endOffset: 10 * (sends.length + 1), when: next.when });
            wait(sends.at(-1)!.endOffset, next.when);
          } else {
            const end = 10 * sends.length;
            if (next.kind === 'write') store.writtenOffset = Math.max(store.writtenOffset, Math.floor(next.to * end));
            if (next.kind === 'flush')
              store.flushedOffset = Math.max(store.flushedOffset, Math.floor(next.to * store.writtenOffset));
            if (next.kind === 'replicate')
              role.replicatedOffset = Math.max(role.replicatedOffset, Math.floor(next.to * end));
            acknowledgements.release();
          }
          const local = flush === 'SYNC_FLUSH' ? store.flushedOffset : store.writtenOffset;
          const reach = {
            written: store.writtenOffset,
            flushed: local,
            replicated: Math.min(local, role.replicatedOffset),
          };
          for (const { endOffset } of answers) {
            assert.ok(endOffset <= reach[sends[endOffset / 10 - 1]!.when], `${endOffset} was answered too early`);
          }
        }
        const last = 10 * sends.length;
        Object.assign(store, { writtenOffset: last, flushedOffset: last });
        role.replicatedOffset = last;
        acknowledgements.release();
        assert.equal(answers.length, sends.length);
        assert.equal(new Set(answers.map((answer) => answer.endOffset)).size, sends.length);
        for (const when of ['written', 'flushed', 'replicated']) {
          const order = answers.map((answer) => answer.endOffset).filter((end) => sends[end / 10 - 1]!.when === when);
          assert.deepEqual(
            order,
            order.toSorted((a, b) => a - b),
          );
        }
      },
    ),
  );
});

test('a late replica and a late flush have their own codes, and the replica counts more', () => {
  const { store, role, answers, acknowledgements, wait } = bench('SYNC_FLUSH');
  wait(10, 'replicated', 1000);
  wait(20, 'replicated', 1000);
  store.writtenOffset = 20;
  acknowledgements.sweep(3999);
  assert.deepEqual(answers, []);
  role.replicatedOffset = 10;
  acknowledgements.sweep(4000);
  assert.deepEqual(answers, [], 'the first is replicated and may wait for its flush until 5 s are over');
  acknowledgements.sweep(6000);
  acknowledgements.sweep(6000);
  assert.deepEqual(answers, [
    { endOffset: 10, code: ResponseCode.FLUSH_DISK_TIMEOUT },
    { endOffset: 20, code: ResponseCode.FLUSH_SLAVE_TIMEOUT },
  ]);
});

for (const flush of ['ASYNC_FLUSH', 'SYNC_FLUSH'] as const) {
  test(`${flush}: what the disk took down is refused at once; what is stored still waits for its replicas`, () => {
    const { store, role, answers, acknowledgements, wait } = bench(flush);
    wait(10, 'replicated', 1000);
    wait(20, 'written', 1000);
    wait(30, 'flushed', 1000);
    wait(40, 'replicated', 1000);
    Object.assign(store, { writtenOffset: 10, flushedOffset: 10, writeable: false });
    acknowledgements.sweep(1100);
    const lost = ResponseCode.SERVICE_NOT_AVAILABLE;
    assert.deepEqual(answers, [
      { endOffset: 20, code: lost },
      { endOffset: 30, code: lost },
    ]);
    role.replicatedOffset = 10;
    acknowledgements.sweep(1200);
    assert.deepEqual(answers.slice(2), [
      { endOffset: 10, code: ResponseCode.SUCCESS },
      { endOffset: 40, code: lost },
    ]);
  });
}

for (const change of [{ name: 'SLAVE' }, { masterEpoch: 2 }, { fenced: true }]) {
  test(`no send that waits across a role change is acknowledged: ${JSON.stringify(change)}`, () => {
    const { store, role, answers, acknowledgements, wait } = bench('ASYNC_FLUSH');
    wait(10, 'replicated');
    Object.assign(role, change, { replicatedOffset: Infinity });
    store.writtenOffset = 1000;
    acknowledgements.release();
    assert.deepEqual(answers, [{ endOffset: 10, code: ResponseCode.FLUSH_SLAVE_TIMEOUT }]);
    wait(1000, 'replicated');
    acknowledgements.release();
    assert.equal(answers.at(-1)!.code, ResponseCode.SUCCESS, 'a send of the new role is');
  });
}

test('the ring keeps its order while it grows, and stops at its capacity', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 5000 }), fc.integer({ min: 1, max: 3000 }), (pushes, capacity) => {
      const ring = new WaitingAnswers(capacity);
      const model: number[] = [];
      let next = 0;
      for (const push of pushes) {
        if (push && !ring.full) {
          ring.push(waiting(++next, 0));
          model.push(next);
        } else if (!push && ring.size > 0) assert.equal(ring.shift().endOffset, model.shift());
        assert.equal(ring.oldest?.endOffset, model[0]);
        assert.equal(ring.full, model.length === capacity);
      }
    }),
    { numRuns: 30 },
  );
});

test('a send that no majority took in time, or that its leader leaves behind, does not count as sent', () => {
  const { store, role, answers, acknowledgements, wait } = bench('ASYNC_FLUSH');
  const refusal = (code: number) => ({ code, remark: '' });
  role.majority = { timeoutMs: 2500, late: refusal(1), roleChanged: refusal(14) };
  for (const endOffset of [10, 20, 30]) wait(endOffset, 'replicated');
  store.writtenOffset = 30;
  role.replicatedOffset = 10;
  acknowledgements.sweep(2499);
  assert.deepEqual(answers, [{ endOffset: 10, code: 0 }]);
  wait(40, 'replicated', 1000);
  acknowledgements.sweep(2500);
  role.name = 'SLAVE';
  acknowledgements.release();
  assert.deepEqual(answers.slice(1), [
    { endOffset: 20, code: 1 },
    { endOffset: 30, code: 1 },
    { endOffset: 40, code: 14 },
  ]);
});
