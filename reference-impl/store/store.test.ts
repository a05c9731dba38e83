import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { decodeRecord, magicV2 } from '../message/record.ts';
import { SysFlag } from '../message/types.ts';
import { openStore } from './open.ts';
import { freshStore, message, placed, replaceByFullDevice, storeOptions, temporaryFolder } from './store.fixture.ts';
import type { AppendResult, MessageFilter, TimeBoundary } from './types.ts';

test('a message is acknowledged after the write of its turn, not before', async (t) => {
  const store = await freshStore(t);
  const progress = new Promise<void>((resolve) => store.onProgress(resolve));
  const first = placed(store.append(message()));
  const second = placed(store.append(message()));
  assert.equal(second.physicalOffset, first.endOffset);
  assert.deepEqual([first.queueOffset, second.queueOffset], [0, 1]);
  assert.equal(store.writtenOffset, 0);
  assert.equal(store.maxOffsetInQueue('TopicA', 0), 0);
  assert.equal(store.lookMessage(first.physicalOffset), null);
  await progress;
  assert.equal(store.writtenOffset, second.endOffset);
  assert.equal(store.confirmOffset, second.endOffset);
  assert.ok(store.lookMessage(second.physicalOffset));
});

test('flushedOffset follows: at once with SYNC_FLUSH, on demand with ASYNC_FLUSH', async (t) => {
  for (const flushDiskType of ['SYNC_FLUSH', 'ASYNC_FLUSH'] as const) {
    const store = await freshStore(t, { flushDiskType });
    const { endOffset } = placed(store.append(message()));
    if (flushDiskType === 'SYNC_FLUSH') {
      await new Promise<void>((resolve) => store.onProgress(() => store.flushedOffset === endOffset && resolve()));
    } else {
      store.writeNow();
      assert.equal(store.flushedOffset, 0);
      await store.flush();
    }
    assert.equal(store.flushedOffset, endOffset);
  }
});

test('a failed write stops the store: nothing more is acknowledged, written or accepted', {
  skip: !existsSync('/dev/full'),
}, async (t) => {
  const root = temporaryFolder(t);
  const store = await openStore(storeOptions(root));
  const { endOffset } = placed(store.append(message()));
  store.writeNow();
  replaceByFullDevice(join(root, 'commitlog', '0'.repeat(20)));
  let progress = 0;
  store.onProgress(() => progress++);
  assert.ok(typeof store.append(message()) === 'object');
  store.writeNow();
  assert.equal(progress, 0);
  assert.equal(store.writtenOffset, endOffset);
  assert.equal(store.writeable, false);
  assert.equal(store.append(message()), 'SERVICE_NOT_AVAILABLE');
  assert.equal(store.appendBatch([message()]), 'SERVICE_NOT_AVAILABLE');
  assert.throws(() => store.appendRaw(store.maxPhyOffset, Buffer.alloc(1)), { code: 'STORE_CLOSED' });
  await store.close();
  assert.ok(existsSync(join(root, 'abort')), 'the next start must not trust the disk');
});

test('a segment ends with a BLANK mark when a record and 8 bytes do not fit', async (t) => {
  const root = temporaryFolder(t);
  const store = await openStore(storeOptions(root));
  const fixed = 91 + 'TopicA'.length;
  const first = placed(store.append(message({ body: Buffer.alloc(8000) })));
  let end = first.endOffset;
  for (let i = 0; i < 3; i++) end = placed(store.append(message({ body: Buffer.alloc(8000) }))).endOffset;
  const fits = 32768 - end - 8 - fixed;
  const exact = placed(store.append(message({ body: Buffer.alloc(fits) })));
  assert.equal(exact.endOffset, 32760);
  const next = placed(store.append(message()));
  assert.equal(next.physicalOffset, 32768);
  await store.close();
  const segment = readFileSync(join(root, 'commitlog', '0'.repeat(20)));
  assert.equal(segment.subarray(32760).toString('hex'), '00000008cbd43194');
  const reopened = await openStore(storeOptions(root));
  assert.equal(reopened.maxPhyOffset, next.endOffset);
  assert.equal(reopened.maxOffsetInQueue('TopicA', 0), 6);
  await reopened.close();
});

