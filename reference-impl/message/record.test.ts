import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { javaCrc32, viewOf } from '../base/bytes.ts';
import { hostText } from './host.ts';
import { hostHex, offsetMsgId } from './ids.ts';
import { golden } from './message.fixture.ts';
import {
  blankRecord,
  decodeRecord,
  decodeRecords,
  encodeRecord,
  incompleteRecord,
  isBodyIntact,
  magicV1,
  magicV2,
  notARecord,
  propertiesLengthPosition,
  recordSizeAt,
  recordSizeBound,
} from './record.ts';
import { SysFlag, type MessageToStore, type StoredMessage } from './types.ts';

function reencode(message: StoredMessage): Buffer {
  const topic = Buffer.from(message.topic);
  const bytes = Buffer.alloc(recordSizeBound(message, topic));
  const { magic, queueOffset, physicalOffset, storeTimestamp } = message;
  const size = encodeRecord(
    bytes,
    viewOf(bytes),
    0,
    message,
    topic,
    magic,
    queueOffset,
    physicalOffset,
    storeTimestamp,
  );
  return bytes.subarray(0, size);
}

for (const { name, version, decoded, hex } of golden('pull-body.json')) {
  test(`${name}, ${version}: records decode and encode to the same bytes`, () => {
    const bytes = Buffer.from(hex, 'hex');
    const records = decodeRecords(bytes);
    const expected = decoded as Record<string, unknown>[];
    assert.equal(records.length, expected.length);
    records.forEach((record, i) => {
      const wanted = expected[i]!;
      assert.equal(record.size, wanted.size ?? wanted.totalSize);
      assert.equal(record.physicalOffset, wanted.commitLogOffset ?? wanted.physicalOffset);
      assert.equal(record.queueOffset, wanted.queueOffset);
      assert.equal(record.sysFlag, wanted.sysFlag);
      assert.equal(record.properties, wanted.properties);
      assert.equal(record.body.toString(), wanted.body);
      if (wanted.offsetMsgId !== undefined) {
        assert.equal(offsetMsgId(hostHex(record.storeHost), record.physicalOffset), wanted.offsetMsgId);
      }
      if (wanted.storeHost !== undefined) assert.equal(hostText(record.storeHost), wanted.storeHost);
    });
    const again = Buffer.concat(records.map(reencode));
    // The client-side encoder left bodyCRC 0 in the first group: put it back before comparing.
    let at = 0;
    for (const record of records) {
      if (record.bodyCrc === 0) again.writeInt32BE(0, at + 8);
      at += record.size;
    }
    assert.equal(again.toString('hex'), hex);
  });
}

const host = fc.record({
  ip: fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })),
  port: fc.nat(65535),
});
const message: fc.Arbitrary<MessageToStore> = fc.record({
  topic: fc.string({ minLength: 1, maxLength: 40 }),
  queueId: fc.nat(1000),
  flag: fc.integer(),
  sysFlag: fc.constantFrom(0, 1, 4, 8, 12, 769),
  bornTimestamp: fc.nat(2 ** 31),
  bornHost: host,
  storeHost: host,
  reconsumeTimes: fc.nat(20),
  preparedTransactionOffset: fc.maxSafeNat(),
  body: fc.uint8Array({ maxLength: 200 }),
  properties: fc.string({ maxLength: 60, unit: 'grapheme' }),
});

test('every message survives a record of either version', () => {
  fc.assert(
    fc.property(message, fc.constantFrom(magicV1, magicV2), fc.maxSafeNat(), (given, magic, physicalOffset) => {
      const sent = { ...given, magic, queueOffset: 7, physicalOffset, storeTimestamp: 1795462015019 };
      if (Buffer.byteLength(sent.topic) > 127) return;
      const bytes = reencode({ ...sent, size: 0, bodyCrc: 0 });
      const view = viewOf(bytes);
      assert.equal(recordSizeAt(view, 0, bytes.length), bytes.length);
      assert.equal(
        bytes.readInt16BE(propertiesLengthPosition(view, 0, bytes.length)),
        Buffer.byteLength(given.properties),
      );
      assert.ok(isBodyIntact(bytes, view, 0));
      const read = decodeRecord(bytes);
      const v6 =
        (given.bornHost.ip.length === 16 ? SysFlag.BORN_HOST_V6 : 0) |
        (given.storeHost.ip.length === 16 ? SysFlag.STORE_HOST_V6 : 0);
      assert.deepEqual(
        { ...read, body: [...read.body], bornHost: hostText(read.bornHost), storeHost: hostText(read.storeHost) },
        {
          ...sent,
          size: bytes.length,
          bodyCrc: javaCrc32(given.body),
          sysFlag: given.sysFlag | v6,
          body: [...given.body],
          bornHost: hostText(given.bornHost),
          storeHost: hostText(given.storeHost),
        },
      );
    }),
  );
});

test('a damaged or cut record is told apart', () => {
  const hex = golden('pull-body.json').find((entry) => entry.name.startsWith('captured'))!.hex;
  const bytes = Buffer.from(hex, 'hex');
  const size = bytes.readInt32BE(0);
  const record = bytes.subarray(0, size);
  assert.equal(recordSizeAt(viewOf(record), 0, size - 1), incompleteRecord);
  assert.equal(recordSizeAt(viewOf(Buffer.alloc(100)), 0, 100), notARecord);
  assert.equal(recordSizeAt(viewOf(Buffer.from('00000e40cbd43194', 'hex')), 0, 8), blankRecord);
  const bodyByte = 88;
  record[bodyByte]! ^= 1;
  assert.ok(!isBodyIntact(record, viewOf(record), 0));
  assert.notEqual(propertiesLengthPosition(viewOf(record), 0, size), -1);
  record[84]! ^= 1;
  assert.equal(propertiesLengthPosition(viewOf(record), 0, size), -1);
});
