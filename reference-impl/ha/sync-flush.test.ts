import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HeldDisk } from '../base/held-disk.fixture.ts';
import { Replica, Stage, until } from './replica.fixture.ts';
import type { AutoSwitchHaService } from './types.ts';

// With SYNC_FLUSH a replica promises only what it flushed: whoever loses its power keeps what it promised.

async function pair(t: TestContext) {
  const stage = new Stage(t);
  const disks = { master: new HeldDisk(), slave: new HeldDisk() };
  const flushed = (held: HeldDisk) => ({ flushDiskType: 'SYNC_FLUSH' as const, disk: held.disk });
  const master = await Replica.autoSwitch(stage, 1, {}, flushed(disks.master));
  const slave = await Replica.autoSwitch(stage, 2, {}, flushed(disks.slave));
  await master.ha.changeToMaster(1, 1, { members: new Set([1, 2]), epoch: 1 });
  await slave.ha.changeToSlave(2, 1, 1);
  // Else a failed test would wait for its stores for ever.
  stage.closing(() => {
    for (const held of Object.values(disks)) held.release();
  });
  return { master, slave, disks };
}

/** Two heartbeats later the first of them has arrived, with whatever was reported before it. */
async function twoHeartbeats({ ha }: Replica<AutoSwitchHaService>): Promise<void> {
  for (let i = 0; i < 2; i++) {
    const before = ha.slave.lastWriteTimestamp;
    await until(
      () => ha.slave.lastWriteTimestamp > before,
      () => ha.slave,
    );
  }
}

test('a slave reports what it has flushed', async (t) => {
  const { master, slave, disks } = await pair(t);
  slave.ha.setMasterHaAddress(master.address);
  disks.slave.held = true;
  const { endOffset } = master.put('one');
  await until(
    () => slave.store.writtenOffset === endOffset && disks.slave.waiting > 0,
    () => slave.store.writtenOffset,
  );
  await twoHeartbeats(slave);
  assert.equal(master.ha.allAckOffset, 0);
  disks.slave.release();
  await until(
    () => master.ha.allAckOffset === endOffset,
    () => master.ha.allAckOffset,
  );
});

test('a slave whose log is not flushed yet begins the transfer at its end, once it is', async (t) => {
  const { master, slave, disks } = await pair(t);
  slave.ha.setMasterHaAddress(master.address);
  master.put('one');
  await until(
    () => slave.store.safeOffset === master.store.safeOffset && slave.store.safeOffset > 0,
    () => slave.store.safeOffset,
  );
  disks.slave.held = true;
  const { endOffset } = master.put('two');
  await until(
    () => slave.store.writtenOffset === endOffset,
    () => slave.store.writtenOffset,
  );
  const acks: number[] = [];
  slave.ha.setMasterHaAddress(null);
  await until(
    () => master.ha.replicas.length === 0,
    () => master.ha.replicas,
  );
  master.ha.onProgress(() => acks.push(...master.ha.replicas.map(({ ackOffset }) => ackOffset)));
  slave.ha.setMasterHaAddress(master.address);
  await until(
    () => slave.ha.slave.connected,
    () => slave.ha.slave,
  );
  disks.slave.release();
  await until(
    () => master.ha.allAckOffset === endOffset,
    () => master.ha.replicas,
  );
  assert.equal(
    acks.find((ack) => ack !== -1),
    endOffset,
  );
  assert.deepEqual(slave.bytes, master.bytes);
});

test('a master sends what it has flushed: after a loss of power it may write other bytes there in the same epoch', async (t) => {
  const { master, slave, disks } = await pair(t);
  slave.ha.setMasterHaAddress(master.address);
  const { endOffset: flushed } = master.put('one');
  await until(
    () => slave.store.writtenOffset === flushed,
    () => slave.store.writtenOffset,
  );
  disks.master.held = true;
  const { endOffset } = master.put('two');
  await until(
    () => master.store.writtenOffset === endOffset && disks.master.waiting > 0,
    () => master.store.writtenOffset,
  );
  await twoHeartbeats(slave);
  assert.equal(slave.store.writtenOffset, flushed);
  // A whole new connection, too: neither its handshake nor its transfer goes further.
  slave.ha.setMasterHaAddress(null);
  slave.ha.setMasterHaAddress(master.address);
  await until(
    () => master.ha.replicas[0]?.ackOffset === flushed,
    () => master.ha.replicas,
  );
  await twoHeartbeats(slave);
  assert.equal(slave.store.writtenOffset, flushed);
  disks.master.release();
  await until(
    () => slave.store.writtenOffset === endOffset,
    () => slave.store.writtenOffset,
  );
});

test('a new master serves when what it copied is flushed', async (t) => {
  const { master, slave, disks } = await pair(t);
  slave.ha.setMasterHaAddress(master.address);
  disks.slave.held = true;
  const { endOffset } = master.put('one');
  await until(
    () => slave.store.writtenOffset === endOffset,
    () => slave.store.writtenOffset,
  );
  let serves = false;
  const change = slave.ha.changeToMaster(2, 2, { members: new Set([2]), epoch: 2 }).then((done) => (serves = done));
  await until(
    () => disks.slave.waiting > 0,
    () => disks.slave.waiting,
  );
  assert.equal(serves, false);
  // A NameServer that does not know of the change yet answers.
  slave.ha.setMasterHaAddress(master.address);
  assert.equal(slave.ha.slave.masterHaAddress, null);
  disks.slave.release();
  await change;
  assert.equal(serves, true);
  assert.equal(slave.store.confirmOffset, endOffset);
});

test('a master that is alone shows consumers what it has flushed', async (t) => {
  const { master, disks } = await pair(t);
  master.ha.installSyncStateSet({ members: new Set([1]), epoch: 2 });
  disks.master.held = true;
  const { endOffset } = master.put('one');
  await until(
    () => disks.master.waiting > 0,
    () => disks.master.waiting,
  );
  assert.deepEqual([master.store.writtenOffset, master.store.confirmOffset], [endOffset, 0]);
  disks.master.release();
  await until(
    () => master.store.confirmOffset === endOffset,
    () => master.store.confirmOffset,
  );
});
