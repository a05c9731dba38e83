import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import getPort from 'get-port';
import { directDial } from '../../base/address.ts';
import { silentLog } from '../../base/log.ts';
import { type BrokerConfig, brokerConfig } from '../../config/broker.ts';
import { controllerConfig } from '../../config/controller.ts';
import { startController } from '../../controller/start.ts';
import { namesrvLab } from '../../namesrv/lab.ts';
import { RequestCode } from '../../remoting/codes.ts';
import { parseFastjson } from '../../remoting/fastjson.ts';
import { createRemotingServer } from '../../remoting/server.ts';
import { jsonAnswer } from '../answers.ts';
import type { Broker } from '../broker.ts';
import { createBroker } from '../create.ts';
import { type BrokerLab, brokerLab, labSettings, until } from '../lab.ts';
import { topicConfig } from '../topics/topic-config.ts';
import { MetadataCopy } from './metadata-copy.ts';

/** Members of a JSON answer. */
async function table(lab: BrokerLab, code: number): Promise<Record<string, Record<string, unknown>>> {
  const { body } = await lab.ask(code);
  return parseFastjson(body!.toString('utf8')) as Record<string, Record<string, unknown>>;
}

async function hasTopic(lab: BrokerLab, topic: string): Promise<boolean> {
  return topic in (await table(lab, 21)).topicConfigTable!;
}

/** A topic with attributes, a group and an offset. */
async function fill(lab: BrokerLab): Promise<void> {
  const queues = { readQueueNums: '2', writeQueueNums: '2', perm: '6', topicFilterType: 'SINGLE_TAG', order: 'false' };
  const topic = { topic: 'Typed', defaultTopic: 'TBW102', ...queues, attributes: '+message.type=NORMAL' };
  assert.equal((await lab.ask(17, topic)).code, 0);
  assert.equal((await lab.ask(200, null, '{"groupName":"G","retryMaxTimes":7}')).code, 0);
  assert.equal((await lab.send('Typed')).code, 0);
  const offset = { consumerGroup: 'G', topic: 'Typed', queueId: '0', commitOffset: '1' };
  assert.equal((await lab.ask(15, offset)).code, 0);
}

