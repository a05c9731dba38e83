import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBatch } from '../message/batch.ts';
import { decodeProperties, PropertyName } from '../message/properties.ts';
import { RequestCode } from '../remoting/codes.ts';
import { decodeWhole, readGolden } from '../remoting/golden.ts';
import type { RemotingCommand } from '../remoting/types.ts';
import { outcomeOfAnswer } from './send-outcome.ts';
import { type MessageInit, sendBatchRequest, sendRequest } from './send-request.ts';

// What stock producers sent and were answered: golden/client/exchanges-*.json.
const recordings = [
  ['4.9.7', 'old'],
  ['5.3.3', 'new'],
] as const;

/** Names that the producer writes itself; delay and transaction sends have more, which this client has no word for. */
const own: ReadonlySet<string> = new Set([
  PropertyName.KEYS,
  PropertyName.TAGS,
  PropertyName.WAIT,
  PropertyName.UNIQ_KEY,
]);

function exchanges(version: string, code: number): { request: RemotingCommand; answer: RemotingCommand }[] {
  return readGolden(`client/exchanges-${version}.json`)
    .filter(({ name, responseHex }) => name.startsWith(`${code} `) && responseHex !== undefined)
    .map(({ hex, responseHex }) => ({
      request: decodeWhole(Buffer.from(hex, 'hex')),
      answer: decodeWhole(Buffer.from(responseHex!, 'hex')),
    }));
}

function queueOf(request: RemotingCommand) {
  const { b, e, n } = request.extFields!;
  return { topic: b!, queueId: Number(e), brokerName: n! };
}

/** The message as a caller of ours would have given it. */
function messageOf(body: Uint8Array, flag: number, text: string): MessageInit {
  const properties = decodeProperties(text);
  return {
    body,
    flag,
    keys: properties.get(PropertyName.KEYS),
    tags: properties.get(PropertyName.TAGS),
    waitStoreMsgOK: properties.get(PropertyName.WAIT) !== 'false',
    properties: Object.fromEntries([...properties].filter(([name]) => !own.has(name))),
  };
}

for (const [version, release] of recordings) {
  const contextOf = (request: RemotingCommand, uniqKeys: (string | undefined)[]) => ({
    release,
    producerGroup: request.extFields!.a!,
    bornTimestamp: Number(request.extFields!.g),
    uniqKey: () => uniqKeys.shift() ?? '',
  });

  test(`a send says what a stock producer of ${version} says`, () => {
    const sends = exchanges(version, RequestCode.SEND_MESSAGE_V2);
    const plain = sends.filter(({ request }) => request.extFields!.f === '0');
    assert.ok(plain.length > 2);
    for (const { request } of plain) {
      const { h, i } = request.extFields!;
      const uniqKey = decodeProperties(i!).get(PropertyName.UNIQ_KEY);
      const message = messageOf(request.body!, Number(h), i!);
      const built = sendRequest(queueOf(request), message, contextOf(request, [uniqKey]));
      assert.equal(built.code, request.code);
      assert.deepEqual(decodeProperties(built.extFields!.i!), decodeProperties(i!));
      assert.equal(built.extFields!.i!.endsWith('\u0002'), i!.endsWith('\u0002'));
      assert.deepEqual({ ...built.extFields, i: '' }, { ...request.extFields, i: '' });
      assert.deepEqual(built.body, request.body);
    }
  });

  test(`a batch is laid out as by a stock producer of ${version}`, () => {
    const [{ request } = assert.fail()] = exchanges(version, RequestCode.SEND_BATCH_MESSAGE);
    const items = decodeBatch(request.body!);
    const uniqKeyOf = (text: string) => decodeProperties(text).get(PropertyName.UNIQ_KEY);
    const messages = items.map(({ body, flag, properties }) => messageOf(body, flag, properties));
    const uniqKeys = [...items.map(({ properties }) => uniqKeyOf(properties)), uniqKeyOf(request.extFields!.i!)];
    const built = sendBatchRequest(queueOf(request), messages, contextOf(request, uniqKeys));
    assert.deepEqual({ ...built.extFields, i: '' }, { ...request.extFields, i: '' });
    assert.deepEqual(decodeProperties(built.extFields!.i!), decodeProperties(request.extFields!.i!));
    const facts = (bytes: Uint8Array) =>
      decodeBatch(Buffer.from(bytes)).map(({ body, flag, properties }) => [
        body.toString(),
        flag,
        decodeProperties(properties),
      ]);
    assert.deepEqual(facts(built.body!), facts(request.body!));
    assert.equal(built.body!.length, request.body!.length);
  });

  test(`answers of a ${version} broker become outcomes with their place`, () => {
    const kinds = exchanges(version, RequestCode.SEND_MESSAGE_V2).map(({ answer }) => {
      const outcome = outcomeOfAnswer({ brokerName: 'broker-a', address: 'a:1', queueId: 99 }, answer);
      if (outcome.kind === 'refused') return `refused ${outcome.code}`;
      assert.equal(outcome.queueId, Number(answer.extFields!.queueId));
      assert.equal(outcome.queueOffset, Number(answer.extFields!.queueOffset));
      assert.equal(outcome.offsetMsgId, answer.extFields!.msgId);
      return outcome.kind;
    });
    const badQueue = release === 'old' ? 'refused 1' : 'refused 29';
    assert.deepEqual(new Set(kinds), new Set(['SEND_OK', badQueue]));
  });
}
