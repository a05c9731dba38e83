import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { encodeSlaveHandshake, encodeSlaveReport, type MasterFrame, masterFrameFormat } from './auto-switch-frames.ts';
import { FrameReader } from './frame-reader.ts';
import { type Broker, epochsOf, group, GroupController, inSync } from './group.fixture.ts';
import { Relay, Replica, Stage, until } from './replica.fixture.ts';

test('an empty slave copies several segments, joins the set and shows every message', async (t) => {
  const { controller, brokers } = await group(t, 2);
  const [one, two] = brokers as [Broker, Broker];
  await controller.elect(one, []);
  for (let i = 0; i < 1000; i++) one.put(`body ${i} ${'x'.repeat(i % 90)}`);
  assert.ok(one.store.maxPhyOffset > 3 * one.store.segmentSize);
  const begin = Date.now();
  await controller.follow(two, one, one.address);
  await inSync(one, 2);
  assert.ok(Date.now() - begin < 1000);
  assert.ok(two.bytes.equals(one.bytes));
  assert.equal(one.consumable, 1000);
  await until(
    () => two.consumable === 1000,
    () => two.consumable,
  );
  assert.equal(epochsOf(two), '1-0');
});

test('an idle empty pair is in sync at once', async (t) => {
  const { controller, brokers } = await group(t, 2, { haSendHeartbeatInterval: 5000, haHousekeepingInterval: 20000 });
  const [one, two] = brokers as [Broker, Broker];
  const begin = Date.now();
  await controller.elect(one, [two]);
  await inSync(one, 2);
  assert.ok(Date.now() - begin < 1000);
});

test('captured story: join, swap, divergence; the tail nobody copied is cut', async (t) => {
  const { controller, brokers } = await group(t, 2);
  const [one, two] = brokers as [Broker, Broker];
  await controller.elect(one, [two]);
  for (let i = 0; i < 5; i++) one.put(`ha-body-${i}`);
  await inSync(one, 2);
  const swap = one.store.maxPhyOffset;
  await controller.elect(two, [one]);
  for (let i = 5; i < 7; i++) two.put(`ha-body-${i}`);
  await inSync(two, 2);
  const cut = two.store.maxPhyOffset;
  one.ha.setMasterHaAddress(null);
  controller.agrees = false;
  two.put('nobody copies this');
  two.put('nor this');
  two.store.writeNow();
  assert.equal(two.ha.allAckOffset, cut);
  controller.agrees = true;
  await controller.elect(one, []);
  one.put('ha-body-7');
  await controller.follow(two, one, one.address);
  await inSync(one, 2);
  assert.ok(two.bytes.equals(one.bytes));
  assert.equal(epochsOf(one), `1-0 2-${swap} 3-${cut}`);
  assert.equal(epochsOf(two), epochsOf(one));
  await until(
    () => two.consumable === 8,
    () => two.consumable,
  );
});

test('two switches without a record between: an unagreed tail of the first one is still cut', async (t) => {
  const { controller, brokers } = await group(t, 2);
  const [one, two] = brokers as [Broker, Broker];
  await controller.elect(one, [two]);
  one.put('common');
  await inSync(one, 2);
  const common = one.store.maxPhyOffset;
  await controller.elect(two, [one]);
  await inSync(two, 2);
  // Nothing is sent in the new epoch: a heartbeat brings it.
  await until(
    () => epochsOf(one) === `1-0 2-${common}`,
    () => epochsOf(one),
  );
  one.ha.setMasterHaAddress(null);
  two.put('unagreed tail, longer than what follows');
  two.store.writeNow();
  await controller.elect(one, []);
  one.put('agreed');
  await controller.follow(two, one, one.address);
  await inSync(one, 2);
  assert.equal(epochsOf(one), `1-0 3-${common}`);
  assert.equal(epochsOf(two), epochsOf(one));
  assert.ok(two.bytes.equals(one.bytes));
});

