import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { reserveBrokerPort, reservePort, slotSize } from './ports.ts';

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

test('another worker of this process gets its ports from elsewhere', async () => {
  const module = JSON.stringify(new URL('ports.ts', import.meta.url).href);
  const program = `import(${module}).then(async ({ reservePort }) => {
    require('node:worker_threads').parentPort.postMessage(await reservePort());
    setInterval(() => undefined, 1000);
  })`;
  const workers = [1, 2].map(() => new Worker(program, { eval: true }));
  try {
    const messages = (await Promise.all(workers.map((worker) => once(worker, 'message')))) as [number][];
    const ports = [await reservePort(), ...messages.map(([port]) => port)];
    assert.equal(new Set(ports.map((port) => Math.floor(port / slotSize))).size, 3, ports.join(', '));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
});

test('a port in use is passed over', async () => {
  const next = (await reservePort()) + 1;
  const server = createServer().listen(next, '127.0.0.1');
  await once(server, 'listening');
  assert.notEqual(await reservePort(), next);
  server.close();
});
