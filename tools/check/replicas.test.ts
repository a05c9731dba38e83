import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { honestRun } from './honest-run.fixture.ts';
import type { ReplicaLog } from './ledger.ts';
import {
  acknowledgedInEverySyncReplica,
  confirmOffsetMonotone,
  epochsEqual,
  masterEpochMonotone,
  oneMasterPerEpoch,
} from './replicas.ts';

const texts = (found: { text: string }[]) => found.map((violation) => violation.text).join('\n');

test('acknowledged messages are looked for in every member of the set, and only there', () => {
  const { attempts, log } = honestRun(7, 60);
  const keys = new Set(log.map((row) => row.key));
  const replica = (brokerId: number, held: ReadonlySet<string>): ReplicaLog => ({
    brokerName: 'broker-a',
    brokerId,
    address: `127.0.0.1:${10911 + brokerId}`,
    keys: held,
  });
  const lost = attempts.find((row) => row.outcome === 'SEND_OK')!.key;
  const lacking = new Set([...keys].filter((key) => key !== lost));
  const check = (members: number[]) =>
    acknowledgedInEverySyncReplica(attempts, 'broker-a', new Set(members), [replica(1, keys), replica(2, lacking)]);
  assert.deepEqual(check([1]), []);
  assert.match(texts(check([1, 2])), new RegExp(`missing in member 2 .*"${lost}"`));
  assert.match(texts(check([1, 3])), /the log of member 3 was not read/);
});

test('two masters in one epoch, and an epoch that goes back, are named', () => {
  const epochs = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 50 });
  fc.assert(
    fc.property(epochs, (steps) => {
      let masterEpoch = 1;
      const sightings = steps.map((step, seenMs) => {
        masterEpoch += step;
        return { brokerName: 'b', masterEpoch, masterAddress: `10.0.0.1:${masterEpoch}`, seenMs, source: 'controller' };
      });
      assert.deepEqual(oneMasterPerEpoch(sightings), []);
      assert.deepEqual(masterEpochMonotone(sightings), []);
      const last = sightings.at(-1)!;
      assert.match(texts(oneMasterPerEpoch([...sightings, { ...last, masterAddress: 'other:1' }])), /other:1/);
      assert.match(texts(masterEpochMonotone([...sightings, { ...last, masterEpoch: 0 }])), /went back/);
    }),
  );
});

test('a confirm offset that goes down within one role is named, across roles it may', () => {
  const sample = (masterEpoch: number, confirmOffset: number) => ({ address: 'a:1', masterEpoch, confirmOffset });
  assert.deepEqual(confirmOffsetMonotone([sample(1, 5), sample(1, 9), sample(2, 7), sample(2, 7)]), []);
  assert.match(
    texts(confirmOffsetMonotone([sample(1, 9), sample(2, 3), sample(1, 8)])),
    /"confirmOffset":9.*"confirmOffset":8/,
  );
});

test('histories that differ after healing are named', () => {
  const history = {
    address: 'a:1',
    epochs: [
      { epoch: 1, startOffset: 0 },
      { epoch: 3, startOffset: 700 },
    ],
    maxOffset: 900,
  };
  const shorter = { ...history, address: 'b:1', epochs: [{ epoch: 3, startOffset: 800 }] };
  assert.deepEqual(epochsEqual([history, { ...history, address: 'b:1' }]), []);
  assert.deepEqual(epochsEqual([history, shorter]), []);
  assert.equal(epochsEqual([history, { ...history, maxOffset: 901 }]).length, 1);
  assert.equal(
    epochsEqual([
      history,
      {
        ...history,
        epochs: [
          { epoch: 2, startOffset: 0 },
          { epoch: 3, startOffset: 700 },
        ],
      },
    ]).length,
    1,
  );
  assert.equal(
    epochsEqual([
      history,
      {
        ...history,
        epochs: [
          { epoch: 1, startOffset: 0 },
          { epoch: 3, startOffset: 701 },
        ],
      },
    ]).length,
    1,
  );
  assert.equal(epochsEqual([{ ...history, epochs: [] }, history]).length, 1);
});