test('a frozen slave stops acknowledgements until it is out of the set, and comes back when it thaws', async (t) => {
  const { stage, controller, brokers } = await group(t, 2);
  const [one, two] = brokers as [Broker, Broker];
  await controller.elect(one, []);
  const relay = await Relay.to(stage, () => one.address);
  await controller.follow(two, one, relay.address);
  one.put('before');
  await inSync(one, 2);
  relay.frozen = true;
  const before = one.ha.allAckOffset;
  one.put('while frozen');
  one.store.writeNow();
  const check = setInterval(() => one.ha.checkSyncStateSet(), 100);
  t.after(() => clearInterval(check));
  await until(
    () => one.ha.syncStateSet.members.size === 1,
    () => one.ha.replicas,
  );
  assert.ok(one.ha.allAckOffset > before);
  assert.equal(one.ha.allAckOffset, one.store.maxPhyOffset);
  relay.frozen = false;
  await inSync(one, 2);
});

test('the connection may break after any byte', async (t) => {
  const { stage, controller, brokers } = await group(t, 2);
  const [one, two] = brokers as [Broker, Broker];
  await controller.elect(one, []);
  let cut = 0;
  const relay = await Relay.to(stage, () => one.address);
  await controller.follow(two, one, relay.address);
  const cuts = 250;
  for (let i = 0; i < cuts; i++) {
    relay.bytesToClient = ++cut;
    one.put(`message ${i} ${'x'.repeat(150)}`);
    await until(
      () => relay.bytesToClient <= 0,
      () => [cut, relay.bytesToClient],
    );
    relay.bytesToClient = Infinity;
    await until(
      () => two.store.writtenOffset === one.store.writtenOffset,
      () => [cut, two.store.writtenOffset],
    );
  }
  assert.ok(two.bytes.equals(one.bytes));
  await until(
    () => two.consumable === cuts,
    () => two.consumable,
  );
});

test('a learner copies everything and stays out of the set', async (t) => {
  const stage = new Stage(t);
  const controller = new GroupController();
  const one = await Replica.autoSwitch(stage, 1);
  const two = await Replica.autoSwitch(stage, 2, { asyncLearner: true });
  controller.serve(one);
  await controller.elect(one, [two]);
  one.put('for the learner');
  await until(
    () => two.store.writtenOffset === one.store.maxPhyOffset,
    () => two.store.writtenOffset,
  );
  assert.equal(one.ha.allAckOffset, one.store.maxPhyOffset);
  assert.deepEqual([...one.ha.syncStateSet.members], [1]);
});

test('a slave may begin at the last file', async (t) => {
  const stage = new Stage(t);
  const controller = new GroupController();
  const one = await Replica.autoSwitch(stage, 1);
  const two = await Replica.autoSwitch(stage, 2, { syncFromLastFile: true });
  controller.serve(one);
  await controller.elect(one, []);
  for (let i = 0; i < 1000; i++) one.put(`body ${i}`);
  await controller.follow(two, one, one.address);
  await inSync(one, 2);
  assert.equal(two.store.minPhyOffset, one.store.maxPhyOffset - (one.store.maxPhyOffset % one.store.segmentSize));
});

test('a master that starts again in its epoch keeps its entry, and its replicas find it', async (t) => {
  const { stage, controller, brokers } = await group(t, 2);
  const [one, two] = brokers as [Broker, Broker];
  await controller.elect(one, [two]);
  one.put('first life');
  await inSync(one, 2);
  await one.close();
  const again = await Replica.autoSwitch(stage, 1);
  controller.serve(again);
  assert.ok(await again.ha.changeToMaster(1, controller.masterEpoch, controller.set));
  await controller.follow(two, again, again.address);
  again.put('second life');
  await inSync(again, 2);
  assert.equal(epochsOf(again), '1-0');
  assert.ok(two.bytes.equals(again.bytes));
});

