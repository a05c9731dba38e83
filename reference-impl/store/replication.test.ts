import assert from 'node:assert/strict';
import { readFileSync, readdirSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { type Disk, systemDisk } from '../base/disk.ts';
import { seededRandom, type Random } from '../base/random.ts';
import { decodeRecord } from '../message/record.ts';
import { openStore } from './open.ts';
import { copyOf, freshStore, goldenStore, message, placed, storeOptions, temporaryFolder } from './store.fixture.ts';
import type { MessageStore } from './types.ts';

/** Everything that `master` has and `slave` lacks, in pieces of up to `bytesMax`, each cut again at random. */
function replicate(master: MessageStore, slave: MessageStore, bytesMax: number, random: Random): void {
  for (;;) {
    const data = master.readRaw(slave.maxPhyOffset, 1 + random.int(bytesMax));
    if (data === null) return;
    slave.appendRaw(slave.maxPhyOffset, data);
    if (random.int(3) === 0) slave.writeNow();
  }
}

test('a slave fed with arbitrarily cut bytes has the log and the queues of its master', async (t) => {
  for (let seed = 1; seed <= 5; seed++) {
    const random = seededRandom(seed);
    const master = await openStore(storeOptions(goldenStore(t, 'new-5.3.3')));
    const root = temporaryFolder(t);
    const slave = await openStore(storeOptions(root));
    replicate(master, slave, seed * 400, random);
    slave.writeNow();
    assert.equal(slave.maxPhyOffset, master.maxPhyOffset);
    for (const { topic, queueId } of master.queues()) {
      assert.equal(slave.maxOffsetInQueue(topic, queueId), master.maxOffsetInQueue(topic, queueId));
      const wanted = master.getMessages(topic, queueId, 0, 32, null).records;
      assert.deepEqual(
        slave.getMessages(topic, queueId, 0, 32, null).records,
        wanted,
        `${topic}/${queueId}, seed ${seed}`,
      );
    }
    assert.equal(slave.queryByKey('TopicA', 'shared-key', 64, 0, Infinity).length, 6);
    await master.close();
    await slave.close();
    const reopened = await openStore(storeOptions(root));
    assert.equal(reopened.maxPhyOffset, 42542);
    await reopened.close();
  }
});

test('a frame never crosses a segment, and the filler behind a BLANK mark is data', async (t) => {
  const master = await openStore(storeOptions(goldenStore(t, 'new-5.3.3')));
  assert.equal(master.readRaw(29120, 100_000)!.length, 3648);
  assert.equal(master.readRaw(42542, 10), null);
  assert.equal(master.readRaw(42540, 10)!.length, 2);
  await master.close();
});

test('a record that arrived in part is not visible, survives nothing, and is cut before a promotion', async (t) => {
  const master = await freshStore(t);
  for (let i = 0; i < 3; i++) master.append(message({ properties: 'KEYS\u0001k\u0002' }));
  master.writeNow();
  const all = master.readRaw(0, 100_000)!;
  const second = decodeRecord(all).size * 2;
  for (let cut = second + 1; cut < all.length; cut++) {
    const slave = await freshStore(t);
    slave.appendRaw(0, all.subarray(0, cut));
    slave.writeNow();
    assert.equal(slave.maxOffsetInQueue('TopicA', 0), 2);
    assert.equal(slave.maxPhyOffset, cut);
    assert.equal(slave.truncateIncompleteTail(), second);
    assert.equal(slave.maxPhyOffset, second);
    assert.equal(placed(slave.append(message())).queueOffset, 2);
  }
});

test('a slave killed with a partial record at its end recovers to the record before, wherever the cut is', async (t) => {
  const master = await freshStore(t);
  for (let i = 0; i < 2; i++)
    master.append(message({ body: Buffer.from('x'), properties: 'KEYS\u0001key\u0002TAGS\u0001t\u0002' }));
  master.writeNow();
  const all = master.readRaw(0, 100_000)!;
  const size = all.length / 2;
  const root = temporaryFolder(t);
  const slave = await openStore(storeOptions(root));
  for (let cut = size; cut < all.length; cut++) {
    if (cut > size) slave.appendRaw(slave.maxPhyOffset, all.subarray(cut - 1, cut));
    else slave.appendRaw(0, all.subarray(0, size));
    slave.writeNow();
    const copy = await openStore(storeOptions(copyOf(t, root)));
    assert.equal(copy.maxPhyOffset, size, `cut at ${cut}`);
    await copy.close();
  }
  await slave.close();
});

test('with readUnCommitted consumers see what is written', async (t) => {
  const options = storeOptions(temporaryFolder(t), { confirmOffsetLimitsDispatch: true, readUnCommitted: true });
  const store = await openStore(options);
  store.append(message());
  store.writeNow();
  assert.deepEqual([store.confirmOffset, store.maxOffsetInQueue('TopicA', 0)], [0, 1]);
  await store.close();
});

test('confirmOffset limits what consumers see, not what is stored', async (t) => {
  const root = temporaryFolder(t);
  const options = storeOptions(root, { confirmOffsetLimitsDispatch: true });
  const store = await openStore(options);
  const ends = [0, 1, 2].map(() => placed(store.append(message())).endOffset);
  store.writeNow();
  assert.equal(store.writtenOffset, ends[2]);
  assert.equal(store.maxOffsetInQueue('TopicA', 0), 0);
  store.setConfirmOffset(ends[0]! + 5);
  assert.equal(store.maxOffsetInQueue('TopicA', 0), 1);
  store.setConfirmOffset(ends[1]!);
  assert.equal(store.maxOffsetInQueue('TopicA', 0), 2);
  assert.equal(placed(store.append(message())).queueOffset, 3);
  store.writeNow();
  for (const isCrash of [true, false]) {
    if (!isCrash) await store.close();
    const again = await openStore(
      storeOptions(isCrash ? copyOf(t, root) : root, { confirmOffsetLimitsDispatch: true }),
    );
    // A crash loses what the checkpoint did not know of the confirm offset; it never invents one.
    assert.equal(again.confirmOffset, isCrash ? 0 : ends[1]);
    assert.equal(again.maxOffsetInQueue('TopicA', 0), isCrash ? 0 : 2);
    assert.equal(again.maxPhyOffset, store.maxPhyOffset);
    assert.equal(placed(again.append(message())).queueOffset, 4);
    again.writeNow();
    again.setConfirmOffset(again.maxPhyOffset);
    assert.equal(again.maxOffsetInQueue('TopicA', 0), 5);
    await again.close();
  }
});

test('a slave begins the queues of a topic again that its master deleted and made again', async (t) => {
  const master = await freshStore(t);
  const slave = await freshStore(t);
  const copy = () => {
    master.writeNow();
    const from = slave.maxPhyOffset;
    slave.appendRaw(from, master.readRaw(from, 1 << 20)!);
    slave.writeNow();
  };
  for (let i = 0; i < 100; i++) placed(master.append(message()));
  copy();
  master.deleteTopic('TopicA');
  const kept = Array.from({ length: 10 }, () => placed(master.append(message())));
  copy();
  assert.equal(slave.maxOffsetInQueue('TopicA', 0), 10);
  const { records } = slave.getMessages('TopicA', 0, 0, 32, null);
  assert.deepEqual(
    records.map((record) => decodeRecord(record).physicalOffset),
    kept.map(({ physicalOffset }) => physicalOffset),
  );
  slave.truncateIncompleteTail();
  assert.equal(placed(slave.append(message())).queueOffset, 10);
});

test('a truncation takes messages out of log, queues and index, and progress goes back', async (t) => {
  const root = temporaryFolder(t);
  const store = await openStore(storeOptions(root));
  const results = Array.from({ length: 400 }, (_, i) => {
    return placed(
      store.append(message({ queueId: i % 3, body: Buffer.alloc(200), properties: `KEYS\u0001k${i}\u0002` })),
    );
  });
  store.writeNow();
  await store.flush();
  const { endOffset } = results[99]!;
  store.truncateTo(endOffset);
  const check = (opened: MessageStore) => {
    assert.equal(opened.maxPhyOffset, endOffset);
    assert.equal(opened.writtenOffset, endOffset);
    assert.deepEqual(
      [0, 1, 2].map((queueId) => opened.maxOffsetInQueue('TopicA', queueId)),
      [34, 33, 33],
    );
    assert.equal(opened.queryByKey('TopicA', 'k99', 10, 0, Infinity).length, 1);
    assert.equal(opened.queryByKey('TopicA', 'k100', 10, 0, Infinity).length, 0);
    assert.equal(opened.readRaw(endOffset, 10), null);
  };
  check(store);
  assert.ok(store.flushedOffset <= endOffset);
  const crashed = await openStore(storeOptions(copyOf(t, root)));
  check(crashed);
  await crashed.close();
  const again = placed(store.append(message({ queueId: 1, properties: 'KEYS\u0001again\u0002' })));
  assert.equal(again.physicalOffset, endOffset);
  assert.equal(again.queueOffset, 33);
  store.writeNow();
  assert.equal(store.queryByKey('TopicA', 'again', 10, 0, Infinity).length, 1);
  await store.close();
});

test('bytes that a reader holds do not change when the log is cut and written again', async (t) => {
  const store = await freshStore(t);
  const { physicalOffset } = placed(store.append(message({ body: Buffer.from('before') })));
  store.writeNow();
  const held = store.lookMessage(physicalOffset)!;
  store.truncateTo(0);
  store.append(message({ body: Buffer.from('behind') }));
  store.writeNow();
  assert.equal(decodeRecord(held).body.toString(), 'before');
  assert.equal(decodeRecord(store.lookMessage(0)!).body.toString(), 'behind');
});

test('an empty slave can start at a later segment; its queues begin where the messages say', async (t) => {
  const root = goldenStore(t, 'new-5.3.3');
  const data = readFileSync(join(root, 'commitlog', '00000000000000032768')).subarray(0, 42542 - 32768);
  const slaveRoot = temporaryFolder(t);
  let slave = await openStore(storeOptions(slaveRoot));
  slave.appendRaw(32768, data);
  slave.writeNow();
  for (let round = 0; round < 2; round++) {
    assert.equal(slave.minPhyOffset, 32768);
    assert.equal(slave.maxPhyOffset, 42542);
    assert.equal(slave.minOffsetInQueue('TopicA', 0), 6);
    assert.equal(slave.maxOffsetInQueue('TopicA', 0), 11);
    assert.equal(slave.getMessages('TopicA', 0, 0, 32, null).status, 'OFFSET_TOO_SMALL');
    assert.equal(slave.getMessages('TopicA', 0, 6, 32, null).records.length, 5);
    await slave.close();
    slave = await openStore(storeOptions(slaveRoot));
  }
  await slave.close();
  const queue = readFileSync(join(slaveRoot, 'consumequeue/TopicA/0', '0'.repeat(20)));
  assert.equal(queue.subarray(100, 120).toString('hex'), '00000000000000007fffffff0000000000000000');
});

test('a slave killed while it wrote what stands for the messages before its first one starts the queue anew', async (t) => {
  const root = goldenStore(t, 'new-5.3.3');
  const data = readFileSync(join(root, 'commitlog', '00000000000000032768')).subarray(0, 42542 - 32768);
  const slaveRoot = temporaryFolder(t);
  const first = await openStore(storeOptions(slaveRoot));
  first.appendRaw(32768, data);
  first.writeNow();
  const killed = copyOf(t, slaveRoot);
  await first.close();
  const queue = join(killed, 'consumequeue/TopicA/0', '0'.repeat(20));
  truncateSync(queue, 2 * 20);
  truncateSync(queue, 6000);
  const again = await openStore(storeOptions(killed));
  assert.deepEqual([again.minOffsetInQueue('TopicA', 0), again.maxOffsetInQueue('TopicA', 0)], [6, 11]);
  assert.equal(decodeRecord(again.getMessages('TopicA', 0, 6, 1, null).records[0]!).queueOffset, 6);
  await again.close();
});

test('files of a deleted queue go the newest first, so that no gap is left', async (t) => {
  const root = temporaryFolder(t);
  const removed: string[] = [];
  const disk: Disk = {
    ...systemDisk,
    remove: (path) => {
      removed.push(basename(path));
      systemDisk.remove(path);
    },
  };
  const options = storeOptions(root, { disk, mappedFileSizeConsumeQueue: 100 });
  const first = await openStore(options);
  for (let i = 0; i < 12; i++) placed(first.append(message()));
  await first.close();
  const store = await openStore(options);
  const files = readdirSync(join(root, 'consumequeue/TopicA/0')).sort();
  assert.equal(files.length, 3);
  removed.length = 0;
  store.deleteTopic('TopicA');
  assert.deepEqual(removed.slice(0, 3), files.toReversed());
  await store.close();
});
