import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { directDial } from '../base/address.ts';
import { silentLog } from '../base/log.ts';
import { createRemotingClient } from './client.ts';
import { encodeFrame } from './frame-writer.ts';
import { decodeFrame } from './frame.ts';
import { FrameSplitter } from './frame-splitter.ts';
import { createRemotingServer } from './server.ts';
import { SerializeType, type Connection, type RemotingCommand, type RemotingServerOptions } from './types.ts';

function createServer(t: TestContext, options: Partial<RemotingServerOptions> = {}) {
  const server = createRemotingServer({
    release: 'new',
    log: silentLog,
    bindAddress: '127.0.0.1',
    port: 0,
    ...options,
  });
  t.after(() => server.stop());
  return server;
}

function request(opaque: number, fields: Partial<RemotingCommand> = {}): Buffer {
  const header = { code: 1, language: 0, version: 0, opaque, flag: 0, remark: null, extFields: null, body: null };
  return encodeFrame({ ...header, serializeType: SerializeType.JSON, ...fields });
}

async function dial(t: TestContext, port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Reads `count` answers. */
async function answers(socket: Socket, count: number): Promise<RemotingCommand[]> {
  const frames = new FrameSplitter();
  const found: RemotingCommand[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    frames.push(chunk as Buffer);
    while (frames.next()) found.push(decodeFrame(frames));
    if (found.length >= count) break;
  }
  return found;
}

test('answers given in one turn leave in one write, in the order they were given', async (t) => {
  const server = createServer(t);
  server.handle(1, (request) => ({ code: 0, body: request.body }));
  let writes = 0;
  await server.start();
  const socket = await dial(t, server.port);
  socket.on('data', () => writes++);
  const opaques = Array.from({ length: 100 }, (_, i) => i);
  socket.write(Buffer.concat(opaques.map((opaque) => request(opaque, { body: Buffer.from('body') }))));
  const found = await answers(socket, 100);
  assert.deepEqual(
    found.map(({ opaque }) => opaque),
    opaques,
  );
  assert.equal(writes, 1);
});

test('a handler that throws, also later, is answered with code 1 and its text; sends get an extFields object', async (t) => {
  const server = createServer(t);
  server.handle(1, () => {
    throw new Error('broken now');
  });
  server.handle(310, () => Promise.reject(new Error('broken later')));
  await server.start();
  const socket = await dial(t, server.port);
  socket.write(Buffer.concat([request(1), request(2, { code: 310 }), request(3, { flag: 2 })]));
  const [now, later] = await answers(socket, 2);
  assert.deepEqual([now!.code, now!.remark, now!.extFields], [1, 'broken now', null]);
  assert.deepEqual([later!.code, later!.remark, later!.extFields], [1, 'broken later', {}]);
});

test('a handler may answer later through the connection', async (t) => {
  const server = createServer(t);
  const held: [RemotingCommand, Connection][] = [];
  server.handle(1, (request, connection) => {
    held.push([request, connection]);
    return undefined;
  });
  server.handle(2, () => {
    for (const [request, connection] of held) connection.reply(request, { code: 0, remark: 'late' });
    return { code: 0 };
  });
  await server.start();
  const socket = await dial(t, server.port);
  socket.write(Buffer.concat([request(1), request(2, { code: 2 })]));
  const found = await answers(socket, 2);
  assert.deepEqual(
    found.map(({ opaque, remark }) => [opaque, remark]),
    [
      [1, 'late'],
      [2, null],
    ],
  );
});

test('a peer that asks and does not read is no longer read from, and gets everything once it reads', async (t) => {
  const server = createServer(t);
  const answer = { code: 0, body: Buffer.alloc(65536) };
  let served = 0;
  server.handle(1, () => {
    served++;
    return answer;
  });
  await server.start();
  const socket = await dial(t, server.port);
  socket.pause();
  const total = 2000;
  for (let i = 0; i < total; i++) socket.write(request(i));
  // 128 MB of answers were asked for. Once others are served and nothing moves any more, the bound holds.
  let before = -1;
  while (before !== served) {
    before = served;
    await witness(t, server.port);
  }
  assert.ok(served < 400, `${served} answers were made for a peer that does not read`);
  const found = await answers(socket, total);
  assert.deepEqual([found.length, served], [total, total]);
  assert.equal(found.at(-1)!.opaque, total - 1);
});

/** Is served 20 times on a connection of its own. */
async function witness(t: TestContext, port: number): Promise<void> {
  const socket = await dial(t, port);
  for (let i = 0; i < 20; i++) {
    socket.write(request(i, { code: 999 }));
    await answers(socket, 1);
  }
  socket.destroy();
}

test('an idle connection is closed, a busy one is not', async (t) => {
  const server = createServer(t, { idleSeconds: 0.2 });
  server.handle(1, () => ({ code: 0 }));
  await server.start();
  const idle = await dial(t, server.port);
  const busy = await dial(t, server.port);
  const closed = once(idle, 'close');
  idle.resume();
  while (!idle.closed) {
    busy.write(request(1));
    await answers(busy, 1);
  }
  await closed;
  assert.equal(busy.closed, false);
});

test('a taken port is PORT_IN_USE with the address', async (t) => {
  const first = createServer(t);
  await first.start();
  const second = createServer(t, { port: first.port });
  await assert.rejects(second.start(), { code: 'PORT_IN_USE', message: new RegExp(`127.0.0.1:${first.port}`) });
});

test('stop sends what was answered, closes every connection and frees the port', async (t) => {
  const server = createServer(t);
  const closed: number[] = [];
  server.onConnection((connection) => connection.onClose(() => closed.push(connection.id)));
  const stopping = Promise.withResolvers<void>();
  server.handle(1, () => {
    process.nextTick(() => void server.stop().then(stopping.resolve));
    return { code: 0, remark: 'last' };
  });
  await server.start();
  const { port } = server;
  const socket = await dial(t, port);
  const other = await dial(t, port);
  other.resume();
  socket.write(request(1));
  assert.equal((await answers(socket, 1))[0]!.remark, 'last');
  socket.resume();
  await stopping.promise;
  assert.deepEqual([server.connectionCount, closed.length], [0, 2]);
  const next = createServer(t, { port });
  await next.start();
});

test('a server asks over the connection that its client opened', async (t) => {
  const server = createServer(t);
  server.handle(1, async (_request, connection) => {
    const answer = await connection.request({ code: 40, extFields: { consumerGroup: 'G' } }, 1000);
    connection.oneway({ code: 41 });
    return { code: 0, remark: answer.remark };
  });
  await server.start();
  const client = createRemotingClient({ release: 'new', log: silentLog, addressBook: directDial });
  t.after(() => client.close());
  const oneway = Promise.withResolvers<number>();
  client.handle(40, (request) => ({ code: 0, remark: `${request.extFields?.consumerGroup} seen` }));
  client.handle(41, (request) => {
    oneway.resolve(request.flag);
    return { code: 0 };
  });
  const answer = await client.invoke(`127.0.0.1:${server.port}`, { code: 1 }, 1000);
  assert.equal(answer.remark, 'G seen');
  assert.equal(await oneway.promise, 2);
});
