import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import getPort from 'get-port';
import { directDial } from '../../base/address.ts';
import { silentLog } from '../../base/log.ts';
import { controllerConfig } from '../../config/controller.ts';
import { startController } from '../../controller/start.ts';
import { namesrvLab } from '../../namesrv/lab.ts';
import { parseFastjson } from '../../remoting/fastjson.ts';
import { type BrokerLab, brokerLab, until } from '../lab.ts';

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

test('a slave of a controller group has topics, groups and offsets when it becomes master (CTL-REG-01, CTL-REG-02)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'copy-'));
  const controllerAddr = `127.0.0.1:${await getPort()}`;
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
  try {
    await using namesrv = await namesrvLab('new');
    const settings = {
      namesrvAddr: namesrv.address,
      enableControllerMode: true,
      controllerAddr,
      syncBrokerMetadataPeriod: 500,
      syncControllerMetadataPeriod: 500,
      haSendHeartbeatInterval: 500,
      allAckInSyncStateSet: true,
    };
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
  } finally {
    await controller.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
