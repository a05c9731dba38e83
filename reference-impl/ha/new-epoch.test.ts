import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { silentLog } from '../base/log.ts';
import { type Broker, epochsOf, group, GroupController, inSync } from './group.fixture.ts';
import { Replica, Stage, until } from './replica.fixture.ts';

/** A master and its slave, in sync with one message of the first epoch. */
async function pair(t: TestContext) {
  const { controller, brokers } = await group(t, 2);
  const [one, two] = brokers as [Broker, Broker];
  await controller.elect(one, [two]);
  one.put('epoch 1');
  await inSync(one, 2);
  return { controller, one, two };
}

test('the same master in a newer epoch keeps its connections', async (t) => {
  const { controller, one, two } = await pair(t);
  const start = one.store.maxPhyOffset;
  const { address } = one.ha.replicas[0]!;
  await controller.elect(one, []);
  await controller.follow(two, one, one.address);
  one.put('epoch 2');
  await inSync(one, 2);
  assert.equal(one.ha.replicas[0]!.address, address);
  assert.equal(epochsOf(two), `1-0 2-${start}`);
});

test('the same master in a newer epoch lets its replicas connect anew when it wrote nothing in the last one', async (t) => {
  const { controller, one, two } = await pair(t);
  const start = one.store.maxPhyOffset;
  await controller.elect(one, []);
  await controller.follow(two, one, one.address);
  await inSync(one, 2);
  const { address } = one.ha.replicas[0]!;
  await controller.elect(one, []);
  await controller.follow(two, one, one.address);
  one.put('epoch 3');
  await inSync(one, 2);
  assert.notEqual(one.ha.replicas[0]!.address, address);
  assert.equal(epochsOf(two), `1-0 3-${start}`);
  assert.ok(two.bytes.equals(one.bytes));
});

test('a slave whose log begins behind what it has in common with the master stays as it is', async (t) => {
  const stage = new Stage(t);
  const controller = new GroupController();
  const one = await Replica.autoSwitch(stage, 1);
  const errors: string[] = [];
  const log = { ...silentLog, error: (_fields: object, text: string) => void errors.push(text) };
  const two = await Replica.autoSwitch(stage, 2, { syncFromLastFile: true, log });
  const three = await Replica.autoSwitch(stage, 3);
  controller.serve(one);
  await controller.elect(one, [three]);
  one.put('what the third has');
  await inSync(one, 2);
  await three.ha.changeToSlave(three.id, controller.masterEpoch, 99);
  for (let i = 0; i < 1000; i++) one.put(`body ${i}`);
  await controller.follow(two, one, one.address);
  await until(
    () => two.store.writtenOffset === one.store.maxPhyOffset,
    () => two.store.writtenOffset,
  );
  const { minPhyOffset, maxPhyOffset } = two.store;
  assert.ok(minPhyOffset > 0);
  await controller.elect(three, []);
  await controller.follow(two, three, three.address);
  await until(
    () => errors.some((text) => text.includes('empty this store')),
    () => errors,
  );
  assert.ok(two.store.writeable);
  assert.deepEqual([two.store.minPhyOffset, two.store.maxPhyOffset], [minPhyOffset, maxPhyOffset]);
});
