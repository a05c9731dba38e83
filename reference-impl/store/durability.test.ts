import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { HeldDisk } from '../base/held-disk.fixture.ts';
import { openStore } from './open.ts';
import { copyOf, message, placed, storeOptions, temporaryFolder } from './store.fixture.ts';

test('what a crashed process left to the kernel counts as flushed only after a flush', async (t) => {
  const root = join(temporaryFolder(t), 'store');
  const first = await openStore(storeOptions(root, { flushDiskType: 'SYNC_FLUSH' }));
  placed(first.append(message()));
  first.writeNow();
  const end = first.writtenOffset;
  const killed = copyOf(t, root);
  await first.close();
  const held = new HeldDisk();
  held.held = true;
  const options = storeOptions(killed, { flushDiskType: 'SYNC_FLUSH' });
  const store = await openStore({ ...options, disk: held.disk });
  assert.deepEqual([store.writtenOffset, store.flushedOffset, store.safeOffset], [end, 0, 0]);
  held.release();
  await store.flush();
  assert.deepEqual([store.flushedOffset, store.safeOffset], [end, end]);
  assert.ok(held.done.includes(join(killed, 'commitlog')), 'the names of the segments are durable, too');
  await store.close();
});

test('what is cut from the log is gone from the disk before anything is written in its place', async (t) => {
  const root = join(temporaryFolder(t), 'store');
  const held = new HeldDisk();
  const store = await openStore({ ...storeOptions(root), disk: held.disk });
  const first = placed(store.append(message({ body: Buffer.alloc(8000) })));
  for (let i = 0; i < 10; i++) placed(store.append(message({ body: Buffer.alloc(8000) })));
  store.writeNow();
  held.done.length = 0;
  store.truncateTo(first.endOffset);
  const log = join(root, 'commitlog');
  assert.deepEqual(held.done, [log, join(log, '0'.repeat(20))]);
  // Nothing is left to be cut.
  store.truncateTo(first.endOffset);
  assert.equal(held.done.length, 2);
  await store.close();
});

test('a store is safe as far as its flush type promises', async (t) => {
  for (const flushDiskType of ['ASYNC_FLUSH', 'SYNC_FLUSH'] as const) {
    const held = new HeldDisk();
    const options = storeOptions(join(temporaryFolder(t), 'store'), { flushDiskType });
    const store = await openStore({ ...options, disk: held.disk });
    held.held = true;
    placed(store.append(message()));
    store.writeNow();
    assert.equal(store.safeOffset, flushDiskType === 'SYNC_FLUSH' ? 0 : store.writtenOffset);
    held.release();
    await store.flush();
    assert.equal(store.safeOffset, store.writtenOffset);
    await store.close();
  }
});

test('a checkpoint vouches for queues whose names are durable', async (t) => {
  const root = join(temporaryFolder(t), 'store');
  const held = new HeldDisk();
  const store = await openStore({ ...storeOptions(root), disk: held.disk });
  placed(store.append(message({ topic: 'TopicA', queueId: 1 })));
  await store.close();
  const queues = join(root, 'consumequeue');
  for (const directory of [join(queues, 'TopicA', '1'), join(queues, 'TopicA'), queues, root]) {
    assert.ok(held.done.includes(directory), directory);
  }
});

test('a store that closes takes nothing behind its last checkpoint', async (t) => {
  const root = join(temporaryFolder(t), 'store');
  const held = new HeldDisk();
  const options = { ...storeOptions(root, { confirmOffsetLimitsDispatch: true }), disk: held.disk };
  const store = await openStore(options);
  for (const queueId of [0, 1]) for (let i = 0; i < 3; i++) placed(store.append(message({ queueId })));
  store.writeNow();
  const end = store.writtenOffset;
  held.held = true;
  const closed = store.close();
  assert.equal(store.writeable, false);
  assert.equal(store.append(message()), 'SERVICE_NOT_AVAILABLE');
  assert.throws(() => store.appendRaw(end, Buffer.from('more')), { code: 'STORE_CLOSED' });
  // Not dispatched any more, so the next start finds it undispatched in every queue.
  store.setConfirmOffset(end);
  assert.equal(store.maxOffsetInQueue('TopicA', 0), 0);
  held.release();
  await closed;
  const again = await openStore(options);
  again.setConfirmOffset(end);
  assert.deepEqual(
    [0, 1].map((queueId) => again.maxOffsetInQueue('TopicA', queueId)),
    [3, 3],
  );
  await again.close();
});
