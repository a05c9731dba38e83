import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesrvLab } from '../../namesrv/lab.ts';
import { decodeClusterInfo, getBrokerClusterInfo } from '../../remoting/commands/get-broker-cluster-info.ts';
import { silentLog } from '../../base/log.ts';
import type { TopicConfig } from '../../remoting/bodies/topic-config.ts';
import { RequestCode } from '../../remoting/codes.ts';
import { parseFastjson } from '../../remoting/fastjson.ts';
import { createRemotingServer } from '../../remoting/server.ts';
import type { ExtFields } from '../../remoting/types.ts';
import { brokerLab, until } from '../lab.ts';

for (const release of ['old', 'new'] as const) {
  test(`${release}: every NameServer knows the broker when it serves, and not when it has left`, async () => {
    await using first = await namesrvLab(release);
    await using second = await namesrvLab(release);
    const namesrvAddr = `${first.address};${second.address};127.0.0.1:1`;
    const broker = await brokerLab(release, { namesrvAddr });
    for (const namesrv of [first, second]) {
      const route = await namesrv.route('TBW102');
      assert.equal(route?.brokerDatas[0]?.brokerAddrs.get(0), broker.address);
      assert.equal(route?.queueDatas[0]?.writeQueueNums, 8);
    }
    await broker[Symbol.asyncDispose]();
    await until(
      async () => (await first.route('TBW102')) === null,
      () => 'the route is still there',
    );
  });

  test(`${release}: a topic that a send creates is in the route${release === 'new' ? ' before the answer' : ' soon'}`, async () => {
    await using namesrv = await namesrvLab(release);
    await using broker = await brokerLab(release, { namesrvAddr: namesrv.address });
    await broker.send('Fresh', '', { more: { d: '3' } });
    const route = () => namesrv.route('Fresh');
    if (release === 'old')
      await until(
        async () => (await route()) !== null,
        () => 'no route',
      );
    assert.equal((await route())!.queueDatas[0]!.readQueueNums, 3);
  });

  test(`${release}: a permission that is taken away shows in the route`, async () => {
    await using namesrv = await namesrvLab(release);
    await using broker = await brokerLab(release, { namesrvAddr: namesrv.address });
    await broker.ask(25, null, 'brokerPermission=4');
    const perm = async () => (await namesrv.route('BenchmarkTest'))!.queueDatas[0]!.perm;
    await until(
      async () => (await perm()) === 4,
      () => 'the permission is as before',
    );
  });

  test(`${release}: a topic that NameServers keep as ordered is ordered in the broker too`, async () => {
    await using namesrv = await namesrvLab(release);
    const order = { namespace: 'ORDER_TOPIC_CONFIG', key: 'BenchmarkTest', value: 'broker-a:4' };
    await namesrv.ask({ code: RequestCode.PUT_KV_CONFIG, extFields: order });
    await using broker = await brokerLab(release, { namesrvAddr: namesrv.address });
    const { body } = await broker.ask(RequestCode.GET_ALL_TOPIC_CONFIG);
    const { topicConfigTable } = parseFastjson(body!.toString()) as { topicConfigTable: Record<string, TopicConfig> };
    assert.deepEqual([topicConfigTable.BenchmarkTest!.order, topicConfigTable.TBW102!.order], [true, false]);
  });

  test(`${release}: a slave hears of its master from the NameServer, and registers under its own id`, async () => {
    await using namesrv = await namesrvLab(release);
    await using master = await brokerLab(release, { namesrvAddr: namesrv.address });
    await using slave = await brokerLab(release, { namesrvAddr: namesrv.address, brokerRole: 'SLAVE', brokerId: 1 });
    const answer = await namesrv.ask({ code: getBrokerClusterInfo.code });
    const { brokerAddrs } = decodeClusterInfo(answer.body).brokerAddrTable.get('broker-a')!;
    assert.deepEqual(
      [...brokerAddrs].toSorted(([a], [b]) => a - b),
      [
        [0, master.address],
        [1, slave.address],
      ],
    );
    await master.send('T', '', { body: 'replicated' });
    // The slave needs the topic to serve it: old copies it after 3 s, new a minute later.
    const held = async () => Number((await slave.ask(30, { topic: 'T', queueId: '0' })).extFields!.offset);
    await until(
      async () => (await held()) === 1,
      () => 'the message is not on the slave',
      15_000,
    );
    assert.equal((await slave.send('T')).code, release === 'old' ? 14 : 2);
    if (release === 'new') return;
    await until(
      async () => (await slave.pull('T', 0, 0)).code === 0,
      () => 'the topic is not on the slave',
    );
  });
}

for (const { compatibleWithOldNameSrv, code } of [
  { compatibleWithOldNameSrv: true, code: RequestCode.QUERY_DATA_VERSION },
  { compatibleWithOldNameSrv: false, code: RequestCode.BROKER_HEARTBEAT },
]) {
  test(`new: with enableSlaveActingMaster NameServers hear from a broker all the time, by ${code}`, async () => {
    const server = createRemotingServer({ release: 'new', log: silentLog, bindAddress: '127.0.0.1', port: 0 });
    const heard: (ExtFields | null)[] = [];
    server.handle(RequestCode.REGISTER_BROKER, () => ({ code: 0 }));
    server.handle(code, ({ extFields }) => {
      heard.push(extFields);
      return undefined;
    });
    await server.start();
    const settings = { enableSlaveActingMaster: true, brokerHeartbeatInterval: 50, compatibleWithOldNameSrv };
    await using broker = await brokerLab('new', { namesrvAddr: `127.0.0.1:${server.port}`, ...settings });
    await until(
      () => heard.length >= 3,
      () => `heard ${heard.length} times`,
    );
    const { brokerAddr, brokerName, clusterName } = heard[2]!;
    assert.deepEqual([brokerAddr, brokerName, clusterName], [broker.address, 'broker-a', 'DefaultCluster']);
    await server.stop();
  });
}
