import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { reserveBrokerPort, reservePort } from './ports.ts';

test('no port is given twice, and none from the range of outgoing connections', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, reservePort));
  assert.equal(new Set(ports).size, ports.length);
  assert.ok(ports.every((port) => port >= 10_000 && port < 30_000));
});

test('a broker port brings its fast port and its HA port', async () => {
  const ports = await Promise.all(Array.from({ length: 10 }, reserveBrokerPort));
  const all = ports.flatMap((port) => [port - 2, port, port + 1]);
  assert.equal(new Set(all).size, all.length);
});

test('a port in use is passed over', async () => {
  const next = (await reservePort()) + 1;
  const server = createServer().listen(next, '127.0.0.1');
  await once(server, 'listening');
  assert.notEqual(await reservePort(), next);
  server.close();
});