test('a batch lands in one segment, with consecutive offsets', async (t) => {
  const store = await freshStore(t);
  for (let i = 0; i < 3; i++) store.append(message({ body: Buffer.alloc(8000) }));
  const results = store.appendBatch([1, 2, 3].map(() => message({ body: Buffer.alloc(4000) })));
  assert.ok(Array.isArray(results));
  const batch = results as AppendResult[];
  assert.equal(batch[0]!.physicalOffset, 32768);
  assert.deepEqual(
    batch.map((result) => result.queueOffset),
    [3, 4, 5],
  );
  assert.equal(batch[1]!.physicalOffset, batch[0]!.endOffset);
  assert.equal(placed(store.append(message())).queueOffset, 6);
  store.writeNow();
  assert.equal(store.maxOffsetInQueue('TopicA', 0), 7);
});

test('refusals', async (t) => {
  const store = await freshStore(t);
  assert.equal(store.append(message({ body: Buffer.alloc(8193) })), 'MESSAGE_ILLEGAL');
  assert.equal(store.append(message({ properties: 'x'.repeat(32768) })), 'PROPERTIES_SIZE_EXCEEDED');
  assert.equal(store.append(message({ properties: 'ü'.repeat(20000) })), 'PROPERTIES_SIZE_EXCEEDED');
  assert.equal(store.append(message({ topic: 'T'.repeat(128) })), 'MESSAGE_ILLEGAL');
  assert.equal(store.append(message({ topic: '../T' })), 'MESSAGE_ILLEGAL');
  assert.equal(store.append(message({ queueId: -1 })), 'MESSAGE_ILLEGAL');
  const tooMuch = Array.from({ length: 5 }, () => message({ body: Buffer.alloc(8000) }));
  assert.equal(store.appendBatch(tooMuch), 'MESSAGE_ILLEGAL');
  // Recovery would take it for a write that was cut short.
  assert.equal(store.append(message({ properties: `k\u0001${'\0'.repeat(512)}\u0002` })), 'MESSAGE_ILLEGAL');
  assert.equal(store.append(message({ properties: 'k\u0001v\0' })), 'MESSAGE_ILLEGAL');
  assert.equal(store.maxPhyOffset, 0);
  assert.equal(placed(store.append(message())).queueOffset, 0);
});

test('a batch whose records take more than a message may, and 64 KiB, is refused before it takes memory', async (t) => {
  const store = await freshStore(t, { mappedFileSizeCommitLog: 1 << 20 });
  const batch = (count: number) => Array.from({ length: count }, () => message({ properties: 'x'.repeat(1000) }));
  assert.ok(Array.isArray(store.appendBatch(batch(60))));
  const end = store.maxPhyOffset;
  assert.equal(store.appendBatch(batch(70)), 'MESSAGE_ILLEGAL');
  assert.equal(store.appendBatch(batch(1_000_000)), 'MESSAGE_ILLEGAL');
  assert.equal(store.maxPhyOffset, end);
});

test('a long retry topic takes a V2 record in new and is refused in old', async (t) => {
  const topic = `%RETRY%${'G'.repeat(200)}`;
  const store = await freshStore(t);
  const { physicalOffset } = placed(store.append(message({ topic })));
  store.writeNow();
  const record = decodeRecord(store.lookMessage(physicalOffset)!);
  assert.equal(record.magic, magicV2);
  assert.equal(record.topic, topic);
  assert.equal(store.getMessages(topic, 0, 0, 1, null).status, 'FOUND');
  const old = await freshStore(t, { release: 'old' });
  assert.equal(old.append(message({ topic })), 'MESSAGE_ILLEGAL');
});

