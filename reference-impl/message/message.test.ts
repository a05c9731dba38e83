import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../base/clock.ts';
import { javaCrc32, viewOf } from '../base/bytes.ts';
import { decodeBatch, encodeBatch } from './batch.ts';
import { hostText, parseHost } from './host.ts';
import { hostHex, offsetMsgId, parseOffsetMsgId, parseUniqKey, uniqKeySource } from './ids.ts';
import { decodeProperties, encodeProperties, joinProperties, propertyOf, propertyPattern } from './properties.ts';
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

interface Golden {
  readonly name: string;
  readonly version: string;
  readonly decoded: unknown;
  readonly hex: string;
}

function golden(file: string): Golden[] {
  return JSON.parse(readFileSync(new URL(`../../golden/client/${file}`, import.meta.url), 'utf8')) as Golden[];
}

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

for (const { name, version, decoded, hex } of golden('send.json').filter((entry) => entry.name.startsWith('batch'))) {
  test(`${name}, ${version}: decodes and encodes to the same bytes`, () => {
    const messages = decodeBatch(Buffer.from(hex, 'hex'));
    const wanted = decoded as { flags: number[]; bodies: string[]; properties0: string };
    assert.deepEqual(
      messages.map((message) => message.flag),
      wanted.flags,
    );
    assert.deepEqual(
      messages.map((message) => Buffer.from(message.body).toString()),
      wanted.bodies,
    );
    assert.equal(messages[0]!.properties, wanted.properties0);
    assert.equal(encodeBatch(messages).toString('hex'), hex);
  });
}

test('a batch body cut anywhere or padded is refused', () => {
  const whole = Buffer.from(golden('send.json').find((entry) => entry.name.startsWith('batch'))!.hex, 'hex');
  const boundaries = new Set([0, 99, 198]);
  for (let length = 0; length < whole.length; length++) {
    if (boundaries.has(length)) continue;
    assert.throws(() => decodeBatch(whole.subarray(0, length)), { code: 'BODY_MALFORMED' });
  }
  assert.throws(() => decodeBatch(Buffer.concat([whole, Buffer.of(0)])), { code: 'BODY_MALFORMED' });
});

test('ids agree with those of the published classes', () => {
  for (const { name, decoded, hex } of golden('ids.json')) {
    if (name.startsWith('offset msgId')) {
      const parsed = parseOffsetMsgId(decoded as string)!;
      assert.equal(parsed.physicalOffset, 123456789);
      assert.equal(parsed.storeHost.port, 10911);
      assert.equal(offsetMsgId(hostHex(parsed.storeHost), parsed.physicalOffset), decoded);
    } else if (name.startsWith('uniq id')) {
      const { id, pid } = decoded as { id: string; pid: number };
      assert.equal(parseUniqKey(id)!.pid, pid);
      assert.equal(Buffer.from(parseUniqKey(id)!.ip).toString('hex'), hex.slice(0, 32));
    }
  }
  assert.equal(parseOffsetMsgId('7F00000100002A9F'), null);
  assert.equal(parseUniqKey('Z'.repeat(32)), null);
});

test('a UNIQ_KEY names address, process, time and counter', () => {
  const nowMs = new Date(2026, 10, 23, 12).getTime();
  const next = uniqKeySource(Uint8Array.of(127, 0, 0, 1), { ...systemClock, nowMs: () => nowMs });
  const [first, second] = [parseUniqKey(next())!, parseUniqKey(next())!];
  assert.deepEqual([...first.ip], [127, 0, 0, 1]);
  assert.equal(first.pid, process.pid & 0xffff);
  assert.equal(first.msSinceMonthStart, (22 * 24 + 12) * 3600_000);
  assert.equal(first.classLoaderHash, second.classLoaderHash);
  assert.deepEqual([first.counter, second.counter], [0, 1]);
});

test('hosts of both families survive text', () => {
  assert.deepEqual([...parseHost('10.0.0.2:10911').ip], [10, 0, 0, 2]);
  assert.equal(hostText(parseHost('[2001:db8::2]:10911')), '[2001:db8:0:0:0:0:0:2]:10911');
  assert.equal(hostText(parseHost('[::ffff:1.2.3.4]:1')), '[0:0:0:0:0:ffff:102:304]:1');
  assert.equal(hostText(parseHost('[::]:1')), '[0:0:0:0:0:0:0:0]:1');
  assert.throws(() => parseHost('broker-a:10911'), { code: 'ADDRESS_ILLEGAL' });
});

test('properties: endings of both releases, duplicates, and what the Java decoder drops', () => {
  const entries = [
    ['KEYS', 'k'],
    ['TAGS', 't'],
  ] as const;
  assert.equal(encodeProperties(entries, 'new'), 'KEYS\u0001k\u0002TAGS\u0001t\u0002');
  assert.equal(encodeProperties(entries, 'old'), 'KEYS\u0001k\u0002TAGS\u0001t');
  assert.equal(encodeProperties([], 'old'), '');
  assert.deepEqual(
    [...decodeProperties('a\u00011\u0002a\u00012\u0002noSeparator\u0002b\u0001\u0002\u0001v')],
    [['a', '2']],
  );
  assert.equal(joinProperties('a\u00011', 'b\u00012\u0002'), 'a\u00011\u0002b\u00012\u0002');
  assert.equal(joinProperties('a\u00011\u0002', 'b\u00012'), 'a\u00011\u0002b\u00012');
  assert.equal(joinProperties('', 'b\u00012'), 'b\u00012');
});

test('one property is found as the whole map would show it', () => {
  const word = fc.stringMatching(/^[A-C]{1,3}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word)), word, fc.constantFrom('old', 'new'), (entries, name, release) => {
      const text = encodeProperties(entries, release);
      assert.equal(propertyOf(text, propertyPattern(name)), decodeProperties(text).get(name));
    }),
  );
});

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
