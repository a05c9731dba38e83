import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { remotingQuestion } from './probe.ts';
import { openRelay } from './relay.ts';
import { reservePort } from './ports.ts';

const peers: Socket[] = [];
const server = createServer((socket) => {
  peers.push(socket);
  socket.on('error', () => undefined); // the relay drops a connection: the test looks at its other end
  socket.on('data', (bytes) => socket.write(bytes));
});
let port: number;
let relay: AsyncDisposable;
before(async () => {
  const upstream = await reservePort();
  server.listen(upstream, '127.0.0.1');
  port = await reservePort();
  relay = await openRelay({
    listen: `127.0.0.1:${port}`,
    upstream: `127.0.0.1:${upstream}`,
    dialler: {},
    server: {},
  });
});
after(async () => {
  await relay[Symbol.asyncDispose]();
  for (const peer of peers) peer.destroy();
  server.close();
});

async function dial(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

test('frames pass both ways', async () => {
  const socket = await dial();
  const question = remotingQuestion(105);
  socket.write(question);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.deepEqual(answer, question);
  socket.destroy();
});

test('the end of one side is the end of the other', async () => {
  const socket = await dial();
  socket.write(remotingQuestion(105));
  await once(socket, 'data');
  peers.at(-1)!.destroy();
  await once(socket, 'close');
  const again = await dial();
  again.write(remotingQuestion(105));
  await once(again, 'data');
  const peer = peers.at(-1)!;
  again.destroy();
  await once(peer, 'close');
});

test('bytes that are no frame end the connection', async () => {
  const socket = await dial();
  socket.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  await once(socket, 'close');
});

test('a server that is not there is a connection that closes', async () => {
  const listen = `127.0.0.1:${await reservePort()}`;
  await using _ = await openRelay({ listen, upstream: `127.0.0.1:${await reservePort()}`, dialler: {}, server: {} });
  const socket = connect(Number(listen.split(':')[1]), '127.0.0.1');
  await once(socket, 'close');
});
