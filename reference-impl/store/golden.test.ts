import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
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
