import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import getPort from 'get-port';
import { directDial } from '../../base/address.ts';
import type { LabDefect } from '../../base/defect.ts';
import { silentLog } from '../../base/log.ts';
import type { Running } from '../../base/running.ts';
import { type BrokerConfig, brokerConfig } from '../../config/broker.ts';
import { controllerConfig } from '../../config/controller.ts';
import { startController } from '../../controller/start.ts';
import { type NamesrvLab, namesrvLab } from '../../namesrv/lab.ts';
import { createRemotingClient } from '../../remoting/client.ts';
import { RequestCode } from '../../remoting/codes.ts';
import { parseFastjson } from '../../remoting/fastjson.ts';
import type { RemotingClient, RemotingCommand } from '../../remoting/types.ts';
import { labSettings, sendFields, until } from '../lab.ts';
import { startBroker } from '../start.ts';

interface Group {
  readonly inSyncReplicas: readonly { readonly brokerId: number; readonly brokerAddress: string }[];
  readonly notInSyncReplicas: readonly { readonly brokerId: number }[];
  readonly masterBrokerId?: number;
  readonly masterEpoch?: number;
}

/** A NameServer, one controller and brokers of one group, all real, in this process. */
class Cluster {
  readonly client: RemotingClient = createRemotingClient({ release: 'new', log: silentLog, addressBook: directDial });
  readonly #folder = mkdtempSync(join(tmpdir(), 'controlled-'));
  readonly #brokers = new Map<string, Running>();
  readonly #namesrv: NamesrvLab;
  readonly #controller: string;
  #controllerRunning: Running | null = null;

  private constructor(namesrv: NamesrvLab, controller: string) {
    this.#namesrv = namesrv;
    this.#controller = controller;
  }

