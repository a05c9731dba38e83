import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ControllerEvent, decodeEvent, encodeEvent } from './events.ts';
import { ReplicasInfo } from './replicas.ts';

const brokerName = 'broker-a';

function applied(brokerId: number): ControllerEvent {
  const event = { brokerAddress: `127.0.0.1:${brokerId}`, brokerName, clusterName: 'c', registerCheckCode: 'code' };
  return { eventType: 'APPLY_BROKER_ID_EVENT', ...event, newBrokerId: brokerId };
}

const elected = (id: number | null): ControllerEvent => ({
  eventType: 'ELECT_MASTER_EVENT',
  brokerName,
  newMasterBrokerId: id,
  newMasterElected: id !== null,
});

function after(...events: ControllerEvent[]): ReplicasInfo {
  const replicas = new ReplicasInfo();
  for (const event of events) replicas.apply(decodeEvent(encodeEvent(event))!);
  return replicas;
}

test('the next id grows by one per id given, whatever the id', () => {
  const replicas = after(applied(1), applied(5), applied(5));
  assert.equal(replicas.nextBrokerId(brokerName), 3);
  assert.deepEqual([...replicas.set(brokerName)!.brokers.keys()], [1, 5]);
});

test('every election raises the epoch, and only a new master changes the set', () => {
  const replicas = after(applied(1), applied(2), elected(1), elected(null), elected(null));
  const { masterBrokerId, masterEpoch, syncStateSet, syncStateSetEpoch } = replicas.set(brokerName)!;
  assert.deepEqual([masterBrokerId, masterEpoch, syncStateSet, syncStateSetEpoch], [null, 3, [1], 1]);
});

test('brokers are forgotten one by one, with their place in the set', () => {
  const clean = (ids: number[] | null): ControllerEvent => ({
    eventType: 'CLEAN_BROKER_DATA_EVENT',
    brokerName,
    brokerIdSetToClean: ids,
  });
  const alter: ControllerEvent = { eventType: 'ALTER_SYNC_STATE_SET_EVENT', brokerName, newSyncStateSet: [2, 1] };
  const some = after(applied(1), applied(2), applied(3), elected(1), alter, clean([1, 3])).set(brokerName)!;
  assert.deepEqual([some.masterBrokerId, some.syncStateSet, [...some.brokers.keys()]], [null, [2], [2]]);
  assert.equal(after(applied(1), applied(2), elected(1), clean([1])).set(brokerName), undefined);
  const none = after(applied(1), clean(null));
  assert.deepEqual(none.brokerNames, []);
  assert.equal(none.nextBrokerId(brokerName), 1);
});

test('an address follows its broker', () => {
  const moved = { brokerAddress: '127.0.0.1:9', brokerId: 1, brokerName, clusterName: 'c' };
  const replicas = after(applied(1), { eventType: 'UPDATE_BROKER_ADDRESS', ...moved });
  assert.deepEqual(replicas.set(brokerName)!.brokers.get(1), { address: '127.0.0.1:9', registerCheckCode: 'code' });
});

test('what is no event is refused; the empty body and the read event change nothing', () => {
  assert.equal(decodeEvent(Buffer.alloc(0)), null);
  assert.equal(decodeEvent(Buffer.from('\0\x04{}')), null);
  for (const text of ['\0', '\0\0\0\0\0', '\0\x02{"a":', '\0\x07{}']) {
    assert.throws(() => decodeEvent(Buffer.from(text)), { code: 'BODY_MALFORMED' });
  }
});