test('prepared and rollback records are in no queue', async (t) => {
  const store = await freshStore(t);
  for (const sysFlag of [SysFlag.TRANSACTION_PREPARED, SysFlag.TRANSACTION_ROLLBACK]) {
    assert.equal(placed(store.append(message({ sysFlag, properties: 'KEYS\u0001k' }))).queueOffset, 0);
  }
  const commit = placed(store.append(message({ sysFlag: SysFlag.TRANSACTION_COMMIT })));
  assert.equal(commit.queueOffset, 0);
  store.writeNow();
  assert.equal(store.maxOffsetInQueue('TopicA', 0), 1);
  // The prepared one is indexed, the rollback one is not.
  assert.equal(store.queryByKey('TopicA', 'k', 10, 0, Infinity).length, 1);
});

const everything: MessageFilter = { matchesTagsCode: () => true, matchesRecord: null };
const nothing: MessageFilter = { matchesTagsCode: () => false, matchesRecord: null };

test('offsets outside a queue are told as RocketMQ does', async (t) => {
  const store = await freshStore(t);
  const statusAt = (queueId: number, offset: number) => {
    const { status, nextBeginOffset, minOffset, maxOffset } = store.getMessages('TopicA', queueId, offset, 32, null);
    return [status, nextBeginOffset, minOffset, maxOffset];
  };
  assert.deepEqual(statusAt(0, 5), ['NO_MATCHED_LOGIC_QUEUE', 0, 0, 0]);
  for (let i = 0; i < 3; i++) store.append(message());
  assert.deepEqual(statusAt(0, 0), ['NO_MESSAGE_IN_QUEUE', 0, 0, 0]);
  store.writeNow();
  assert.deepEqual(statusAt(0, 3), ['OFFSET_OVERFLOW_ONE', 3, 0, 3]);
  assert.deepEqual(statusAt(0, 9), ['OFFSET_OVERFLOW_BADLY', 3, 0, 3]);
  assert.deepEqual(statusAt(0, -1), ['OFFSET_TOO_SMALL', 0, 0, 3]);
  assert.deepEqual(statusAt(0, 1), ['FOUND', 3, 0, 3]);
});

test('one answer holds what the settings allow, less where the log is not in memory', async (t) => {
  const limits = { maxTransferCountOnMessageInMemory: 100, maxTransferBytesOnMessageInMemory: 1000 };
  const store = await freshStore(t, limits);
  for (let i = 0; i < 100; i++) store.append(message({ body: Buffer.alloc(300) }));
  store.writeNow();
  assert.equal(store.getMessages('TopicA', 0, 0, 100, null).records.length, 2);
  const onDisk = { accessMessageInMemoryMaxRatio: 0, maxTransferCountOnMessageInDisk: 3 };
  const slow = await freshStore(t, { ...limits, ...onDisk });
  for (let i = 0; i < 200; i++) slow.append(message());
  slow.writeNow();
  assert.equal(slow.getMessages('TopicA', 0, 0, 50, null).records.length, 3);
});

test('one answer holds at most 32 messages or 256 KiB, always the first, and examines 800 units', async (t) => {
  const store = await freshStore(t, { mappedFileSizeCommitLog: 8388608, maxMessageSize: 400000 });
  for (let i = 0; i < 1000; i++) store.append(message({ properties: `TAGS\u0001T${i % 2}\u0002` }));
  for (let i = 0; i < 3; i++) store.append(message({ queueId: 1, body: Buffer.alloc(300000) }));
  for (let i = 0; i < 5; i++) store.append(message({ queueId: 2, body: Buffer.alloc(100000) }));
  store.writeNow();
  assert.equal(store.getMessages('TopicA', 0, 0, 100, null).records.length, 32);
  assert.equal(store.getMessages('TopicA', 0, 0, 10, everything).records.length, 10);
  assert.equal(store.getMessages('TopicA', 1, 0, 32, null).records.length, 1);
  assert.equal(store.getMessages('TopicA', 2, 0, 32, null).records.length, 2);
  const none = store.getMessages('TopicA', 0, 0, 32, nothing);
  assert.deepEqual([none.status, none.nextBeginOffset, none.records.length], ['NO_MATCHED_MESSAGE', 800, 0]);
  const odd: MessageFilter = {
    matchesTagsCode: () => true,
    matchesRecord: (record) => decodeRecord(record).queueOffset % 2 === 1,
  };
  const some = store.getMessages('TopicA', 0, 0, 4, odd);
  assert.deepEqual(
    some.records.map((record) => decodeRecord(record).queueOffset),
    [1, 3, 5, 7],
  );
});

