import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBatch, encodeBatch } from './batch.ts';
import { golden } from './message.fixture.ts';

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
