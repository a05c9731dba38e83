import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { directDial } from '../base/address.ts';
import { silentLog } from '../base/log.ts';
import { createRemotingClient } from '../remoting/client.ts';

const program = join(import.meta.dirname, 'mqcontroller.ts');

async function setUp(t: TestContext): Promise<{ address: string; file: string; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'mqcontroller-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  const address = `127.0.0.1:${port}`;
  const file = join(folder, 'controller.conf');
  const lines = [
    'controllerDLegerGroup=grp',
    `controllerDLegerPeers=n0-${address}`,
    'controllerDLegerSelfId=n0',
    `controllerStorePath=${join(folder, 'store')}`,
    'mappedFileSize=65536',
  ];
  writeFileSync(file, lines.join('\n'));
  return { address, file, folder };
}

async function start(t: TestContext, file: string, home: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, '-c', file], {
    env: { ...process.env, ROCKETMQ_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  let seen = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    seen += String(chunk);
    if (seen.includes('\nready {')) return child;
  }
  throw new Error(`not ready: ${seen}`);
}

test('a killed controller comes back with what it answered', async (t) => {
  const { address, file, folder } = await setUp(t);
  const client = createRemotingClient({ release: 'new', log: silentLog, addressBook: directDial });
  t.after(() => client.close());
  const ask = (code: number, extFields: Record<string, string>, body = '') =>
    client.invoke(address, { code, extFields, body: Buffer.from(body) }, 3000);
  const set = { clusterName: 'c', brokerName: 'broker-a' };
  const first = await start(t, file, folder);
  assert.equal((await ask(1013, { ...set, appliedBrokerId: '1', registerCheckCode: '127.0.0.1:20001;1' })).code, 0);
  assert.equal((await ask(1002, { ...set, brokerId: '1', designateElect: 'false' })).code, 0);
  const before = String((await ask(1006, {}, '["broker-a"]')).body);
  assert.match(before, /"masterBrokerId":1/);
  first.kill('SIGKILL');
  await once(first, 'exit');
  client.disconnect(address);

  const second = await start(t, file, folder);
  assert.equal(String((await ask(1006, {}, '["broker-a"]')).body), before);
  second.kill('SIGTERM');
  const [code] = (await once(second, 'exit')) as [number];
  assert.equal(code, 0);
});

test('a wrong self id is named, and the exit code is that of RocketMQ', async (t) => {
  const { file, folder } = await setUp(t);
  writeFileSync(file, 'controllerDLegerGroup=g\ncontrollerDLegerPeers=n0-127.0.0.1:1\ncontrollerDLegerSelfId=n7\n');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, '-c', file], {
    env: { ...process.env, ROCKETMQ_HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (chunk) => (text += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(code, 255);
  assert.match(text, /controllerDLegerSelfId "n7" is not in .*CONTROLLER_SELF_ID_UNKNOWN/);
});
