import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { type Disk, systemDisk } from '../base/disk.ts';
import { decodeRecord } from '../message/record.ts';
import { openStore } from './open.ts';
import { copyOf, message, placed, storeOptions, temporaryFolder } from './store.fixture.ts';

function overwrite(path: string, position: number, bytes: Uint8Array): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, bytes, 0, bytes.length, position);
  closeSync(fd);
}

test('after a crash the log ends before a damaged body, unless CRCs are not to be checked', async (t) => {
  const root = temporaryFolder(t);
  const store = await openStore(storeOptions(root));
  const results = Array.from({ length: 10 }, () => placed(store.append(message())));
  store.writeNow();
  const killed = copyOf(t, root);
  await store.close();
  const damaged = results[6]!;
  overwrite(join(killed, 'commitlog', '0'.repeat(20)), damaged.physicalOffset + 88, Buffer.from('?'));
  const unchecked = await openStore(storeOptions(copyOf(t, killed), { checkCRCOnRecover: false }));
  assert.equal(unchecked.maxPhyOffset, results[9]!.endOffset);
  await unchecked.close();
  const checked = await openStore(storeOptions(killed));
  assert.equal(checked.maxPhyOffset, damaged.physicalOffset);
  assert.equal(checked.maxOffsetInQueue('TopicA', 0), 6);
  await checked.close();
});

const lostSectors = [
  { what: 'the place of a record', at: 28, bytes: Buffer.alloc(8) },
  { what: 'a sector of its properties', at: 200, bytes: Buffer.alloc(512) },
];
for (const { what, at, bytes } of lostSectors) {
  test(`after a loss of power the log ends before ${what} that did not come to the disk`, async (t) => {
    const root = temporaryFolder(t);
    const store = await openStore(storeOptions(root));
    const properties = `LONG\u0001${'x'.repeat(1000)}\u0002`;
    const results = Array.from({ length: 10 }, () => placed(store.append(message({ properties }))));
    await store.close();
    writeFileSync(join(root, 'abort'), '');
    overwrite(join(root, 'commitlog', '0'.repeat(20)), results[6]!.physicalOffset + at, bytes);
    const again = await openStore(storeOptions(root));
    assert.equal(again.maxPhyOffset, results[6]!.physicalOffset);
    await again.close();
  });
}

test('after a crash half a queue unit is put right from the log', async (t) => {
  const root = temporaryFolder(t);
  const store = await openStore(storeOptions(root));
  for (let i = 0; i < 10; i++) store.append(message({ properties: 'TAGS\u0001TagA\u0002' }));
  await store.close();
  // What a write cut short leaves: the last unit without its tag hash.
  overwrite(join(root, 'consumequeue/TopicA/0', '0'.repeat(20)), 9 * 20 + 12, Buffer.alloc(8));
  writeFileSync(join(root, 'abort'), '');
  const again = await openStore(storeOptions(root));
  const seen: number[] = [];
  const filter = { matchesTagsCode: (tagsCode: number) => seen.push(tagsCode) > 0, matchesRecord: null };
  assert.equal(again.getMessages('TopicA', 0, 0, 32, filter).records.length, 10);
  assert.deepEqual(new Set(seen), new Set([2598919]));
  await again.close();
});

test('a hole that a loss of power left in a queue is filled from the log', async (t) => {
  const root = temporaryFolder(t);
  const options = storeOptions(root, { mappedFileSizeConsumeQueue: 400 });
  const store = await openStore(options);
  for (let i = 0; i < 90; i++) placed(store.append(message()));
  await store.close();
  const expected = Array.from({ length: 90 }, (_, i) => i);
  // Nothing vouches for the queue without a checkpoint; the newest segments came to the disk, the first one did not.
  rmSync(join(root, 'checkpoint'));
  overwrite(join(root, 'consumequeue/TopicA/0', '0'.repeat(20)), 0, Buffer.alloc(400));
  writeFileSync(join(root, 'abort'), '');
  const again = await openStore(options);
  assert.equal(again.minOffsetInQueue('TopicA', 0), 0);
  const found = expected.flatMap((offset) => again.getMessages('TopicA', 0, offset, 1, null).records);
  assert.deepEqual(
    found.map((record) => decodeRecord(record).queueOffset),
    expected,
  );
  await again.close();
});

test('recovery after a crash begins at the segment that the checkpoint vouches for', async (t) => {
  const root = temporaryFolder(t);
  let nowMs = 1_000_000;
  const options = storeOptions(root, { clock: { ...systemClock, nowMs: () => nowMs } });
  const store = await openStore(options);
  for (let i = 0; i < 20; i++, nowMs += 1000) store.append(message({ body: Buffer.alloc(8000) }));
  await store.close();
  // Damage before that segment is not looked at, damage behind it is.
  const killed = copyOf(t, root);
  writeFileSync(join(killed, 'abort'), '');
  overwrite(join(killed, 'commitlog', '0'.repeat(20)), 500, Buffer.from('?'));
  const reopened = await openStore({ ...storeOptions(killed) });
  assert.equal(reopened.maxPhyOffset, store.maxPhyOffset);
  assert.equal(reopened.maxOffsetInQueue('TopicA', 0), 20);
  await reopened.close();
});

