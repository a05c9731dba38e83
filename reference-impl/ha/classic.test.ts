import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Relay, Replica, Stage, until } from './replica.fixture.ts';

test('a slave that is there from the start has the whole log, and its reports reach the master', async (t) => {
  const stage = new Stage(t);
  const master = await Replica.classic(stage, 0);
  const slave = await Replica.classic(stage, 1);
  slave.ha.setMasterHaAddress(master.address);
  // Its first report says where it begins: with records in several segments it would be the last one.
  await until(
    () => master.ha.replicas[0]?.ackOffset === 0,
    () => master.ha.replicas,
  );
  for (let i = 0; i < 1000; i++) master.put(`body ${i}`);
  await until(
    () => master.ha.push2SlaveMaxOffset === master.store.maxPhyOffset,
    () => master.ha.replicas,
  );
  assert.ok(slave.bytes.equals(master.bytes));
  assert.equal(master.ha.offsetAckedBy(1), master.store.maxPhyOffset);
  assert.equal(master.ha.offsetAckedBy(2), 0);
  await until(
    () => slave.consumable === 1000,
    () => slave.consumable,
  );
});

test('an empty slave gets the last segment only', async (t) => {
  const stage = new Stage(t);
  const master = await Replica.classic(stage, 0);
  const slave = await Replica.classic(stage, 1);
  for (let i = 0; i < 1000; i++) master.put(`body ${i}`);
  master.store.writeNow();
  slave.ha.setMasterHaAddress(master.address);
  await until(
    () => slave.store.writtenOffset === master.store.writtenOffset,
    () => slave.store.writtenOffset,
  );
  const { segmentSize, maxPhyOffset } = master.store;
  assert.equal(slave.store.minPhyOffset, maxPhyOffset - (maxPhyOffset % segmentSize));
});

test('a replica gets no more than maxHaTransferByteInSecond', async (t) => {
  const stage = new Stage(t);
  const limit = 20_000;
  const master = await Replica.classic(stage, 0, { maxHaTransferByteInSecond: limit });
  const slave = await Replica.classic(stage, 1);
  slave.ha.setMasterHaAddress(master.address);
  await until(
    () => master.ha.replicas[0]?.ackOffset === 0,
    () => master.ha.replicas,
  );
  const startMs = Date.now();
  for (let i = 0; i < 500; i++) master.put('x'.repeat(100));
  await until(
    () => master.ha.push2SlaveMaxOffset === master.store.maxPhyOffset,
    () => slave.store.writtenOffset,
  );
  const tookMs = Date.now() - startMs;
  const sent = master.store.maxPhyOffset;
  assert.ok(sent > 3 * limit);
  // A transfer that begins late in a second has two budgets at hand at once.
  assert.ok(tookMs > (Math.ceil(sent / limit) - 2) * 1000, `${sent} bytes in ${tookMs} ms`);
  assert.ok(slave.bytes.equals(master.bytes));
});

test('the connection may break after any byte', async (t) => {
  const stage = new Stage(t);
  const master = await Replica.classic(stage, 0);
  const slave = await Replica.classic(stage, 1);
  const relay = await Relay.to(stage, () => master.address);
  slave.ha.setMasterHaAddress(relay.address);
  for (let cut = 1; cut <= 130; cut++) {
    relay.bytesToClient = cut;
    master.put(`message ${cut}`);
    await until(
      () => relay.bytesToClient <= 0,
      () => [cut, relay.bytesToClient],
    );
    relay.bytesToClient = Infinity;
    await until(
      () => slave.store.writtenOffset === master.store.writtenOffset,
      () => [cut, slave.store.writtenOffset],
    );
  }
  assert.ok(slave.bytes.equals(master.bytes));
});

test('a slave with another log than its master stays as it is', async (t) => {
  const stage = new Stage(t);
  const master = await Replica.classic(stage, 0);
  const slave = await Replica.classic(stage, 1);
  slave.put('a log of its own');
  slave.store.writeNow();
  const own = slave.store.writtenOffset;
  slave.ha.setMasterHaAddress(master.address);
  await until(
    () => master.ha.replicas[0]?.ackOffset === own,
    () => master.ha.replicas,
  );
  assert.equal(slave.store.writtenOffset, own);
});

test('an address that comes after the end is not dialled', async (t) => {
  const stage = new Stage(t);
  const master = await Replica.classic(stage, 0);
  for (const slave of [await Replica.classic(stage, 1), await Replica.autoSwitch(stage, 2)]) {
    await slave.ha.stop();
    slave.ha.setMasterHaAddress(master.address);
    assert.equal(slave.ha.slave.masterHaAddress, null);
  }
});