/** A NameServer and a controller, and the settings of brokers under them. */
async function controllerLab(t: TestContext): Promise<Partial<BrokerConfig>> {
  const folder = mkdtempSync(join(tmpdir(), 'copy-'));
  const controllerAddr = `127.0.0.1:${await getPort({ reserve: true })}`;
  const controller = await startController({
    config: controllerConfig({
      controllerDLegerGroup: 'grp',
      controllerDLegerPeers: `n0-${controllerAddr}`,
      controllerDLegerSelfId: 'n0',
      controllerStorePath: folder,
      mappedFileSize: 65536,
    }),
    log: silentLog,
    addressBook: directDial,
  });
  const namesrv = await namesrvLab('new');
  t.after(async () => {
    await namesrv[Symbol.asyncDispose]();
    await controller.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    namesrvAddr: namesrv.address,
    enableControllerMode: true,
    controllerAddr,
    syncBrokerMetadataPeriod: 500,
    syncControllerMetadataPeriod: 500,
    haSendHeartbeatInterval: 500,
    allAckInSyncStateSet: true,
  };
}

test('a slave of a controller group has topics, groups and offsets when it becomes master (CTL-REG-01, CTL-REG-02)', async (t) => {
  const settings = await controllerLab(t);
  const master = await brokerLab('new', settings);
  await using slave = await brokerLab('new', settings);
  await fill(master);
  await until(
    async () => hasTopic(slave, 'Typed'),
    () => 'the topic is not on the slave',
  );
  const file = join(slave.storePathRootDir, 'config', 'topics.json');
  const { topicConfigTable } = await table(slave, 21);
  assert.deepEqual((topicConfigTable!.Typed as { attributes: object }).attributes, { 'message.type': 'NORMAL' });
  const offsets = async () => (await table(slave, 43)).offsetTable!['Typed@G'] as Record<number, number> | undefined;
  await until(
    async () => (await offsets())?.[0] === 1,
    () => 'the offset is not on the slave',
  );
  const written = statSync(file).mtimeMs;
  await master.ask(15, { consumerGroup: 'G', topic: 'Typed', queueId: '1', commitOffset: '0' });
  await until(
    async () => (await offsets())?.[1] === 0,
    () => 'the second offset is not on the slave',
  );
  assert.equal(statSync(file).mtimeMs, written, 'a copy of the same version leaves the table alone');

  await until(
    async () => (await slave.ask(30, { topic: 'Typed', queueId: '0' })).extFields!.offset === '1',
    () => 'not replicated',
  );
  await master[Symbol.asyncDispose]();
  await until(
    async () => (await slave.send('Typed')).code === 0,
    () => 'the slave takes no sends',
    20_000,
  );
  assert.ok(await hasTopic(slave, 'Typed'));
  const groups = (await table(slave, 201)).subscriptionGroupTable!;
  assert.equal((groups.G as { retryMaxTimes: number }).retryMaxTimes, 7);
  assert.equal((await slave.pull('Typed', 0, 0)).code, 0);
});

test('who becomes master makes the topics that only its log knows of (CTL-PAR-10)', async (t) => {
  const settings = { ...(await controllerLab(t)), autoCreateTopicEnable: true };
  const folder = mkdtempSync(join(tmpdir(), 'copy-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const before = await brokerLab('new', settings, folder);
  const sendsTo = async (lab: BrokerLab, queueId: number) => (await lab.send('Young', '', { queueId })).code === 0;
  await until(
    () => sendsTo(before, 2),
    () => 'no master',
  );
  await before.stop();
  for (const name of ['topics.json', 'topics.json.bak']) rmSync(join(folder, 'config', name), { force: true });

  const after = await brokerLab('new', { ...settings, autoCreateTopicEnable: false }, folder);
  t.after(() => after.stop());
  await until(
    async () => (await after.pull('Young', 2, 0)).code === 0,
    () => 'the message is not served',
  );
  const { Young } = (await table(after, 21)).topicConfigTable!;
  assert.equal((Young as { readQueueNums: number }).readQueueNums, 3);
});

test('a slave loses nothing to the tables of a master that has not taken its role yet', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'copy-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const config = brokerConfig('new', { ...(await labSettings(folder)), enableControllerMode: true });
  const broker = await createBroker({ config, release: 'new', log: silentLog, addressBook: directDial, defect: null });
  t.after(() => broker.store.close());
  t.after(() => broker.remotingClient.close());
  broker.topics.put(topicConfig('Mine', 1));
  broker.groups.findOrCreate('GID_mine');

  let stateVersion = 4;
  const dataVersion = () => ({ counter: 9, stateVersion, timestamp: 1 });
  const tables: Record<number, () => object> = {
    [RequestCode.GET_ALL_TOPIC_CONFIG]: () => ({ topicConfigTable: { Theirs: { topicName: 'Theirs' } } }),
    [RequestCode.GET_ALL_CONSUMER_OFFSET]: () => ({ offsetTable: {} }),
    [RequestCode.GET_ALL_DELAY_OFFSET]: () => ({ offsetTable: {} }),
    [RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG]: () => ({ subscriptionGroupTable: {} }),
  };
  const master = createRemotingServer({ release: 'new', log: silentLog, bindAddress: '127.0.0.1', port: 0 });
  for (const [code, fields] of Object.entries(tables))
    master.handle(Number(code), () => jsonAnswer({ dataVersion: dataVersion(), ...fields() }));
  await master.start();
  t.after(() => master.stop());
  const role = { name: 'SLAVE', masterAddress: `127.0.0.1:${master.port}`, masterEpoch: 5, majority: null };
  const copy = new MetadataCopy(Object.assign(broker, { role: Object.assign(role, { onChange() {} }) }) as Broker);
  copy.start();
  t.after(() => copy.stop());

  await until(
    () => broker.topics.get('Theirs') !== undefined,
    () => 'nothing was copied',
  );
  assert.ok(broker.topics.get('Mine'));
  stateVersion = 5;
  await until(
    () => broker.topics.get('Mine') === undefined,
    () => 'a topic that the master deleted is still there',
  );
  await until(
    () => broker.groups.get('GID_mine') === undefined,
    () => 'a group that the master deleted is still there',
  );
});
