import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import { RaftDriver } from '../dledger/driver.ts';
import { decodeEntryHeader, decodeIndexUnit } from '../dledger/entry-format.ts';
import { dledgerTimings } from '../raft/options.ts';
import { openStore } from './open.ts';
import {
  copyOf,
  expectedRecords,
  goldenStore,
  message,
  placed,
  storeOptions,
  temporaryFolder,
} from './store.fixture.ts';
import type { MessageStore } from './types.ts';

const expected = expectedRecords('old-4.9.7-dledger');
const goldenEnd = expected.at(-1)!.physicalOffset + expected.at(-1)!.storeSize;

function open(root: string): Promise<MessageStore> {
  const folder = join(root, 'dledger-n0');
  const dledger = { folder, dataPath: join(folder, 'data') };
  return openStore(storeOptions(root, { release: 'old', confirmOffsetLimitsDispatch: true, dledger }));
}

/** The golden store; the archive keeps only the used part of the index. */
function golden(t: TestContext): string {
  const root = goldenStore(t, 'old-4.9.7-dledger');
  truncateSync(join(root, 'dledger-n0/index', '0'.repeat(20)), 167772160);
  return root;
}

async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < endMs, `not in 10 s: ${String(condition)}`);
    await new Promise(setImmediate);
  }
}

/** The member of a group of one: it leads, and commits what it stored. */
async function lead(store: MessageStore): Promise<RaftDriver> {
  const log = store.dledger!;
  const driver = new RaftDriver({
    raft: {
      group: 'broker-a',
      selfId: 'n0',
      peerIds: ['n0'],
      segmentBytes: store.segmentSize,
      timings: dledgerTimings,
      random: seededRandom(1),
      kind: 'COMMIT_LOG',
    },
    store: log,
    clock: systemClock,
    log: silentLog,
    send: () => Promise.resolve(null),
    apply() {},
    applied: (index) => store.setConfirmOffset(log.endOf(index)),
    schedule: setImmediate,
  });
  log.appendedBy(driver);
  driver.start();
  await until(() => driver.status.serving);
  store.countQueues();
  return driver;
}

function allReadable(store: MessageStore): void {
  for (const { topic, queueId, queueOffset, physicalOffset, properties } of expected) {
    const byPlace = store.lookMessage(physicalOffset)!;
    const byQueue = store.getMessages(topic, queueId, queueOffset, 1, null);
    assert.equal(byQueue.status, 'FOUND', `${topic}/${queueId}/${queueOffset}`);
    assert.deepEqual(byQueue.records[0], byPlace);
    for (const key of [properties.UNIQ_KEY, ...(properties.KEYS ?? '').split(' ')].filter(Boolean)) {
      const found = store.queryByKey(topic, key!, 64, 0, Infinity);
      assert.ok(
        found.some((bytes) => bytes.equals(byPlace)),
        `${key} finds ${physicalOffset}`,
      );
    }
  }
}

for (const [title, prepare] of [
  ['as it is', () => {}],
  [
    'after a crash before the first checkpoint',
    (root: string) => {
      writeFileSync(join(root, 'abort'), '');
      rmSync(join(root, 'checkpoint'));
    },
  ],
  [
    'without its queues and key index',
    (root: string) => {
      for (const name of ['consumequeue', 'index', 'checkpoint']) rmSync(join(root, name), { recursive: true });
    },
  ],
  ['without the index of its entries', (root: string) => rmSync(join(root, 'dledger-n0/index'), { recursive: true })],
] as const) {
  test(`the store of a real DLedger broker opens ${title}, and every message is found`, async (t) => {
    const root = golden(t);
    prepare(root);
    const store = await open(root);
    assert.equal(store.maxPhyOffset, goldenEnd);
    assert.equal(store.dledger!.endIndex, 52);
    const driver = await lead(store);
    allReadable(store);
    await driver.stop();
    await store.close();
    assert.ok(!existsSync(join(root, 'abort')));
    const index = readFileSync(join(root, 'dledger-n0/index', '0'.repeat(20))).subarray(0, 53 * 32);
    const original = readFileSync(join(golden(t), 'dledger-n0/index', '0'.repeat(20))).subarray(0, 53 * 32);
    assert.deepEqual(index, original);
    assert.match(readFileSync(join(root, 'dledger-n0/checkpoint'), 'utf8'), /committedIndex=52\nendIndex=52\n/);
  });
}

