import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { honestRun } from './honest-run.fixture.ts';
import type { Attempt, Delivery } from './ledger.ts';
import {
  exactlyOnce,
  noAcknowledgedLoss,
  nothingInvented,
  oneValuePerPlace,
  orderWithinQueue,
  recovered,
} from './messages.ts';

const runs = fc.record({ seed: fc.integer(), messages: fc.integer({ min: 20, max: 200 }) });

/** Checks that `check` finds nothing in an honest run, and something after `breakIt`, naming the key it returns. */
function sees(
  check: (attempts: Attempt[], log: Delivery[]) => { text: string }[],
  breakIt: (attempts: Attempt[], log: Delivery[]) => string,
): void {
  fc.assert(
    fc.property(runs, ({ seed, messages }) => {
      const { attempts, log } = honestRun(seed, messages);
      assert.deepEqual(check(attempts, log), []);
      const named = breakIt(attempts, log);
      const found = check(attempts, log);
      assert.equal(found.length, 1);
      assert.match(found[0]!.text, new RegExp(`"${named}"`));
    }),
  );
}

const firstAcknowledged = (attempts: Attempt[]) => attempts.find((row) => row.outcome === 'SEND_OK')!;

test('a lost acknowledged message is named', () => {
  sees(noAcknowledgedLoss, (attempts, log) => {
    const { key } = firstAcknowledged(attempts);
    log.splice(0, log.length, ...log.filter((row) => row.key !== key));
    return key;
  });
});

test('a message stored twice without a retry is named', () => {
  sees(exactlyOnce, (attempts, log) => {
    const single = attempts.find((row) => row.outcome === 'SEND_OK' && row.attemptNo === 1)!;
    const original = log.find((row) => row.key === single.key)!;
    log.push({ ...original, queueOffset: 100_000 });
    return single.key;
  });
});

test('a refused message that is stored is named', () => {
  sees(exactlyOnce, (attempts, log) => {
    const refused = { ...attempts[0]!, key: 'run-p0-refused', outcome: 'refused' as const, queueOffset: null };
    attempts.push(refused);
    log.push({ ...log[0]!, key: refused.key, queueOffset: 100_000 });
    return refused.key;
  });
});

test('an acknowledged message at another place than acknowledged is named', () => {
  sees(exactlyOnce, (attempts, log) => {
    const single = firstAcknowledged(attempts);
    const at = log.findIndex((row) => row.key === single.key && row.queueOffset === single.queueOffset);
    log[at] = { ...log[at]!, queueOffset: 100_000 };
    return single.key;
  });
});

test('the same place read from two replicas is no duplicate', () => {
  const { attempts, log } = honestRun(1, 50);
  const slave = log.map((row) => Object.assign({}, row, { address: '127.0.0.1:20911' }));
  assert.deepEqual(exactlyOnce(attempts, [...log, ...slave]), []);
});

test('a message nobody sent is named', () => {
  sees(nothingInvented, (_, log) => {
    log.push({ ...log[0]!, key: 'run-p9-0', queueOffset: 100_000 });
    return 'run-p9-0';
  });
});

test('a queue offset that changes its message is named', () => {
  sees(oneValuePerPlace, (attempts, log) => {
    const acknowledged = firstAcknowledged(attempts);
    const at = log.findIndex((row) => row.key === acknowledged.key && row.queueOffset === acknowledged.queueOffset);
    log.push({ ...log[at]!, key: 'run-p9-0' });
    return acknowledged.key;
  });
});

test('a later send of the same producer at a smaller offset is named', () => {
  sees(orderWithinQueue, (attempts) => {
    const first = firstAcknowledged(attempts);
    const sentMs = Math.max(...attempts.map((row) => row.answeredMs)) + 1;
    attempts.push({ ...first, key: 'late', queueOffset: first.queueOffset! - 0.5, sentMs, answeredMs: sentMs + 1 });
    return 'late';
  });
});

test('sends in flight together may be stored in any order', () => {
  const { attempts } = honestRun(3, 1);
  const base = { ...attempts[0]!, outcome: 'SEND_OK' as const, sentMs: 10, answeredMs: 20 };
  assert.deepEqual(
    orderWithinQueue([
      { ...base, queueOffset: 1 },
      { ...base, queueOffset: 0, answeredMs: 15 },
    ]),
    [],
  );
});

test('what was stored without an acknowledgement may lose its place', () => {
  const { attempts } = honestRun(3, 1);
  const base = { ...attempts[0]!, sentMs: 10, answeredMs: 20 };
  assert.deepEqual(
    orderWithinQueue([
      { ...base, outcome: 'FLUSH_SLAVE_TIMEOUT', queueOffset: 5 },
      { ...base, outcome: 'SEND_OK', queueOffset: 3, sentMs: 30, answeredMs: 40 },
    ]),
    [],
  );
});

test('an unknown attempt is recovered when it shows up, and never a violation', () => {
  fc.assert(
    fc.property(runs, ({ seed, messages }) => {
      const { attempts, log } = honestRun(seed, messages);
      const stored = new Set(log.map((row) => row.key));
      const expected = attempts.filter((row) => row.outcome === 'unknown' && stored.has(row.key));
      assert.deepEqual(recovered(attempts, log), expected);
    }),
  );
});
