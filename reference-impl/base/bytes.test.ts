import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { javaCrc32, javaHashCode, readInt64, viewOf, writeInt64 } from './bytes.ts';

test('i64 agrees with BigInt for every safe integer', () => {
  const view = new DataView(new ArrayBuffer(8));
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      writeInt64(view, 0, value);
      assert.equal(view.getBigInt64(0), BigInt(value));
      assert.equal(readInt64(view, 0), value);
    }),
  );
});

test('hash and checksum are those of Java', () => {
  assert.equal(javaHashCode('TagA'), 2598919);
  assert.equal(javaHashCode(''), 0);
  assert.equal(javaCrc32(Buffer.from('123456789')), 0xcbf43926 & 0x7fffffff);
});

test('viewOf covers exactly the bytes of a slice', () => {
  const slice = Buffer.from('0102030405', 'hex').subarray(1, 3);
  assert.equal(viewOf(slice).getUint16(0), 0x0203);
  assert.equal(viewOf(slice).byteLength, 2);
});
