import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Connection, RemotingCommand, RequestHandler } from '../remoting/types.ts';
import { handleTools } from './client-protocol.ts';
import {
  decodeTransferRequest,
  decodeTransferResponse,
  encodeTransferRequest,
  encodeTransferResponse,
} from './transfer.ts';
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

test('a batched append is written as it is read', () => {
  const entry = (index: number, pos: number) => ({ index, term: 3, pos, body: Buffer.from('\0\x03{}') });
  const ids = { group: 'grp', leaderId: 'n0', localId: 'n0', remoteId: 'n1', term: 3 };
  const entries = [entry(7, 1000), entry(8, 1052)];
  const batch = encodeRequest({ kind: 'push', type: 'APPEND', commitIndex: 6, ...ids, entries }).toString();
  const golden = textOf('PushEntryRequest batch APPEND');
  const [, one] = /"batchEntry":\[(.*?)\]/.exec(golden)!;
  const second = one!.replace('"index":7', '"index":8').replace('"pos":1000', '"pos":1052');
  const wanted = golden
    .replace(one!, `${one},${second}`)
    .replace('"count":1', '"count":2')
    .replace('"lastEntryIndex":7', '"lastEntryIndex":8')
    .replace('"totalSize":52', '"totalSize":104');
  assert.equal(batch, wanted);
});

test('a batched append is read', () => {
  const request = decodeRequest('push', Buffer.from(textOf('PushEntryRequest batch APPEND')));
  assert.ok(request.kind === 'push');
  assert.deepEqual(request.entries, [{ index: 7, term: 3, pos: 1000, body: Buffer.from('\0\x03{}') }]);
});

test('LeadershipTransferRequest 51005 and its response come out as they went in', () => {
  const request = textOf('LeadershipTransferRequest 51005');
  assert.equal(encodeTransferRequest(decodeTransferRequest(Buffer.from(request))).toString(), request);
  const response = textOf('LeadershipTransferResponse');
  assert.equal(encodeTransferResponse(decodeTransferResponse(Buffer.from(response))).toString(), response);
});

test('tools are told the members and an entry', async () => {
  const handlers = new Map<number, RequestHandler>();
  const entry = { index: 7, term: 3, pos: 1000, body: Buffer.from('\0\x03{}') };
  handleTools(
    { handle: (code, handler) => void handlers.set(code, handler) },
    {
      group: 'grp',
      selfId: 'n1',
      peers: new Map([
        ['n0', '127.0.0.1:9877'],
        ['n1', '127.0.0.1:9878'],
      ]),
      log: { beginIndex: 0, endIndex: 7, entry: (index) => (index === 7 ? entry : undefined) },
      status: () => ({
        role: 'LEADER',
        leaderId: 'n0',
        currTerm: 3,
        commitIndex: 7,
        appliedIndex: 7,
        endIndex: 7,
        serving: true,
      }),
    },
  );
  const ask = async (code: number, text: string) => {
    const answer = await handlers.get(code)!({ body: Buffer.from(text) } as RemotingCommand, {} as Connection);
    assert.equal(answer!.code, 200);
    return String(answer!.body);
  };
  assert.equal(await ask(50000, textOf('MetadataRequest 50000')), textOf('MetadataResponse'));
  const found = textOf('GetEntriesResponse').replace('"group":"grp"', '"group":"grp","leaderId":"n0"');
  assert.equal(await ask(50002, textOf('GetEntriesRequest 50002')), found);
  assert.match(await ask(50002, textOf('GetEntriesRequest 50002').replace(':7', ':8')), /"code":410/);
  assert.match(await ask(50000, textOf('MetadataRequest 50000').replace('"n1"', '"n5"')), /"code":401/);
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
