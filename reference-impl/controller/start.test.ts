import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { directDial } from '../base/address.ts';
import { silentLog } from '../base/log.ts';
import type { Running } from '../base/running.ts';
import { type ControllerConfig, controllerConfig } from '../config/controller.ts';
import { createRemotingClient } from '../remoting/client.ts';
import type { RemotingClient, RemotingCommand } from '../remoting/types.ts';
import { startController } from './start.ts';

// Every interval of the groups here is a tenth of DLedger's.
process.env.SWITCHLAB_RAFT_HEARTBEAT_MS = '200';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

class Group {
  readonly addresses: string[] = [];
  readonly running: (Running | null)[] = [];
  readonly client: RemotingClient = createRemotingClient({ release: 'new', log: silentLog, addressBook: directDial });
  readonly #folder = mkdtempSync(join(tmpdir(), 'controllers-'));
  #peers = '';

  static async of(t: TestContext, size: number): Promise<Group> {
    const group = new Group();
    for (let i = 0; i < size; i++) group.addresses.push(`127.0.0.1:${await freePort()}`);
    group.#peers = group.addresses.map((address, i) => `n${i}-${address}`).join(';');
    t.after(async () => {
      await group.client.close();
      for (const one of group.running) await one?.stop();
      rmSync(group.#folder, { recursive: true });
    });
    await Promise.all(group.addresses.map((_, i) => group.start(i)));
    return group;
  }

  config(i: number, more: Partial<ControllerConfig> = {}): Readonly<ControllerConfig> {
    return controllerConfig({
      controllerDLegerGroup: 'grp',
      controllerDLegerPeers: this.#peers,
      controllerDLegerSelfId: `n${i}`,
      controllerStorePath: join(this.#folder, `n${i}`),
      configStorePath: join(this.#folder, `n${i}.properties`),
      mappedFileSize: 65536,
      ...more,
    });
  }

  async start(i: number): Promise<void> {
    this.running[i] = await startController({
      config: this.config(i),
      log: silentLog,
      addressBook: directDial,
    });
  }

  async stop(i: number): Promise<void> {
    await this.running[i]!.stop();
    this.running[i] = null;
    this.client.disconnect(this.addresses[i]!);
  }

  ask(
    i: number,
    code: number,
    extFields: Record<string, string>,
    body: string | null = null,
  ): Promise<RemotingCommand> {
    return this.client.invoke(
      this.addresses[i]!,
      { code, extFields, body: body === null ? null : Buffer.from(body) },
      3000,
    );
  }

  /** Index of the member that serves as leader. */
  async leader(): Promise<number> {
    for (const deadline = Date.now() + 10_000; ; await pause(20)) {
      for (const [i, one] of this.running.entries()) {
        if (one === null) continue;
        const answer = await this.ask(i, 1012, { clusterName: 'c', brokerName: 'none' });
        if (answer.code === 0) return i;
      }
      assert.ok(Date.now() < deadline, 'no leader within 10 s');
    }
  }
}

const set = { clusterName: 'DefaultCluster', brokerName: 'broker-a' };

async function registerBroker(group: Group, leader: number, id: number): Promise<void> {
  const address = `127.0.0.1:${20000 + id}`;
  const heartbeat = { ...set, brokerId: `${id}`, brokerAddr: address, heartbeatTimeoutMills: '600000' };
  const applied = { ...set, appliedBrokerId: `${id}`, registerCheckCode: `${address};1` };
  assert.equal((await group.ask(leader, 1013, applied)).code, 0);
  for (const [i, one] of group.running.entries()) if (one !== null) await group.ask(i, 904, heartbeat);
}

test('one controller serves, and is the same after a restart', async (t) => {
  const group = await Group.of(t, 1);
  await registerBroker(group, 0, 1);
  await registerBroker(group, 0, 2);
  const elected = await group.ask(0, 1002, { ...set, brokerId: '1', designateElect: 'false' });
  assert.equal(elected.code, 0);
  const before = await group.ask(0, 1006, {}, '["broker-a"]');
  assert.match(String(before.body), /"masterBrokerId":1,"masterEpoch":1/);
  await group.stop(0);
  await group.start(0);
  const after = await group.ask(0, 1006, {}, '["broker-a"]');
  assert.equal(String(after.body), String(before.body).replaceAll('"alive":true', '"alive":false'));
});

test('three controllers agree, and go on without their leader', async (t) => {
  const group = await Group.of(t, 3);
  const first = await group.leader();
  await registerBroker(group, first, 1);
  await registerBroker(group, first, 2);
  await group.ask(first, 1002, { ...set, brokerId: '1', designateElect: 'false' });
  const metadata = await group.ask((first + 1) % 3, 1005, {});
  assert.equal(metadata.extFields!.controllerLeaderId, `n${first}`);
  assert.equal(metadata.extFields!.isLeader, 'false');
  assert.equal((await group.ask((first + 1) % 3, 1006, {}, '["broker-a"]')).code, 2007);

  await group.stop(first);
  const second = await group.leader();
  assert.notEqual(second, first);
  assert.match(String((await group.ask(second, 1006, {}, '["broker-a"]')).body), /"masterBrokerId":1,"masterEpoch":1/);
  await registerBroker(group, second, 3);

  // A member that was away, and one whose folder was lost, catch up.
  await group.start(first);
  const third = 3 - first - second;
  await group.stop(second);
  const next = await group.leader();
  assert.ok([first, third].includes(next));
  assert.match(String((await group.ask(next, 1006, {}, '["broker-a"]')).body), /"brokerId":3/);
});

test('when the connection of the master closes, another broker of the SyncStateSet becomes master', async (t) => {
  const group = await Group.of(t, 1);
  const master = createRemotingClient({ release: 'new', log: silentLog, addressBook: directDial });
  t.after(() => master.close());
  const request = (code: number, extFields: Record<string, string>, body = '') =>
    master.invoke(group.addresses[0]!, { code, extFields, body: Buffer.from(body) }, 3000);
  await request(1013, { ...set, appliedBrokerId: '1', registerCheckCode: '127.0.0.1:20001;1' });
  await request(904, { ...set, brokerId: '1', brokerAddr: '127.0.0.1:20001' });
  await registerBroker(group, 0, 2);
  await request(1002, { ...set, brokerId: '1', designateElect: 'false' });
  const altered = await request(
    1001,
    { ...set, masterBrokerId: '1', masterEpoch: '1' },
    '{"syncStateSet":[1,2],"syncStateSetEpoch":1}',
  );
  assert.equal(altered.code, 0);
  await master.close();
  for (const deadline = Date.now() + 2000; ; await pause(5)) {
    const { extFields } = await group.ask(0, 1004, { brokerName: 'broker-a' });
    if (extFields!.masterBrokerId === '2') break;
    assert.ok(Date.now() < deadline, `master is still ${extFields!.masterBrokerId}`);
  }
});

test('what cannot start says why, and leaves nothing behind', async (t) => {
  const group = await Group.of(t, 1);
  const start = (config: Readonly<ControllerConfig>) =>
    startController({ config, log: silentLog, addressBook: directDial });
  await assert.rejects(start(group.config(0)), { code: 'STORE_LOCKED' });
  await assert.rejects(start(group.config(7)), { code: 'CONTROLLER_SELF_ID_UNKNOWN' });
  await assert.rejects(start(group.config(0, { controllerDLegerPeers: 'n0' })), { code: 'CONTROLLER_PEERS_ILLEGAL' });
  await assert.rejects(start(group.config(0, { controllerDLegerGroup: '' })), { code: 'CONTROLLER_GROUP_MISSING' });
  await assert.rejects(start(group.config(0, { controllerType: 'jRaft' })), { code: 'NOT_BUILT' });
  const damaged = mkdtempSync(join(tmpdir(), 'controller-'));
  t.after(() => rmSync(damaged, { recursive: true }));
  const config = group.config(0, { controllerStorePath: damaged });
  await assert.rejects(start(config), { code: 'PORT_IN_USE' });
  writeFileSync(join(damaged, 'dledger-n0', 'currterm'), 'currTerm=x\n');
  await assert.rejects(start(config), { code: 'STORE_CORRUPT' });
  await assert.rejects(start(config), { code: 'STORE_CORRUPT' });
});
