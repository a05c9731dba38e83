import assert from 'node:assert/strict';
import { type AddressInfo, createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { after, before, beforeEach, test } from 'node:test';
import { Inconclusive } from './inconclusive.ts';
import { createLink, type Link } from './link.ts';
import { reservePort } from './ports.ts';
import { createProxy, type Proxy } from './proxy.ts';
import { temporaryFolder, type Folder } from './folders.ts';
import { unnoted } from './timeline.ts';
import { startToxiproxy, type ToxiproxyServer } from './toxiproxy-server.ts';
import { throughout, until } from './until.ts';

const question = Buffer.from('anyone there?');
let folder: Folder;
let toxiproxy: ToxiproxyServer;
let proxies = 0;
/** Connections that the echo server has open. */
const accepted = new Set<Socket>();
const echo = createServer((socket) => {
  accepted.add(socket);
  socket.on('close', () => accepted.delete(socket));
  socket.on('error', () => undefined); // a proxy that goes down resets its connections
  socket.pipe(socket);
});
let proxy: Proxy;
let link: Link;

before(async () => {
  folder = await temporaryFolder();
  toxiproxy = await startToxiproxy({ runFolder: folder.path });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
});

beforeEach(async () => {
  const upstream = `127.0.0.1:${(echo.address() as AddressInfo).port}`;
  proxy = await createProxy(toxiproxy.url!, `echo-${proxies++}`, `127.0.0.1:${await reservePort()}`, upstream);
  link = createLink({ from: 'test', to: 'echo', proxies: [{ proxy, question }], unbreakable: null, note: unnoted });
});

after(async () => {
  for (const socket of accepted) socket.destroy();
  echo.close();
  await toxiproxy[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** A client with an open connection through the proxy. */
async function openClient() {
  const [host, port] = proxy.listen.split(':');
  const socket = connect(Number(port), host);
  let received = '';
  let closed = false;
  socket.on('data', (bytes) => (received += bytes.toString()));
  socket.on('close', () => (closed = true));
  socket.on('error', () => undefined); // a cut may reset it: `closed` says so
  socket.write('hello');
  await until(
    'the echo comes',
    () => received,
    (text) => text === 'hello',
    { deadlineMs: 2000 },
  );
  return { socket, received: () => received, closed: () => closed };
}

test('a port that is in use is waited for, but not for ever', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const listen = `127.0.0.1:${(holder.address() as AddressInfo).port}`;
  await assert.rejects(createProxy(toxiproxy.url!, 'kept', listen, proxy.upstream), Inconclusive);
  const late = createProxy(toxiproxy.url!, 'freed', listen, proxy.upstream);
  // The first attempt is under way while the port is still taken.
  setImmediate(() => holder.close());
  await (await late).remove();
});

test('refuse closes open connections and refuses new ones, until it heals', async () => {
  const client = await openClient();
  await link.refuse();
  assert.equal(link.fault, 'refused');
  await until('the client is closed', client.closed, (closed) => closed, { deadlineMs: 1000 });
  await link.heal();
  (await openClient()).socket.destroy();
});

test('blackhole swallows bytes and closes, and closes its connections when it heals', async () => {
  const client = await openClient();
  const before = accepted.size;
  await link.blackhole();
  client.socket.write(' again');
  const dying = connect(Number(proxy.listen.split(':')[1]), '127.0.0.1');
  await once(dying, 'connect');
  await until(
    'the server accepted it',
    () => accepted.size,
    (size) => size > before,
    { deadlineMs: 1000 },
  );
  dying.end();
  await throughout(
    'the server sees no close, the client nothing',
    () => ({ open: accepted.size, received: client.received(), closed: client.closed() }),
    ({ open, received, closed }) => open > before && received === 'hello' && !closed,
    { deadlineMs: 300 },
  );
  await link.heal();
  await until('the client is closed', client.closed, (closed) => closed, { deadlineMs: 1000 });
  assert.equal(client.received(), 'hello');
  (await openClient()).socket.destroy();
});

test('blackhole of one direction lets the other pass', async () => {
  const client = await openClient();
  await link.blackhole(['downstream']);
  let arrived = '';
  for (const socket of accepted) socket.on('data', (bytes) => (arrived += bytes.toString()));
  client.socket.write(' again');
  await until(
    'the server has it',
    () => arrived,
    (text) => text.includes(' again'),
    { deadlineMs: 1000 },
  );
  assert.equal(client.received(), 'hello');
  await link.heal();
});

test('freeze holds bytes and delivers them when it heals', async () => {
  const client = await openClient();
  await link.freeze();
  client.socket.write(' again');
  await throughout('nothing comes', client.received, (text) => text === 'hello', { deadlineMs: 300 });
  await link.heal();
  await until('the rest comes', client.received, (text) => text === 'hello again', { deadlineMs: 2000 });
  assert.equal(client.closed(), false);
  client.socket.destroy();
});

test('slow delays each direction', async () => {
  const client = await openClient();
  await link.slow(150);
  const startMs = performance.now();
  client.socket.write(' again');
  await until('the rest comes', client.received, (text) => text === 'hello again', { deadlineMs: 2000 });
  assert.ok(performance.now() - startMs >= 290);
  await link.heal();
  client.socket.destroy();
});

test('a fault that does not bite is inconclusive', async () => {
  const toothless: Proxy = { ...proxy, addToxic: async () => undefined, setEnabled: async () => undefined };
  for (const verb of ['refuse', 'blackhole', 'freeze'] as const) {
    const useless = createLink({
      from: 'a',
      to: 'b',
      proxies: [{ proxy: toothless, question }],
      unbreakable: null,
      note: unnoted,
    });
    await assert.rejects(useless[verb](), Inconclusive, verb);
  }
  const useless = createLink({
    from: 'a',
    to: 'b',
    proxies: [{ proxy: toothless, question }],
    unbreakable: null,
    note: unnoted,
  });
  await assert.rejects(useless.slow(100), /did not bite/);
});

test('silence proves nothing when the server itself is silent', async () => {
  const mute = createServer(() => undefined);
  mute.listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const upstream = `127.0.0.1:${(mute.address() as AddressInfo).port}`;
  const silent = await createProxy(toxiproxy.url!, 'mute', `127.0.0.1:${await reservePort()}`, upstream);
  const useless = createLink({
    from: 'a',
    to: 'b',
    proxies: [{ proxy: silent, question }],
    unbreakable: null,
    note: unnoted,
  });
  await assert.rejects(useless.freeze(), /not proved/);
  mute.close();
});

test('a link without proxies, a second fault and a heal without fault are inconclusive', async () => {
  const bare = createLink({ from: 'a', to: 'b', proxies: [], unbreakable: 'no proxy', note: unnoted });
  await assert.rejects(bare.refuse(), /cannot be refused: no proxy/);
  await assert.rejects(link.heal(), Inconclusive);
  await link.refuse();
  await assert.rejects(link.freeze(), /already/);
});

test('a Toxiproxy that is gone is inconclusive', async () => {
  const lost = createProxy(`http://127.0.0.1:${await reservePort()}`, 'x', '127.0.0.1:1', '127.0.0.1:2');
  await assert.rejects(lost, Inconclusive);
});
