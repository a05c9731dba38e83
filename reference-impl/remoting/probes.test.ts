// The recorded probes of both releases, replayed byte for byte against our server: raw bytes in, raw bytes or a close out.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { silentLog } from '../base/log.ts';
import { seededRandom, type Random } from '../base/random.ts';
import type { Release } from '../base/release.ts';
import { decodeWhole, isFrame, jsonFrame, readGolden, type GoldenEntry } from './golden.ts';
import { createRemotingServer } from './server.ts';
import type { RemotingServer } from './types.ts';

const served = { code: 0, extFields: { offset: '42' } };
const servedCode = 105;

async function startServer(
  t: TestContext,
  release: Release,
  unknownCode: 'refuse' | 'ignore',
): Promise<RemotingServer> {
  const server = createRemotingServer({ release, log: silentLog, bindAddress: '127.0.0.1', port: 0, unknownCode });
  server.handle(servedCode, () => served);
  t.after(() => server.stop());
  await server.start();
  return server;
}

/**
 * Sends `bytes` and returns what came back as hex, or `closed`, or `silence`. A request that is always served follows on
 * another connection: once its answer is there, the probe had its turn, and the server serves others unharmed.
 */
function probe(server: RemotingServer, bytes: Buffer, answerBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host: '127.0.0.1' });
    const received: Buffer[] = [];
    const end = (outcome: string) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      received.push(chunk);
      const answer = Buffer.concat(received);
      if (answer.length >= answerBytes) end(answer.toString('hex'));
    });
    socket.on('close', () => end('closed'));
    socket.write(bytes, () => {
      if (answerBytes === 0) void serveWitnesses(server, 3).then(() => end('silence'), reject);
    });
  });
}

async function serveWitnesses(server: RemotingServer, count: number): Promise<void> {
  for (let i = 0; i < count; i++) assert.notEqual(await probe(server, request({ opaque: i }), 1), 'closed');
}

function request(header: object): Buffer {
  return jsonFrame(JSON.stringify({ code: servedCode, flag: 0, language: 'JAVA', opaque: 7, version: 0, ...header }));
}

const releaseOf = { '4.9.7': 'old', '5.3.3': 'new' } as const;

test('all 90 recorded answers leave our server with the same bytes, in the header type and with the texts of the release', async (t) => {
  const answered = readGolden('remoting/probes.json').filter(({ hex, responseHex }) => {
    return responseHex !== undefined && isFrame(Buffer.from(hex, 'hex'));
  });
  let byHandler = 0;
  for (const { name, version, hex, responseHex } of answered) {
    const server = createRemotingServer({
      release: releaseOf[version],
      log: silentLog,
      bindAddress: '127.0.0.1',
      port: 0,
    });
    const { code, remark, extFields, body } = decodeWhole(Buffer.from(responseHex!, 'hex'));
    // Unknown codes answer themselves; for the others the handler says what the release said.
    if (code !== 3) {
      server.handle(decodeWhole(Buffer.from(hex, 'hex')).code, () => ({ code, remark, extFields, body }));
      byHandler++;
    }
    t.after(() => server.stop());
    await server.start();
    const answer = await probe(server, Buffer.from(hex, 'hex'), responseHex!.length / 2);
    assert.equal(answer, responseHex, `${version} ${name}`);
  }
  assert.deepEqual({ answered: answered.length, byHandler }, { answered: 90, byHandler: 79 });
});

test('what the old NameServer closed on or was silent about, ours closes on or is silent about', async (t) => {
  const server = await startServer(t, 'old', 'ignore');
  const entries = readGolden('remoting/probes.json').filter((entry) => framingOutcome(entry) !== undefined);
  assert.equal(entries.length, 10);
  for (const entry of entries) {
    assert.equal(await probe(server, Buffer.from(entry.hex, 'hex'), 0), framingOutcome(entry), entry.name);
  }
});

/** Outcome of a probe that the NameServer did not answer. A TLS handshake is not built: ours closes. */
function framingOutcome({ name, description }: GoldenEntry): string | undefined {
  if (description.startsWith('NameServer: closed') || name.startsWith('first byte 0x16')) return 'closed';
  return description.startsWith('NameServer: no answer') ? 'silence' : undefined;
}

const haproxyLine = Buffer.from('PROXY TCP4 1.2.3.4 5.6.7.8 111 222\r\n');

