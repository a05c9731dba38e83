import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { javaHashCode } from '../base/bytes.ts';
import { hostText } from '../message/host.ts';
import { hostHex, offsetMsgId } from '../message/ids.ts';
import { decodeProperties } from '../message/properties.ts';
import { decodeRecord } from '../message/record.ts';
import { openStore } from './open.ts';
import { expectedRecords, goldenStore, storeOptions, type ExpectedRecord } from './store.fixture.ts';

const stores = [
  { name: 'new-5.3.3', expected: 'new-5.3.3', release: 'new', end: 42542 },
  { name: 'new-5.3.3-killed', expected: 'new-5.3.3', release: 'new', end: 42147 },
  { name: 'old-4.9.7', expected: 'old-4.9.7', release: 'old', end: 37038 },
  { name: 'old-4.9.7-killed', expected: 'old-4.9.7', release: 'old', end: 37038 },
] as const;

/** What a decoded record says, in the words of expected.json. */
function describe(bytes: Buffer): Partial<ExpectedRecord> {
  const record = decodeRecord(bytes);
  return {
    topic: record.topic,
    queueId: record.queueId,
    queueOffset: record.queueOffset,
    physicalOffset: record.physicalOffset,
    storeSize: record.size,
    flag: record.flag,
    sysFlag: record.sysFlag,
    bornTimestamp: record.bornTimestamp,
    storeTimestamp: record.storeTimestamp,
    bornHost: hostText(record.bornHost),
    storeHost: hostText(record.storeHost),
    reconsumeTimes: record.reconsumeTimes,
    preparedTransactionOffset: record.preparedTransactionOffset,
    bodyCRC: record.bodyCrc,
    msgId: offsetMsgId(hostHex(record.storeHost), record.physicalOffset),
    properties: Object.fromEntries(decodeProperties(record.properties)),
    bodyBase64: Buffer.from(record.body).toString('base64'),
  };
}

function pick(record: ExpectedRecord, like: Partial<ExpectedRecord>): Partial<ExpectedRecord> {
  return Object.fromEntries(Object.keys(like).map((key) => [key, record[key as keyof ExpectedRecord]]));
}

for (const { name, expected, release, end } of stores) {
  test(`${name}: every message is found by place, by queue and by key`, async (t) => {
    const root = goldenStore(t, name);
    const store = await openStore(storeOptions(root, { release }));
    assert.ok(existsSync(join(root, 'abort')));
    assert.equal(store.maxPhyOffset, end);
    assert.equal(store.minPhyOffset, 0);
    const records = expectedRecords(expected).filter((record) => record.physicalOffset < end);
    for (const record of records) {
      const byPlace = store.lookMessage(record.physicalOffset)!;
      const decoded = describe(byPlace);
      assert.deepEqual(decoded, pick(record, decoded));
      const byQueue = store.getMessages(record.topic, record.queueId, record.queueOffset, 1, null);
      assert.equal(byQueue.status, 'FOUND');
      assert.deepEqual(byQueue.records[0], byPlace);
      assert.equal(byQueue.nextBeginOffset, record.queueOffset + 1);
      const keys = [record.properties.UNIQ_KEY!, ...(record.properties.KEYS ?? '').split(' ')].filter(Boolean);
      for (const key of keys) {
        const found = store.queryByKey(record.topic, key, 64, 0, Number.MAX_SAFE_INTEGER);
        assert.ok(
          found.some((bytes) => bytes.equals(byPlace)),
          `${key} finds ${record.physicalOffset}`,
        );
      }
    }
    const ends = new Map<string, number>();
    for (const record of records) ends.set(`${record.topic}/${record.queueId}`, record.queueOffset + 1);
    for (const { topic, queueId } of store.queues()) {
      assert.equal(store.maxOffsetInQueue(topic, queueId), ends.get(`${topic}/${queueId}`), `${topic}/${queueId}`);
      assert.equal(store.minOffsetInQueue(topic, queueId), 0);
    }
    assert.equal([...store.queues()].length, ends.size);
    await store.close();
    assert.ok(!existsSync(join(root, 'abort')));
  });
}

