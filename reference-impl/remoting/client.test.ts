import assert from 'node:assert/strict';
import { createServer as createTcpServer } from 'node:net';
import { test, type TestContext } from 'node:test';
import { addressBook, directDial } from '../base/address.ts';
import { silentLog } from '../base/log.ts';
import { createRemotingClient } from './client.ts';
import { createRemotingServer } from './server.ts';
import { SerializeType, type RemotingClientOptions, type RemotingCommand } from './types.ts';

const echo = 1;
const silent = 2;

async function startServer(t: TestContext) {
  const server = createRemotingServer({ release: 'old', log: silentLog, bindAddress: '127.0.0.1', port: 0 });
  server.handle(echo, (request) => ({ code: 0, extFields: request.extFields, body: request.body }));
  server.handle(silent, () => undefined);
  await server.start();
  t.after(() => server.stop());
  return { server, address: `127.0.0.1:${server.port}` };
}

function createClient(t: TestContext, options: Partial<RemotingClientOptions> = {}) {
  const client = createRemotingClient({ release: 'new', log: silentLog, addressBook: directDial, ...options });
  t.after(() => client.close());
  return client;
}

test('invoke opens one connection per address, and a new one after a close', async (t) => {
  const { server, address } = await startServer(t);
  const client = createClient(t);
  await Promise.all([1, 2, 3].map(() => client.invoke(address, { code: echo }, 1000)));
  assert.equal(server.connectionCount, 1);
  const first = await client.connect(address, 1000);
  client.disconnect(address);
  assert.equal(first.closed, true);
  await assert.rejects(first.request({ code: echo }, 1000), { code: 'REMOTING_CONNECTION_CLOSED' });
  assert.equal((await client.invoke(address, { code: echo }, 1000)).code, 0);
  assert.notEqual(await client.connect(address, 1000), first);
});

test('both header encodings reach the server and come back from an old one', async (t) => {
  const { server, address } = await startServer(t);
  for (const serializeType of [SerializeType.JSON, SerializeType.ROCKETMQ]) {
    const client = createClient(t, { serializeType });
    const answer = await client.invoke(address, { code: echo, extFields: { a: '主"' }, body: Buffer.from([1]) }, 1000);
    assert.deepEqual(
      [answer.serializeType, answer.extFields, answer.body],
      [serializeType, { a: '主"' }, Buffer.from([1])],
    );
    await client.close();
  }
  await server.stop();
});

test('a late answer rejects, closes the connection and fails the others on it', async (t) => {
  const { address } = await startServer(t);
  const client = createClient(t);
  const connection = await client.connect(address, 1000);
  const other = assert.rejects(connection.request({ code: silent }, 60_000), { code: 'REMOTING_CONNECTION_CLOSED' });
  await assert.rejects(client.invoke(address, { code: silent }, 50), { code: 'REMOTING_TIMEOUT' });
  await other;
  assert.equal(connection.closed, true);
});

test('deadlines are kept in their own order, whatever the order of the requests', async (t) => {
  const { address } = await startServer(t);
  const client = createClient(t);
  const connection = await client.connect(address, 1000);
  const order: number[] = [];
  const startMs = performance.now();
  await Promise.all(
    [150, 50, 100].map(
      (timeoutMs) =>
        new Promise<void>((resolve) => {
          connection.requestWith({ code: silent }, timeoutMs, (error) => {
            assert.equal(error?.code, 'REMOTING_TIMEOUT');
            assert.ok(performance.now() - startMs >= timeoutMs);
            order.push(timeoutMs);
            resolve();
          });
        }),
    ),
  );
  assert.deepEqual(order, [50, 100, 150]);
  assert.equal(connection.closed, false);
});

test('hundreds of requests in flight each get their own answer', async (t) => {
  const { address } = await startServer(t);
  const client = createClient(t);
  const connection = await client.connect(address, 1000);
  const total = 5000;
  const found = new Set<string>();
  await new Promise<void>((resolve, reject) => {
    for (let i = 0; i < total; i++) {
      connection.requestWith({ code: echo, extFields: { i: String(i) } }, 5000, (error, answer) => {
        if (error !== null) return reject(error);
        assert.equal(answer!.extFields!.i, String(i));
        found.add(String(i));
        if (found.size === total) resolve();
      });
    }
  });
});

test('60 MB in flight in both directions at once come through: neither side waits for the other', async (t) => {
  const { address } = await startServer(t);
  const client = createClient(t);
  const connection = await client.connect(address, 1000);
  const body = Buffer.alloc(20_000);
  const sent = Array.from({ length: 3000 }, () => connection.request({ code: echo, body }, 10_000));
  const answers = await Promise.all(sent);
  assert.ok(answers.every((answer) => answer.body!.length === body.length));
});

test('more requests in flight than allowed are refused, never sent', async (t) => {
  const { address } = await startServer(t);
  const client = createClient(t, { inFlightMax: 2 });
  const connection = await client.connect(address, 1000);
  const held = [1, 2].map(() => connection.request({ code: silent }, 60_000).catch((thrown: unknown) => thrown));
  await assert.rejects(connection.request({ code: echo }, 1000), { code: 'REMOTING_TOO_MANY_REQUESTS' });
  connection.close();
  assert.equal((await Promise.all(held)).length, 2);
});

test('an address nobody listens on is REMOTING_CONNECT_FAILED; the address book decides where to dial', async (t) => {
  const { server, address } = await startServer(t);
  await server.stop();
  const client = createClient(t);
  await assert.rejects(client.invoke(address, { code: echo }, 1000), {
    code: 'REMOTING_CONNECT_FAILED',
    message: new RegExp(address),
  });
  const { address: dialled } = await startServer(t);
  const booked = createClient(t, { addressBook: addressBook({ 'broker-a:10911': dialled }) });
  assert.equal((await booked.invoke('broker-a:10911', { code: echo }, 1000)).code, 0);
});

test('a oneway arrives, and nothing comes back', async (t) => {
  const { server, address } = await startServer(t);
  const arrived = Promise.withResolvers<RemotingCommand>();
  server.handle(3, (request) => {
    arrived.resolve(request);
    return { code: 0 };
  });
  const client = createClient(t);
  await client.invokeOneway(address, { code: 3, body: Buffer.from('x') }, 1000);
  const request = await arrived.promise;
  assert.deepEqual([request.flag, request.version, String(request.body)], [2, 479, 'x']);
  assert.equal((await client.invoke(address, { code: echo }, 1000)).code, 0);
});

test('an answer that is no frame closes the connection', async (t) => {
  const garbage = createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => {
    garbage.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => garbage.close());
  const bound = garbage.address();
  assert.ok(typeof bound === 'object' && bound !== null);
  const client = createClient(t);
  await assert.rejects(client.invoke(`127.0.0.1:${bound.port}`, { code: echo }, 1000), {
    code: 'REMOTING_CONNECTION_CLOSED',
  });
});

test('a closed client refuses, and gives up connections that are being opened', async (t) => {
  const client = createClient(t, { connectTimeoutMs: 60_000 });
  // TEST-NET-1: nothing answers, where it is routed at all.
  const opening = client.invoke('192.0.2.1:9876', { code: echo }, 60_000).catch((thrown: unknown) => thrown);
  await client.close();
  assert.match(String(await opening), /192\.0\.2\.1:9876/);
  await assert.rejects(client.invoke('127.0.0.1:1', { code: echo }, 1000), { code: 'REMOTING_CONNECTION_CLOSED' });
});