/** [what is sent, outcome of old, outcome of new]; `served` stands for an answer. */
const framing: readonly (readonly [name: string, bytes: Buffer, old: string, fresh: string])[] = [
  ['length field 16777213', Buffer.from('00fffffd0000000a78787878', 'hex'), 'closed', 'closed'],
  ['length field 2 GiB - 1', Buffer.from('7fffffff0000000a78787878', 'hex'), 'closed', 'closed'],
  ['negative length', Buffer.from('ffffffff0000000a78787878', 'hex'), 'closed', 'closed'],
  [
    'serializeType 5, 28 bytes',
    Buffer.concat([Buffer.from('0000001805000002', 'hex'), Buffer.alloc(20)]),
    'closed',
    'closed',
  ],
  ['serializeType 5, 10 bytes', Buffer.from('00000006050000027b7d', 'hex'), 'closed', 'silence'],
  ['length field 0, 4 bytes', Buffer.alloc(4), 'closed', 'silence'],
  ['length field 0, 12 bytes', Buffer.alloc(12), 'closed', 'closed'],
  ['header beyond the frame', Buffer.from('000000080000006461626364', 'hex'), 'closed', 'closed'],
  ['header hello', jsonFrame('hello'), 'closed', 'closed'],
  ['lenient header', jsonFrame("{code:105,'opaque':7,}"), 'served', 'served'],
  ['no language, no version', jsonFrame('{"code":105,"opaque":7}'), 'served', 'served'],
  ['language XX', request({ language: 'XX' }), 'served', 'served'],
  ['extFields value as number', request({ extFields: { queueId: 0 } }), 'served', 'served'],
  ['response bit', request({ flag: 1 }), 'silence', 'silence'],
  ['response and oneway bit', request({ flag: 3 }), 'silence', 'silence'],
  ['oneway', request({ flag: 2 }), 'silence', 'silence'],
  ['oneway, unknown code', request({ code: 9999, flag: 2 }), 'silence', 'silence'],
  ['flag 4', request({ flag: 4 }), 'served', 'served'],
  ['PROXY line in front', Buffer.concat([haproxyLine, request({})]), 'closed', 'served'],
  ['half a frame', request({}).subarray(0, 40), 'silence', 'silence'],
];

for (const release of ['old', 'new'] as const) {
  test(`framing of the ${release} release`, async (t) => {
    const server = await startServer(t, release, 'refuse');
    for (const [name, bytes, old, fresh] of framing) {
      const expected = release === 'old' ? old : fresh;
      const outcome = await probe(server, bytes, expected === 'served' ? 1 : 0);
      assert.equal(outcome.startsWith('0000') ? 'served' : outcome, expected, name);
    }
  });
}

test('a PROXY line names the peer; an opaque comes back as it was', async (t) => {
  const server = createRemotingServer({ release: 'new', log: silentLog, bindAddress: '127.0.0.1', port: 0 });
  server.handle(servedCode, (_request, connection) => ({ code: 0, remark: connection.remoteAddress }));
  t.after(() => server.stop());
  await server.start();
  const bytes = Buffer.concat([haproxyLine, request({ opaque: -2147483648 })]);
  const answer = decodeWhole(Buffer.from(await probe(server, bytes, 50), 'hex'));
  assert.deepEqual([answer.remark, answer.opaque], ['1.2.3.4:111', -2147483648]);
});

test('a binary request is answered in binary by old and in JSON by new', async (t) => {
  const binary = Buffer.from('0000001901000015006900019700000007000000000000000000000000', 'hex');
  for (const [release, serializeType] of [
    ['old', '01'],
    ['new', '00'],
  ] as const) {
    const server = await startServer(t, release, 'refuse');
    const answer = await probe(server, binary, 9);
    assert.equal(answer.slice(8, 10), serializeType);
  }
});

test('10000 random writes on 100 connections: each is closed or waits, and everybody else is served', async (t) => {
  for (const release of ['old', 'new'] as const) {
    const server = await startServer(t, release, 'refuse');
    const random = seededRandom(20261123);
    for (let connection = 0; connection < 100; connection++) {
      const socket = connect({ port: server.port, host: '127.0.0.1' });
      socket.on('error', () => {}); // a reset by the server is the expected end
      for (let write = 0; write < 100; write++) socket.write(randomBytes(random, request({})));
      await serveWitnesses(server, 1);
      socket.destroy();
    }
  }
});

/** Noise, or a request with one byte broken, or a whole one. */
function randomBytes(random: Random, valid: Buffer): Buffer {
  const kind = random.int(3);
  if (kind === 0) return Buffer.from(Array.from({ length: 1 + random.int(64) }, () => random.int(256)));
  const bytes = Buffer.from(valid);
  if (kind === 1) bytes[random.int(bytes.length)] = random.int(256);
  return bytes;
}