/** Every file with its bytes' hash. */
function fingerprint(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => {
      const file = join(folder, path);
      return statSync(file).isDirectory()
        ? path
        : `${path} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`;
    });
}

test('a DLedger store is refused and left as it is', async (t) => {
  const root = goldenStore(t, 'old-4.9.7-dledger');
  const before = fingerprint(root);
  await assert.rejects(openStore(storeOptions(root)), { code: 'STORE_IS_DLEDGER' });
  assert.deepEqual(fingerprint(root), before);
});

test('the records inside DLedger entries decode', (t) => {
  const root = goldenStore(t, 'old-4.9.7-dledger');
  for (const record of expectedRecords('old-4.9.7-dledger')) {
    const segment = readFileSync(join(root, 'dledger-n0/data', record.file));
    const bytes = segment.subarray(record.position + 48, record.position + record.size);
    const decoded = describe(bytes);
    assert.deepEqual(decoded, pick(record, decoded));
  }
});

for (const name of ['new-5.3.3', 'old-4.9.7'] as const) {
  test(`${name}: queues, key index and checkpoint rebuilt from the log alone are those of RocketMQ`, async (t) => {
    const root = goldenStore(t, name);
    const original = goldenStore(t, name);
    // The golden queues keep their tag hashes in the extension; ours are compared with what stands there.
    for (const folder of ['consumequeue', 'index', 'consumequeue_ext']) rmSync(join(root, folder), { recursive: true });
    rmSync(join(root, 'checkpoint'));
    const release = name.startsWith('new') ? 'new' : 'old';
    const store = await openStore(storeOptions(root, { release }));
    await store.close();
    const paths = filesOf(join(original, 'consumequeue'));
    assert.deepEqual(filesOf(join(root, 'consumequeue')), paths);
    for (const path of paths) {
      const rebuilt = readFileSync(join(root, 'consumequeue', path));
      const wanted = resolveExtension(original, path);
      assert.deepEqual(rebuilt, wanted, path);
    }
    const [index] = readdirSync(join(original, 'index'));
    const [rebuiltIndex] = readdirSync(join(root, 'index'));
    assert.deepEqual(readFileSync(join(root, 'index', rebuiltIndex!)), readFileSync(join(original, 'index', index!)));
    const checkpoint = readFileSync(join(original, 'checkpoint'));
    const rebuiltCheckpoint = readFileSync(join(root, 'checkpoint'));
    // RocketMQ leaves physicMsgTimestamp behind and indexMsgTimestamp at 0 until a file is full: both only widen recovery.
    checkpoint.copy(rebuiltCheckpoint, 0, 0, 8);
    checkpoint.copy(rebuiltCheckpoint, 16, 16, 24);
    assert.deepEqual(rebuiltCheckpoint, checkpoint);
  });
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

/** A queue segment with the tag hashes in place of their addresses. */
function resolveExtension(root: string, path: string): Buffer {
  const queue = readFileSync(join(root, 'consumequeue', path));
  const extension = readFileSync(join(root, 'consumequeue_ext', path));
  for (let at = 0; queue.readInt32BE(at + 8) > 0; at += 20) {
    const address = Number(queue.readBigInt64BE(at + 12) + 2n ** 63n);
    extension.copy(queue, at + 12, address + 2, address + 10);
  }
  return queue;
}

test('a filter sees the tag hash that stands in the extension', async (t) => {
  const store = await openStore(storeOptions(goldenStore(t, 'new-5.3.3')));
  const seen: number[] = [];
  const filter = { matchesTagsCode: (tagsCode: number) => seen.push(tagsCode) > 0, matchesRecord: null };
  store.getMessages('TopicA', 1, 0, 32, filter);
  const wanted = expectedRecords('new-5.3.3').filter((record) => record.topic === 'TopicA' && record.queueId === 1);
  assert.deepEqual(
    seen,
    wanted.map((record) => javaHashCode(record.properties.TAGS!)),
  );
  await store.close();
});
