import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRemotingServer } from '../remoting/server.ts';
import { decodeTopicList } from '../remoting/bodies/topic-list.ts';
import { RequestCode } from '../remoting/codes.ts';
import { decodeTopicRoute } from '../remoting/commands/get-routeinfo-by-topic.ts';
import type { ExtFields } from '../remoting/types.ts';
import { silentLog } from '../base/log.ts';
import { labTopic, type NamesrvLab, namesrvLab } from './lab.ts';

async function topicList(lab: NamesrvLab, code: number, extFields: ExtFields = {}): Promise<string[]> {
  return decodeTopicList((await lab.ask({ code, extFields })).body).topicList.toSorted();
}

for (const release of ['old', 'new'] as const) {
  test(`${release}: topic lists by cluster, by unit flags and of the system`, async () => {
    await using lab = await namesrvLab(release);
    const unit = labTopic('unit', { topicSysFlag: 1 });
    const sub = labTopic('sub', { topicSysFlag: 2 });
    const topics = ['plain', unit, sub, labTopic('both', { topicSysFlag: 3 })];
    await lab.register({}, { topics });
    await lab.register({ brokerName: 'gb', clusterName: 'd', brokerAddr: '10.0.1.1:10911' }, { topics: ['e', 'f'] });
    assert.deepEqual(await topicList(lab, 206), ['both', 'e', 'f', 'plain', 'sub', 'unit']);
    assert.deepEqual(await topicList(lab, 224, { cluster: 'd' }), ['e', 'f']);
    assert.deepEqual(await topicList(lab, 224, { cluster: 'nobody' }), []);
    assert.deepEqual(await topicList(lab, 304), ['c', 'd', 'fb', 'gb']);
    assert.deepEqual(await topicList(lab, 311), ['both', 'unit']);
    assert.deepEqual(await topicList(lab, 312), ['both', 'sub']);
    assert.deepEqual(await topicList(lab, 313), ['sub']);
    const system = await lab.ask({ code: RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS });
    assert.equal(decodeTopicList(system.body).brokerAddr, '10.0.0.1:10911');
  });

  test(`${release}: a topic is deleted in one cluster or everywhere`, async () => {
    await using lab = await namesrvLab(release);
    await lab.register({});
    await lab.register({ brokerName: 'gb', clusterName: 'd', brokerAddr: '10.0.1.1:10911' });
    await lab.ask({ code: 216, extFields: { topic: 'FT', clusterName: 'd' } });
    assert.deepEqual(
      (await lab.route('FT'))?.queueDatas.map(({ brokerName }) => brokerName),
      ['fb'],
    );
    await lab.ask({ code: 216, extFields: { topic: 'FT' } });
    assert.equal(await lab.route('FT'), null);
  });

  test(`${release}: 327 makes every topic of a broker readable and writable, whatever it was`, async () => {
    await using lab = await namesrvLab(release);
    await lab.register({}, { topics: [labTopic('seven', { perm: 7 }), labTopic('four', { perm: 4 })] });
    const answer = await lab.ask({ code: 327, extFields: { brokerName: 'fb' } });
    assert.deepEqual(answer.extFields, { addTopicCount: '2' });
    assert.equal((await lab.route('seven'))?.queueDatas[0]?.perm, 6);
    assert.equal((await lab.route('four'))?.queueDatas[0]?.perm, 6);
    const unknown = await lab.ask({ code: 327, extFields: { brokerName: 'nobody' } });
    assert.deepEqual([unknown.code, unknown.extFields], [0, { addTopicCount: '0' }]);
  });

  test(`${release}: order configuration shows in routes and registration answers`, async () => {
    await using lab = await namesrvLab(release, { orderMessageEnable: true });
    const entry = { namespace: 'ORDER_TOPIC_CONFIG', key: 'FT', value: 'fb:4' };
    assert.equal((await lab.register({})).body, null);
    await lab.ask({ code: RequestCode.PUT_KV_CONFIG, extFields: entry });
    assert.equal((await lab.route('FT'))?.orderTopicConf, 'fb:4');
    assert.equal(String((await lab.register({})).body), '{"table":{"FT":"fb:4"}}');
  });
}

test('new: lists are refused when they are disabled', async () => {
  await using lab = await namesrvLab('new', { enableAllTopicList: false, enableTopicList: false });
  for (const code of [206, 224]) {
    const answer = await lab.ask({ code, extFields: { cluster: 'c' } });
    assert.deepEqual([answer.code, answer.remark], [1, 'disable']);
  }
});

test('new: the zone filter keeps the sets of the zone and those without a master, in the default form', async () => {
  await using lab = await namesrvLab('new');
  await lab.register({ brokerName: 'near', brokerAddr: 'near:1', __ZONE_NAME: 'Z1' });
  await lab.register({ brokerName: 'far', brokerAddr: 'far:1', __ZONE_NAME: 'z2' });
  await lab.register({ brokerName: 'headless', brokerId: 1, brokerAddr: 'slave:1', __ZONE_NAME: 'z2' });
  const answer = await lab.ask({ code: 105, extFields: { topic: 'FT', __ZONE_MODE: 'true', __ZONE_NAME: 'z1' } });
  const route = decodeTopicRoute(answer.body);
  assert.deepEqual(route.brokerDatas.map(({ brokerName }) => brokerName).toSorted(), ['headless', 'near']);
  assert.deepEqual(route.queueDatas.map(({ brokerName }) => brokerName).toSorted(), ['headless', 'near']);
  assert.match(String(answer.body), /\{0:"near:1"\}/);
});

test('new: a registration removes the topics it does not name when told to', async () => {
  for (const deleteTopicWithBrokerRegistration of [false, true]) {
    await using lab = await namesrvLab('new', { deleteTopicWithBrokerRegistration });
    await lab.register({}, { topics: ['a', 'b', 'c'] });
    await lab.register({}, { topics: ['a', 'b'] });
    assert.equal((await lab.route('c')) === null, deleteTopicWithBrokerRegistration);
  }
});

test('new: brokers are told when the smallest id of their set changes', async () => {
  const heard: (ExtFields | null)[] = [];
  const broker = createRemotingServer({ release: 'new', log: silentLog, bindAddress: '127.0.0.1', port: 0 });
  let wake = () => {};
  broker.handle(RequestCode.NOTIFY_MIN_BROKER_ID_CHANGE, ({ extFields }) => {
    heard.push(extFields);
    wake();
    return undefined;
  });
  const next = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  await broker.start();
  await using lab = await namesrvLab('new', { notifyMinBrokerIdChanged: true });
  const slave = `127.0.0.1:${broker.port}`;
  const master = '127.0.0.1:1';
  await lab.register({ brokerId: 0, brokerAddr: master, haServerAddr: 'ha:1', enableActingMaster: true });
  await lab.register({ brokerId: 1, brokerAddr: slave, enableActingMaster: true });

  const loss = next();
  await lab.ask({
    code: RequestCode.UNREGISTER_BROKER,
    extFields: { brokerName: 'fb', clusterName: 'c', brokerId: '0', brokerAddr: master },
  });
  await loss;
  const join = next();
  await lab.register({ brokerId: 0, brokerAddr: master, haServerAddr: 'ha:1', enableActingMaster: true });
  await join;
  assert.deepEqual(heard, [
    { minBrokerId: '1', minBrokerAddr: slave, offlineBrokerAddr: master },
    { minBrokerId: '0', minBrokerAddr: master, haBrokerAddr: 'ha:1' },
  ]);
  await broker.stop();
});