test('who is no master serves nobody', async (t) => {
  const { brokers } = await group(t, 1);
  const [host, port] = brokers[0]!.address.split(':');
  const socket = connect(Number(port), host);
  await new Promise((resolve) => socket.on('close', resolve));
});

/** All frames that a master sends to a replica that reports `maxOffset` after its handshake, up to `bytes` of data. */
function capture(t: TestContext, master: Broker, maxOffset: number, bytes: number): Promise<(MasterFrame & object)[]> {
  const [host, port] = master.address.split(':');
  const socket = connect(Number(port), host);
  t.after(() => socket.destroy());
  const frames: MasterFrame[] = [];
  const reader = new FrameReader(masterFrameFormat);
  let received = 0;
  socket.write(encodeSlaveHandshake({ syncFromLastFile: false, asyncLearner: true, slaveBrokerId: 9 }));
  return new Promise((resolve) => {
    socket.on('data', (chunk) => {
      reader.feed(chunk, {
        header(frame) {
          frames.push(frame);
          if (frame.kind === 'handshake') socket.write(encodeSlaveReport(maxOffset));
          else received += frame.bodySize;
        },
        body() {},
      });
      if (received >= bytes) resolve(frames);
    });
  });
}

test('every frame lies within one epoch, names it, and is no larger than haTransferBatchSize', async (t) => {
  const { controller, brokers } = await group(t, 1);
  const [one] = brokers as [Broker];
  const starts: number[] = [];
  for (let epoch = 1; epoch <= 4; epoch++) {
    starts.push(one.store.maxPhyOffset);
    await controller.elect(one, []);
    for (let i = 0; i < 20; i++) one.put(`epoch ${epoch}`);
    one.store.writeNow();
  }
  const end = one.store.maxPhyOffset;
  const frames = await capture(t, one, 0, end);
  let expected = 0;
  for (const frame of frames) {
    if (frame.kind !== 'transfer') continue;
    assert.equal(frame.offset, expected);
    assert.ok(frame.bodySize <= 1000);
    const epoch = starts.findLastIndex((start) => start <= frame.offset) + 1;
    assert.equal(frame.epoch, epoch);
    assert.equal(frame.epochStartOffset, starts[epoch - 1]);
    assert.ok(frame.offset + frame.bodySize <= (starts[epoch] ?? end));
    expected += frame.bodySize;
  }
  assert.equal(expected, end);
});

/** Two stores from before controller mode: the second has the first `count` records of the first. */
async function convertedPair(t: TestContext, count: number) {
  const { controller, brokers } = await group(t, 2);
  const [longer, shorter] = brokers as [Broker, Broker];
  const ends = Array.from({ length: 60 }, (_, i) => longer.put(`old ${i}`).endOffset);
  longer.store.writeNow();
  shorter.store.appendRaw(0, longer.bytes.subarray(0, ends[count - 1]));
  shorter.store.writeNow();
  return { controller, longer, shorter };
}

test('after a conversion with the longer log first, the shorter one catches up', async (t) => {
  const { controller, longer, shorter } = await convertedPair(t, 40);
  const start = longer.store.maxPhyOffset;
  await controller.elect(longer, []);
  longer.put('new');
  await controller.follow(shorter, longer, longer.address);
  await inSync(longer, 2);
  assert.ok(shorter.bytes.equals(longer.bytes));
  assert.equal(epochsOf(shorter), `1-${start}`);
});

test('after a conversion with the shorter log first, the tail of the longer one goes', async (t) => {
  const { controller, longer, shorter } = await convertedPair(t, 40);
  await controller.elect(shorter, []);
  shorter.put('new');
  await controller.follow(longer, shorter, shorter.address);
  await inSync(shorter, 2);
  assert.ok(longer.bytes.equals(shorter.bytes));
  await until(
    () => longer.consumable === 41,
    () => longer.consumable,
  );
});