  static async start(t: TestContext): Promise<Cluster> {
    const cluster = new Cluster(await namesrvLab('new'), `127.0.0.1:${await getPort({ reserve: true })}`);
    t.after(() => cluster.#close());
    return cluster;
  }

  async #close(): Promise<void> {
    for (const broker of this.#brokers.values()) await broker.stop();
    await this.stopController();
    await this.client.close();
    await this.#namesrv[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async startController(): Promise<void> {
    const config = controllerConfig({
      controllerDLegerGroup: 'grp',
      controllerDLegerPeers: `n0-${this.#controller}`,
      controllerDLegerSelfId: 'n0',
      controllerStorePath: join(this.#folder, 'controller'),
      configStorePath: join(this.#folder, 'controller.properties'),
      mappedFileSize: 65536,
      scanNotActiveBrokerInterval: 500,
      scanInactiveMasterInterval: 500,
    });
    this.#controllerRunning = await startController({ config, log: silentLog, addressBook: directDial });
  }

  async stopController(): Promise<void> {
    await this.#controllerRunning?.stop();
    this.#controllerRunning = null;
    this.client.disconnect(this.#controller);
  }

  /** @returns its address */
  async startBroker(name: string, more: Partial<BrokerConfig> = {}, defect: LabDefect | null = null): Promise<string> {
    const config = brokerConfig('new', {
      ...(await labSettings(join(this.#folder, name))),
      namesrvAddr: this.#namesrv.address,
      enableControllerMode: true,
      controllerAddr: this.#controller,
      allAckInSyncStateSet: true,
      syncBrokerMetadataPeriod: 500,
      syncControllerMetadataPeriod: 500,
      brokerHeartbeatInterval: 200,
      ...more,
    });
    this.#brokers.set(
      name,
      await startBroker({ config, release: 'new', log: silentLog, addressBook: directDial, defect }),
    );
    return `127.0.0.1:${config.listenPort}`;
  }

  async stopBroker(name: string): Promise<void> {
    await this.#brokers.get(name)!.stop();
    this.#brokers.delete(name);
  }

  async group(): Promise<Group> {
    const body = Buffer.from('["broker-a"]');
    const answer = await this.client.invoke(
      this.#controller,
      { code: RequestCode.CONTROLLER_GET_SYNC_STATE_DATA, body },
      1000,
    );
    const table = parseFastjson(answer.body!.toString()) as { replicasInfoTable: Record<string, Group> };
    return table.replicasInfoTable['broker-a'] ?? { inSyncReplicas: [], notInSyncReplicas: [] };
  }

  async inSync(count: number): Promise<Group> {
    let group = await this.group();
    await until(
      async () => (group = await this.group()).inSyncReplicas.length === count && group.masterBrokerId !== undefined,
      () => JSON.stringify(group),
    );
    return group;
  }

  async elect(brokerId: number): Promise<RemotingCommand> {
    const extFields = {
      clusterName: 'DefaultCluster',
      brokerName: 'broker-a',
      brokerId: String(brokerId),
      designateElect: 'true',
    };
    return this.client.invoke(this.#controller, { code: RequestCode.CONTROLLER_ELECT_MASTER, extFields }, 3000);
  }

  /** Address by registered id, as a client would find it. */
  async route(): Promise<Record<string, string>> {
    const route = await this.#namesrv.route('TBW102');
    return Object.fromEntries(route?.brokerDatas[0]?.brokerAddrs ?? []);
  }

  async send(address: string, body: string): Promise<RemotingCommand> {
    const extFields = sendFields('TopicTest', '', {});
    return this.client.invoke(address, { code: RequestCode.SEND_MESSAGE_V2, extFields, body: Buffer.from(body) }, 5000);
  }

  async epochs(address: string): Promise<string> {
    const answer = await this.client.invoke(address, { code: RequestCode.GET_BROKER_EPOCH_CACHE }, 1000);
    const { epochList } = parseFastjson(answer.body!.toString()) as {
      epochList: { epoch: number; startOffset: number }[];
    };
    return epochList.map(({ epoch, startOffset }) => `${epoch}-${startOffset}`).join(' ');
  }

  async maxOffset(address: string): Promise<number> {
    const extFields = { topic: 'TopicTest', queueId: '0' };
    const answer = await this.client.invoke(address, { code: RequestCode.GET_MAX_OFFSET, extFields }, 1000);
    return Number(answer.extFields?.offset);
  }
}

test('two brokers become a pair in less than a second, and switch', async (t) => {
  const cluster = await Cluster.start(t);
  await cluster.startController();
  const one = await cluster.startBroker('one');
  assert.deepEqual((await cluster.inSync(1)).masterBrokerId, 1);
  const begin = Date.now();
  const two = await cluster.startBroker('two');
  await cluster.inSync(2);
  const pairedMs = Date.now() - begin;
  t.diagnostic(`paired ${pairedMs} ms after the start of the second broker`);
  assert.ok(pairedMs < 1000, `${pairedMs} ms`);
  for (let i = 0; i < 20; i++) assert.equal((await cluster.send(one, `before ${i}`)).code, 0);

  assert.equal((await cluster.elect(2)).code, 0);
  await until(
    async () => (await cluster.route())[0] === two,
    () => 'the route still names another master',
  );
  await cluster.inSync(2);
  for (let i = 0; i < 5; i++) assert.equal((await cluster.send(two, `after ${i}`)).code, 0);
  assert.equal((await cluster.send(one, 'to the slave')).code, 2);
  assert.deepEqual(await cluster.route(), { 0: two, 1: one });
  await until(
    async () => (await cluster.maxOffset(one)) === 25,
    () => 'the slave does not show every message',
  );
  const epochs = await cluster.epochs(two);
  assert.match(epochs, /^1-0 2-\d+$/);
  await until(
    async () => (await cluster.epochs(one)) === epochs,
    () => 'epochs differ',
  );
});

test('a broker without controllers is offline, and online once one is there', async (t) => {
  const cluster = await Cluster.start(t);
  const one = await cluster.startBroker('one');
  assert.deepEqual(await cluster.route(), {});
  assert.equal((await cluster.send(one, 'too early')).code, 2);
  await cluster.startController();
  await until(
    async () => (await cluster.route())[0] === one,
    () => 'not online',
  );
  assert.equal((await cluster.send(one, 'now')).code, 0);
});

test('the survivor takes over with every acknowledged message, and the old master comes back as its slave', async (t) => {
  const cluster = await Cluster.start(t);
  await cluster.startController();
  const one = await cluster.startBroker('one');
  const two = await cluster.startBroker('two');
  await cluster.inSync(2);
  for (let i = 0; i < 30; i++) assert.equal((await cluster.send(one, `message ${i}`)).code, 0);
  await cluster.stopBroker('one');
  await until(
    async () => (await cluster.route())[0] === two,
    () => 'no new master in the route',
  );
  assert.equal(await cluster.maxOffset(two), 30);
  assert.equal((await cluster.send(two, 'by the survivor')).code, 0);
  await cluster.startBroker('one');
  const group = await cluster.inSync(2);
  assert.equal(group.masterBrokerId, 2);
  assert.deepEqual(new Set(group.inSyncReplicas.map((replica) => replica.brokerId)), new Set([1, 2]));
});

test('a master keeps its role while there is no controller', async (t) => {
  const cluster = await Cluster.start(t);
  await cluster.startController();
  const one = await cluster.startBroker('one');
  await cluster.startBroker('two');
  await cluster.inSync(2);
  await cluster.stopController();
  for (let i = 0; i < 10; i++) assert.equal((await cluster.send(one, `message ${i}`)).code, 0);
});

test('too few in sync: refused before it is stored', async (t) => {
  const cluster = await Cluster.start(t);
  await cluster.startController();
  const one = await cluster.startBroker('one', { minInSyncReplicas: 2 });
  await cluster.inSync(1);
  const refused = await cluster.send(one, 'alone');
  assert.deepEqual([refused.code, refused.remark], [1, 'in-sync replicas not enough']);
  await cluster.startBroker('two');
  await cluster.inSync(2);
  await until(
    async () => (await cluster.send(one, 'together')).code === 0,
    () => 'still refused',
  );
  await cluster.stopBroker('two');
  await cluster.inSync(1);
  await until(
    async () => (await cluster.send(one, 'alone again')).code === 1,
    () => 'still accepted',
  );
});

test('a learner that comes first waits for a master', async (t) => {
  const cluster = await Cluster.start(t);
  await cluster.startController();
  await cluster.startBroker('learner', { asyncLearner: true });
  assert.equal((await cluster.group()).masterBrokerId, undefined);
  await cluster.startBroker('one');
  await until(
    async () => Object.keys(await cluster.route()).length === 2,
    () => 'the learner did not follow',
  );
  const group = await cluster.group();
  assert.deepEqual([group.masterBrokerId, group.inSyncReplicas.length], [2, 1]);
});

test('defect REGISTERS_WITHOUT_CONTROLLER: the broker is in the route without a controller', async (t) => {
  const cluster = await Cluster.start(t);
  const one = await cluster.startBroker('one', {}, 'REGISTERS_WITHOUT_CONTROLLER');
  assert.deepEqual(await cluster.route(), { 0: one });
});

test('defect DROPS_TAIL_AT_SWITCH: acknowledged messages are gone after a switch', async (t) => {
  const cluster = await Cluster.start(t);
  await cluster.startController();
  const one = await cluster.startBroker('one');
  const two = await cluster.startBroker('two', {}, 'DROPS_TAIL_AT_SWITCH');
  await cluster.inSync(2);
  for (let i = 0; i < 100; i++) assert.equal((await cluster.send(one, `message ${i}`)).code, 0);
  await cluster.elect(2);
  await until(
    async () => (await cluster.route())[0] === two,
    () => 'no switch',
  );
  assert.equal(await cluster.maxOffset(two), 36);
});
