import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from './wire.ts';

interface Golden {
  readonly name: string;
  readonly text: string;
}

const file = new URL('../../golden/controller/dledger-messages.json', import.meta.url);
const { messages } = JSON.parse(readFileSync(file, 'utf8')) as { messages: Golden[] };
const textOf = (name: string) => messages.find((message) => message.name === name)!.text;

const requests = [
  ['VoteRequest 51001', 'vote'],
  ['HeartBeatRequest 51002', 'heartBeat'],
  ['PushEntryRequest APPEND 51004', 'push'],
  ['PushEntryRequest COMPARE', 'push'],
  ['PushEntryRequest TRUNCATE', 'push'],
  ['PushEntryRequest COMMIT', 'push'],
] as const;

for (const [name, kind] of requests) {
  test(`${name} comes out as it went in`, () => {
    const text = textOf(name);
    assert.equal(encodeRequest(decodeRequest(kind, Buffer.from(text))).toString(), text);
  });
}

test('a batched append is read', () => {
  const request = decodeRequest('push', Buffer.from(textOf('PushEntryRequest batch APPEND')));
  assert.ok(request.kind === 'push');
  assert.deepEqual(request.entries, [{ index: 7, term: 3, pos: 1000, body: Buffer.from('\0\x03{}') }]);
});

const vote = decodeRequest('vote', Buffer.from(textOf('VoteRequest 51001')));
const responses = [
  ['VoteResponse', 'vote'],
  ['HeartBeatResponse ok', 'heartBeat'],
  ['HeartBeatResponse expired', 'heartBeat'],
  ['PushEntryResponse', 'push'],
] as const;

for (const [name, kind] of responses) {
  test(`${name} comes out as it went in`, () => {
    const text = textOf(name);
    assert.equal(encodeResponse(decodeResponse(kind, Buffer.from(text)), vote).toString(), text);
  });
}

test('what is not a message of DLedger is refused', () => {
  for (const body of ['', '[', '1', '{"term":"x"}', '{"type":"PULL"}']) {
    assert.throws(() => decodeRequest('push', Buffer.from(body)), { code: 'BODY_MALFORMED' });
  }
});
