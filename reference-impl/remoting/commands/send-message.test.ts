import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBatch, encodeBatch } from '../../message/batch.ts';
import { decodeWhole, isFrame, readGolden } from '../golden.ts';
import { RequestCode } from '../codes.ts';
import { decodeSendMessage, encodeSendMessageV2 } from './send-message.ts';

for (const { name, version, hex } of readGolden('client/send.json')) {
  const bytes = Buffer.from(hex, 'hex');
  if (isFrame(bytes)) {
    test(`${name} of ${version} is read, and written back as V2`, () => {
      const { code, extFields } = decodeWhole(bytes);
      const header = decodeSendMessage(code, extFields);
      assert.equal(header.topic, 'TopicA');
      assert.equal(header.queueId, 2);
      assert.equal(header.bornTimestamp, 1_700_000_000_000);
      const again = encodeSendMessageV2(header, 'broker-a');
      if (code !== RequestCode.SEND_MESSAGE) assert.deepEqual({ ...again, n: extFields?.n }, { ...extFields });
      assert.deepEqual(decodeSendMessage(RequestCode.SEND_MESSAGE_V2, again), { ...header });
    });
  } else {
    test(`${name} of ${version} is read and written back`, () => {
      assert.deepEqual(encodeBatch(decodeBatch(bytes)), bytes);
    });
  }
}

test('a number is read as Java writes it, anything else is refused', () => {
  const fields = encodeSendMessageV2({ ...decodeSendMessage(310, null), topic: 'T' }, 'b');
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      assert.equal(decodeSendMessage(310, { ...fields, g: String(value) }).bornTimestamp, value);
    }),
  );
  for (const text of ['', '-', 'x', '1e3', '0x10', ' 1', '1.5', '99999999999999999']) {
    assert.throws(() => decodeSendMessage(310, { ...fields, g: text }), /"g"/, text);
  }
});
