import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestCode } from '../../reference-impl/remoting/codes.ts';
import { decodeFrame } from '../../reference-impl/remoting/frame.ts';
import { FrameSplitter } from '../../reference-impl/remoting/frame-splitter.ts';
import { encodeFrame } from '../../reference-impl/remoting/frame-writer.ts';
import { type ExtFields, type RemotingCommand, SerializeType } from '../../reference-impl/remoting/types.ts';
import { AddressRewrite } from './address-rewrite.ts';

const announced = '127.0.0.1:10912';
const proxy = '127.0.0.1:20001';
const book = { [announced]: proxy };

interface Content {
  readonly code: number;
  readonly opaque: number;
  readonly flag?: number;
  readonly extFields?: ExtFields;
  readonly body?: string;
  readonly serializeType?: SerializeType;
}

function frame({ code, opaque, flag, extFields, body, serializeType }: Content): Buffer {
  const rest = { language: 0, version: 479, remark: null, serializeType: serializeType ?? SerializeType.JSON };
  return encodeFrame({
    code,
    opaque,
    flag: flag ?? 0,
    extFields: extFields ?? null,
    body: body === undefined ? null : Buffer.from(body),
    ...rest,
  });
}

function decoded(chunks: readonly Buffer[]): RemotingCommand {
  const frames = new FrameSplitter();
  frames.push(Buffer.concat(chunks));
  assert.ok(frames.next());
  return decodeFrame(frames);
}

for (const serializeType of Object.values(SerializeType)) {
  test(`the answer to a registration names the proxy, header encoding ${serializeType}`, () => {
    const rewrite = new AddressRewrite(book, {});
    const request = frame({ code: RequestCode.REGISTER_BROKER, opaque: 7, extFields: { haServerAddr: announced } });
    assert.deepEqual(Buffer.concat(rewrite.upstream(request)), request);
    const fields = { masterAddr: '127.0.0.1:10911', haServerAddr: announced };
    const answer = frame({ code: 0, opaque: 7, flag: 1, extFields: fields, body: '{}', serializeType });
    const seen = decoded(rewrite.downstream(answer));
    assert.deepEqual(seen.extFields, { masterAddr: '127.0.0.1:10911', haServerAddr: proxy });
    assert.deepEqual([seen.body?.toString(), seen.opaque, seen.serializeType], ['{}', 7, serializeType]);
  });
}

test('addresses in a body are replaced where they stand as whole strings, keys as bare as they came', () => {
  const rewrite = new AddressRewrite(book, {});
  rewrite.upstream(frame({ code: RequestCode.GET_BROKER_MEMBER_GROUP, opaque: 1 }));
  const body = `{"brokerAddrs":{0:"${announced}",1:"127.0.0.1:109121"},"brokerName":"x ${announced}"}`;
  const { body: seen } = decoded(rewrite.downstream(frame({ code: 0, opaque: 1, flag: 1, body })));
  assert.equal(seen?.toString(), `{"brokerAddrs":{0:"${proxy}",1:"127.0.0.1:109121"},"brokerName":"x ${announced}"}`);
});

test('a request of the other side is rewritten for the one that it reaches', () => {
  const rewrite = new AddressRewrite({}, book);
  const extFields = { masterAddress: announced, masterEpoch: '3' };
  const notice = frame({ code: RequestCode.NOTIFY_BROKER_ROLE_CHANGED, opaque: 1, flag: 2, extFields });
  assert.deepEqual(decoded(rewrite.upstream(notice)).extFields, { masterAddress: proxy, masterEpoch: '3' });
  assert.deepEqual(Buffer.concat(rewrite.downstream(notice)), notice);
});

test('what a broker tells a slave that comes, and is told by it, names proxies', () => {
  const rewrite = new AddressRewrite(book, book);
  const extFields = { masterAddress: announced, masterHaAddress: announced, masterFlushOffset: '7' };
  const rewritten = { masterAddress: proxy, masterHaAddress: proxy, masterFlushOffset: '7' };
  const request = frame({ code: RequestCode.EXCHANGE_BROKER_HA_INFO, opaque: 1, extFields });
  assert.deepEqual(decoded(rewrite.upstream(request)).extFields, rewritten);
  const answer = frame({ code: 0, opaque: 1, flag: 1, extFields });
  assert.deepEqual(decoded(rewrite.downstream(answer)).extFields, rewritten);
});

test('everything else passes byte for byte, however it is cut, also an answer that nobody asked for', () => {
  const rewrite = new AddressRewrite(book, book);
  const text = `{"haServerAddr":"${announced}"}`;
  const sent = [
    frame({ code: RequestCode.GET_BROKER_CONFIG, opaque: 1, flag: 0 }),
    frame({ code: 0, opaque: 1, flag: 1, body: text, extFields: { haServerAddr: announced } }),
    frame({ code: 0, opaque: 9, flag: 1, extFields: { haServerAddr: announced } }),
  ];
  rewrite.upstream(sent[0]!);
  const bytes = Buffer.concat(sent);
  const received: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 5) received.push(...rewrite.downstream(bytes.subarray(at, at + 5)));
  assert.deepEqual(Buffer.concat(received), bytes);
});