test('a topic that was deleted and made again keeps what it got since, after a crash', async (t) => {
  const root = temporaryFolder(t);
  const store = await openStore(storeOptions(root));
  for (let i = 0; i < 100; i++) placed(store.append(message()));
  store.writeNow();
  store.deleteTopic('TopicA');
  const kept = Array.from({ length: 10 }, () => placed(store.append(message())));
  store.writeNow();
  const again = await openStore(storeOptions(copyOf(t, root)));
  await store.close();
  assert.equal(again.minOffsetInQueue('TopicA', 0), 0);
  const { records } = again.getMessages('TopicA', 0, 0, 32, null);
  assert.deepEqual(
    records.map((record) => decodeRecord(record).physicalOffset),
    kept.map(({ physicalOffset }) => physicalOffset),
  );
  assert.equal(placed(again.append(message())).queueOffset, 10);
  await again.close();
});

test('queues without a commit log are dropped', async (t) => {
  const root = temporaryFolder(t);
  const store = await openStore(storeOptions(root));
  store.append(message({ properties: 'KEYS\u0001k\u0002' }));
  await store.close();
  const commitLog = temporaryFolder(t);
  const emptied = await openStore(storeOptions(root, { storePathCommitLog: commitLog }));
  assert.equal(emptied.maxPhyOffset, 0);
  assert.deepEqual([...emptied.queues()], []);
  assert.ok(!readdirSync(join(root)).includes('index'));
  assert.equal(placed(emptied.append(message({ properties: 'KEYS\u0001k\u0002' }))).queueOffset, 0);
  emptied.writeNow();
  assert.equal(emptied.queryByKey('TopicA', 'k', 10, 0, Infinity).length, 1);
  await emptied.close();
});

test('a cut that a crash stopped half way is finished at the next start', async (t) => {
  const root = temporaryFolder(t);
  const options = storeOptions(root, { mappedFileSizeCommitLog: 1 << 20 });
  const store = await openStore(options);
  const results = Array.from({ length: 100 }, () => placed(store.append(message({ body: Buffer.alloc(8000, 'x') }))));
  await store.close();
  writeFileSync(join(root, 'abort'), '');
  const segment = join(root, 'commitlog', '0'.repeat(20));
  const cut = results[9]!.endOffset;
  overwrite(segment, cut, Buffer.alloc(65536));
  const again = await openStore(options);
  assert.equal(again.maxPhyOffset, cut);
  await again.close();
  assert.ok(
    readFileSync(segment)
      .subarray(cut)
      .every((byte) => byte === 0),
  );
});

test('after a crash nothing is missing in the queues although the clock went back before', async (t) => {
  const root = temporaryFolder(t);
  let nowMs = 1_000_000;
  const clock = { ...systemClock, nowMs: () => nowMs };
  const first = await openStore(storeOptions(root, { clock }));
  placed(first.append(message()));
  await first.close();
  nowMs = 500_000;
  const store = await openStore(storeOptions(root, { clock }));
  let count = 1;
  while (store.maxPhyOffset < store.segmentSize + 1000) {
    placed(store.append(message({ body: Buffer.alloc(1000) })));
    count++;
  }
  store.writeNow();
  const again = await openStore(storeOptions(copyOf(t, root), { clock }));
  await store.close();
  assert.equal(again.maxOffsetInQueue('TopicA', 0), count);
  await again.close();
});

test('after a crash nothing is missing in the queues although the clock went back before anything was dispatched', async (t) => {
  const root = temporaryFolder(t);
  let nowMs = 1_000_000;
  const options = { clock: { ...systemClock, nowMs: () => nowMs }, confirmOffsetLimitsDispatch: true };
  const first = await openStore(storeOptions(root, options));
  placed(first.append(message()));
  first.writeNow();
  first.setConfirmOffset(first.maxPhyOffset);
  await first.close();
  const store = await openStore(storeOptions(root, options));
  nowMs = 500_000;
  let count = 1;
  for (; store.maxPhyOffset < store.segmentSize + 1000; count++) store.append(message({ body: Buffer.alloc(1000) }));
  store.writeNow();
  const again = await openStore(storeOptions(copyOf(t, root), options));
  await store.close();
  again.setConfirmOffset(again.maxPhyOffset);
  assert.equal(again.maxOffsetInQueue('TopicA', 0), count);
  await again.close();
});

test('a start that is interrupted while it recovers has to be done again', async (t) => {
  const root = temporaryFolder(t);
  const store = await openStore(storeOptions(root));
  placed(store.append(message()));
  await store.close();
  rmSync(join(root, 'consumequeue'), { recursive: true });
  const touched: string[] = [];
  const disk: Disk = {
    ...systemDisk,
    open(path, mode) {
      if (mode !== 'r') touched.push(path);
      return systemDisk.open(path, mode);
    },
  };
  const again = await openStore(storeOptions(root, { disk }));
  await again.close();
  assert.ok(touched.some((path) => path.includes('consumequeue')));
  assert.equal(touched[0], join(root, 'abort'));
});