test('offsets by time, both boundaries; earliest time; time of one message', async (t) => {
  let nowMs = 0;
  const store = await freshStore(t, { clock: { ...systemClock, nowMs: () => nowMs } });
  assert.equal(store.offsetByTime('TopicA', 0, 5, 'LOWER'), 0);
  assert.equal(store.earliestStoreTimestamp(), -1);
  for (nowMs of [1000, 2000, 2000, 3000]) store.append(message());
  store.writeNow();
  const at = (timestampMs: number, boundary: TimeBoundary) => store.offsetByTime('TopicA', 0, timestampMs, boundary);
  assert.deepEqual([at(1, 'LOWER'), at(2000, 'LOWER'), at(2001, 'LOWER'), at(9999, 'LOWER')], [0, 1, 3, 4]);
  const nearest = [1, 1400, 1501, 2000, 2500, 2501, 9999].map((timestampMs) => at(timestampMs, 'NEAREST'));
  assert.deepEqual(nearest, [0, 0, 1, 1, 2, 3, 3]);
  assert.deepEqual([at(1, 'UPPER'), at(2000, 'UPPER'), at(2999, 'UPPER'), at(9999, 'UPPER')], [0, 2, 2, 3]);
  assert.equal(store.earliestStoreTimestamp(), 1000);
  assert.equal(store.storeTimestampAt('TopicA', 0, 3), 3000);
  assert.equal(store.storeTimestampAt('TopicA', 0, 4), -1);
});

test('keys: newest first, across full index files, within a time range, after a restart', async (t) => {
  const root = temporaryFolder(t);
  let nowMs = 1_000_000;
  const options = storeOptions(root, { maxIndexNum: 10, clock: { ...systemClock, nowMs: () => nowMs } });
  let store = await openStore(options);
  for (let i = 0; i < 30; i++, nowMs += 1000) {
    store.append(message({ properties: `KEYS\u0001k${i % 3} all\u0002UNIQ_KEY\u0001U${i}\u0002` }));
  }
  store.writeNow();
  const queueOffsets = (key: string, maxNum: number, beginMs = 0, endMs = Infinity) =>
    store.queryByKey('TopicA', key, maxNum, beginMs, endMs).map((record) => decodeRecord(record).queueOffset);
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(queueOffsets('k1', 4), [28, 25, 22, 19]);
    assert.deepEqual(queueOffsets('U0', 4), [0]);
    assert.equal(queueOffsets('all', 64).length, 30);
    assert.deepEqual(queueOffsets('k1', 64, 1_010_000, 1_016_000), [16, 13, 10]);
    assert.deepEqual(queueOffsets('k9', 4), []);
    assert.deepEqual(queueOffsets('k1', 0), []);
    await store.close();
    store = await openStore(options);
  }
  await store.close();
  // 90 entries, 9 to a file.
  assert.equal(readdirSync(join(root, 'index')).length, 10);
});