test('what is appended to it has the same form: entry, record, unit and the end of a segment', async (t) => {
  const root = golden(t);
  const store = await open(root);
  const driver = await lead(store);
  const results = Array.from({ length: 40 }, () => placed(store.append(message({ body: Buffer.alloc(1000, 'x') }))));
  const batch = store.appendBatch([message({ topic: 'TopicB' }), message({ topic: 'TopicB' })]);
  assert.ok(typeof batch === 'object');
  await until(() => store.confirmOffset >= batch[1]!.endOffset);
  assert.equal(store.maxOffsetInQueue('TopicB', 0), batch[1]!.queueOffset + 1);
  await driver.stop();
  await store.close();
  let end = goldenEnd;
  let index = 53;
  const indexBytes = readFileSync(join(root, 'dledger-n0/index', '0'.repeat(20)));
  for (const { physicalOffset, size, queueOffset } of [...results, ...batch]) {
    const start = physicalOffset - 48;
    const segmentStart = start - (start % 32768);
    const segment = readFileSync(join(root, 'dledger-n0/data', String(segmentStart).padStart(20, '0')));
    const place = { index, term: 0, pos: start, size: size + 48 };
    assert.deepEqual(decodeEntryHeader(segment.subarray(start - segmentStart)), place);
    assert.deepEqual(decodeIndexUnit(indexBytes.subarray(index * 32)), place);
    const record = segment.subarray(physicalOffset - segmentStart);
    assert.equal(record.readInt32BE(0), size);
    assert.equal(Number(record.readBigInt64BE(20)), queueOffset);
    assert.equal(Number(record.readBigInt64BE(28)), physicalOffset);
    assert.deepEqual(segment.subarray(start - segmentStart + 32, start - segmentStart + 44), Buffer.alloc(12));
    if (start !== end) {
      assert.equal(start, segmentStart, 'an entry that did not fit begins the next segment');
      assert.ok(32768 - (end % 32768) < size + 48 + 8);
      const before = readFileSync(join(root, 'dledger-n0/data', String(segmentStart - 32768).padStart(20, '0')));
      assert.equal(before.readInt32BE(end % 32768), -1);
      assert.equal(before.readInt32BE((end % 32768) + 4), 32768 - (end % 32768));
    }
    end = start + size + 48;
    index++;
  }
  const again = await open(root);
  assert.equal(again.maxPhyOffset, end);
  assert.equal(again.confirmOffset, end);
  assert.equal(again.maxOffsetInQueue('TopicB', 0), batch[1]!.queueOffset + 1);
  await again.close();
});

test('an entry cut short by a crash is cut off; what was whole before it stays', async (t) => {
  const root = temporaryFolder(t);
  const store = await open(root);
  const driver = await lead(store);
  const properties = 'TAGS\u0001TagA\u0002';
  const large = message({ body: Buffer.alloc(500, 'x'), properties });
  const results = Array.from({ length: 10 }, () => placed(store.append(large)));
  await until(() => store.confirmOffset >= results[9]!.endOffset);
  const killed = copyOf(t, root);
  await driver.stop();
  await store.close();
  const data = join(killed, 'dledger-n0/data', '0'.repeat(20));
  for (const cutBytes of [1, 100, 400, 590]) {
    const copy = copyOf(t, killed);
    const bytes = readFileSync(data);
    bytes.fill(0, results[9]!.endOffset - cutBytes, results[9]!.endOffset);
    writeFileSync(join(copy, 'dledger-n0/data', '0'.repeat(20)), bytes);
    const reopened = await open(copy);
    assert.equal(reopened.maxPhyOffset, results[8]!.endOffset, `${cutBytes} bytes are missing`);
    assert.equal(reopened.dledger!.endIndex, 8);
    const leader = await lead(reopened);
    assert.equal(reopened.maxOffsetInQueue('TopicA', 0), 9);
    assert.equal(placed(reopened.append(message())).queueOffset, 9);
    await leader.stop();
    await reopened.close();
  }
});

test('a plain store is not taken for a DLedger store', async (t) => {
  const root = goldenStore(t, 'old-4.9.7');
  await assert.rejects(open(root), { code: 'STORE_IS_PLAIN' });
});