test('a delayed message carries its due time where others carry their tag hash', async (t) => {
  const store = await freshStore(t, { clock: { ...systemClock, nowMs: () => 5000 } });
  const seen: number[] = [];
  store.onDispatch(({ tagsCode }) => seen.push(tagsCode));
  for (const properties of ['DELAY\u00012', 'DELAY\u000199', 'TAGS\u0001TagA']) {
    store.append(message({ topic: 'SCHEDULE_TOPIC_XXXX', queueId: 1, properties }));
  }
  store.append(message({ properties: 'DELAY\u00012\u0002TAGS\u0001TagA' }));
  store.writeNow();
  assert.deepEqual(seen, [10_000, 5000 + 7_200_000, 2598919, 2598919]);
});

test('a deleted topic is gone, also from disk, and can start again', async (t) => {
  const root = temporaryFolder(t);
  let store = await openStore(storeOptions(root));
  store.append(message());
  store.append(message({ topic: 'TopicB' }));
  await store.close();
  store = await openStore(storeOptions(root));
  store.deleteTopic('TopicA');
  assert.deepEqual(
    [...store.queues()].map((queue) => queue.topic),
    ['TopicB'],
  );
  assert.ok(!existsSync(join(root, 'consumequeue', 'TopicA')));
  assert.equal(placed(store.append(message())).queueOffset, 0);
  await store.close();
});

test('what a deleted topic had under way is not of the one that has its name later', async (t) => {
  const store = await freshStore(t);
  for (let i = 0; i < 5; i++) placed(store.append(message()));
  store.deleteTopic('TopicA');
  assert.equal(placed(store.append(message())).queueOffset, 0);
  store.writeNow();
  assert.equal(store.maxOffsetInQueue('TopicA', 0), 1);
  assert.equal(placed(store.append(message())).queueOffset, 1);
  store.writeNow();
  assert.equal(store.getMessages('TopicA', 0, 0, 32, null).records.length, 2);
});

test('files of the wrong length or name are refused by name', async (t) => {
  const root = temporaryFolder(t);
  const store = await openStore(storeOptions(root));
  store.append(message());
  await store.close();
  const segment = join(root, 'commitlog', '0'.repeat(20));
  truncateSync(segment, 1000);
  await assert.rejects(openStore(storeOptions(root)), { code: 'STORE_CORRUPT', message: new RegExp(segment) });
  truncateSync(segment, 32768);
  writeFileSync(join(root, 'commitlog', 'notes.txt'), '');
  await assert.rejects(openStore(storeOptions(root)), { code: 'STORE_CORRUPT', message: /notes\.txt/ });
});

test('abort and lock files are those of each release', async (t) => {
  for (const [release, abort, files] of [
    ['old', '', ['abort', 'checkpoint', 'commitlog', 'lock']],
    ['new', String(process.pid), ['abort', 'abort.bak', 'checkpoint', 'commitlog', 'lock']],
  ] as const) {
    const root = temporaryFolder(t);
    await (await openStore(storeOptions(root, { release }))).close();
    assert.ok(!existsSync(join(root, 'abort')));
    const store = await openStore(storeOptions(root, { release }));
    assert.equal(readFileSync(join(root, 'abort'), 'latin1'), abort);
    assert.equal(readFileSync(join(root, 'lock'), 'latin1'), 'lock');
    assert.equal(readFileSync(join(root, 'checkpoint')).length, 4096);
    assert.deepEqual(readdirSync(root).sort(), files);
    await store.close();
  }
});

test('several commit log folders take turns', async (t) => {
  const root = temporaryFolder(t);
  const folders = ['a', 'b'].map((name) => join(root, name));
  const options = storeOptions(root, { storePathCommitLog: folders.join(',') });
  const store = await openStore(options);
  for (let i = 0; i < 12; i++) store.append(message({ body: Buffer.alloc(8000) }));
  await store.close();
  assert.deepEqual(
    folders.map((folder) => readdirSync(folder).map(Number)),
    [[0, 65536], [32768]],
  );
  const reopened = await openStore(options);
  assert.equal(reopened.maxOffsetInQueue('TopicA', 0), 12);
  await reopened.close();
});
