import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Release } from '../base/release.ts';
import { RequestCode } from '../remoting/codes.ts';
import { decodeClusterInfo } from '../remoting/commands/get-broker-cluster-info.ts';
import { decodeBrokerMemberGroup } from '../remoting/commands/get-broker-member-group.ts';
import type { TopicRouteData } from '../remoting/commands/get-routeinfo-by-topic.ts';
import { registerBroker } from '../remoting/commands/register-broker.ts';
import type { RemotingCommand } from '../remoting/types.ts';
import { askTimeoutMs, namesrvLab, type NamesrvLab } from './lab.ts';

// The registration story that running 4.9.7 and 5.3.3 NameServers were seen to tell, step by step.

const first = '10.0.0.1:10911';
const second = '10.0.0.2:10911';
const setFields = { brokerName: 'fb', clusterName: 'c' };

/** Ids and permissions of a route. */
function shape(route: TopicRouteData | null): object | null {
  if (route === null) return null;
  return {
    ids: route.brokerDatas.map(({ brokerAddrs }) => Object.fromEntries(brokerAddrs)),
    perms: route.queueDatas.map(({ perm }) => perm),
  };
}

/** Asks until the answer is as wanted: release new applies an unregistration after it answered. */
async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  const deadlineMs = Date.now() + 2000;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    assert.ok(Date.now() < deadlineMs, `last answer ${JSON.stringify(answer)}`);
  }
}

function leave(lab: NamesrvLab, brokerId: number, brokerAddr: string): Promise<RemotingCommand> {
  const extFields = { ...setFields, brokerId: String(brokerId), brokerAddr };
  return lab.ask({ code: RequestCode.UNREGISTER_BROKER, extFields });
}

function queryVersion(lab: NamesrvLab, counter: number): Promise<RemotingCommand> {
  return lab.ask({
    code: RequestCode.QUERY_DATA_VERSION,
    extFields: { ...setFields, brokerId: '0', brokerAddr: first },
    body: Buffer.from(`{"counter":${counter},"timestamp":1700000000000}`),
  });
}

for (const release of ['old', 'new'] as const) {
  test(`${release}: a broker registers, is wiped, and stays wiped while its version is the same`, async () => {
    await using lab = await namesrvLab(release);
    await registersOneTopic(lab, release);

    assert.equal((await lab.register({ brokerId: 0 })).code, 0);
    const slave = await lab.register({ brokerId: 1 });
    assert.deepEqual(slave.extFields, { haServerAddr: '10.0.0.1:10912', masterAddr: first });

    const wiped = await lab.ask({ code: RequestCode.WIPE_WRITE_PERM_OF_BROKER, extFields: { brokerName: 'fb' } });
    assert.deepEqual(wiped.extFields, { wipeTopicCount: '2' });
    assert.equal((await lab.register({ brokerId: 0 })).code, 0);
    assert.deepEqual(shape(await lab.route('FT')), { ids: [{ 0: first, 1: second }], perms: [4] });

    await lab.register({ brokerId: 0 }, { dataVersion: { counter: 2 } });
    assert.deepEqual(shape(await lab.route('FT')), { ids: [{ 0: first, 1: second }], perms: [6] });
  });

  test(`${release}: 322 compares versions and answers the stored one`, async () => {
    await using lab = await namesrvLab(release);
    await lab.register({ brokerId: 0 });
    const same = await queryVersion(lab, 1);
    assert.deepEqual(same.extFields, { changed: 'false' });
    const stateVersion = release === 'new' ? { stateVersion: 0 } : {};
    assert.deepEqual(JSON.parse(String(same.body)), { counter: 1, ...stateVersion, timestamp: 1700000000000 });
    assert.deepEqual((await queryVersion(lab, 2)).extFields, { changed: 'true' });
  });

  test(`${release}: the cluster information has bare integer keys`, async () => {
    await using lab = await namesrvLab(release);
    await lab.register({ brokerId: 0 });
    const body = String((await lab.ask({ code: RequestCode.GET_BROKER_CLUSTER_INFO })).body);
    const acting = release === 'new' ? ',"enableActingMaster":false' : '';
    const set = `{"brokerAddrs":{0:"${first}"},"brokerName":"fb","cluster":"c"${acting}}`;
    assert.equal(body, `{"brokerAddrTable":{"fb":${set}},"clusterAddrTable":{"c":["fb"]}}`);
  });

  test(`${release}: when the master leaves, the route keeps the slave`, async () => {
    await using lab = await namesrvLab(release);
    await lab.register({ brokerId: 0 });
    await lab.register({ brokerId: 1 });
    assert.equal((await leave(lab, 0, first)).code, 0);
    const ids = (route: TopicRouteData | null) => route?.brokerDatas[0]?.brokerAddrs.has(0) === false;
    const route = await eventually(() => lab.route('FT'), ids);
    assert.deepEqual(shape(route), { ids: [{ 1: second }], perms: [6] });
    await leave(lab, 1, second);
    await eventually(
      () => lab.route('FT'),
      (gone) => gone === null,
    );
  });

  test(`${release}: a closed connection takes the routes of its broker at once`, async () => {
    await using lab = await namesrvLab(release);
    await lab.register({ brokerId: 0 });
    assert.notEqual(await lab.route('FT'), null);
    lab.client.disconnect(lab.address);
    await eventually(
      () => lab.route('FT'),
      (route) => route === null,
    );
  });

  test(`${release}: a registration with a wrong checksum, without an id or with a damaged body is refused`, async () => {
    await using lab = await namesrvLab(release);
    const wrong = await lab.register({ bodyCrc32: 7 });
    assert.deepEqual([wrong.code, wrong.remark], [1, 'crc32 not match']);
    const unnamed = await lab.ask({ code: registerBroker.code });
    assert.equal(unnamed.code, 1);
    const damaged = await lab.register({ compressed: true });
    assert.equal(damaged.code, 1);
    assert.match(damaged.remark ?? '', /^Failed to decode RegisterBrokerBody/);
  });
}

/** The first registration names one topic only: accepted by old, refused by new, which then shows the set without address. */
async function registersOneTopic(lab: NamesrvLab, release: Release): Promise<void> {
  const answer = await lab.register({ brokerId: 0 }, { topics: ['FT'] });
  if (release === 'old') {
    assert.equal(answer.code, 0);
    assert.deepEqual(shape(await lab.route('FT')), { ids: [{ 0: first }], perms: [6] });
    await leave(lab, 0, first);
    return;
  }
  assert.deepEqual([answer.code, answer.remark], [1, 'register broker failed']);
  const info = decodeClusterInfo((await lab.ask({ code: RequestCode.GET_BROKER_CLUSTER_INFO })).body);
  assert.equal(info.brokerAddrTable.get('fb')?.brokerAddrs.size, 0);
}

test('old: codes that it does not know get no answer', async () => {
  await using lab = await namesrvLab('old');
  for (const code of [9999, RequestCode.GET_BROKER_MEMBER_GROUP, RequestCode.BROKER_HEARTBEAT, 217]) {
    await assert.rejects(lab.client.invoke(lab.address, { code }, 100), { code: 'REMOTING_TIMEOUT' });
  }
});

test('new: codes that it does not know are refused', async () => {
  await using lab = await namesrvLab('new');
  const answer = await lab.ask({ code: 9999 });
  assert.deepEqual([answer.code, answer.remark], [3, ' request type 9999 not supported']);
});

test('new: 217 routes a topic with the given queues, an unknown broker ends it', async () => {
  await using lab = await namesrvLab('new');
  await lab.register({ brokerId: 0 });
  const queues = (brokerName: string) =>
    `{"brokerName":"${brokerName}","perm":6,"readQueueNums":3,"topicSysFlag":0,"writeQueueNums":2}`;
  const register = (topic: string, queueDatas: string[]) =>
    lab.ask({ code: 217, extFields: { topic }, body: Buffer.from(`{"queueDatas":[${queueDatas.join(',')}]}`) });
  assert.equal((await register('FT9', [queues('fb')])).code, 0);
  const route = await lab.route('FT9');
  assert.deepEqual([route?.queueDatas[0]?.readQueueNums, route?.queueDatas[0]?.writeQueueNums], [3, 2]);
  assert.equal((await register('FT10', [queues('fb'), queues('nobody')])).code, 0);
  assert.equal(await lab.route('FT10'), null);
});

test('new: 901 answers the members of a set, none for an unknown one', async () => {
  await using lab = await namesrvLab('new');
  await lab.register({ brokerId: 0 });
  const ask = async (brokerName: string) => {
    const answer = await lab.ask({ code: 901, extFields: { clusterName: 'c', brokerName } });
    return [answer.code, [...decodeBrokerMemberGroup(answer.body).brokerAddrs]];
  };
  assert.deepEqual(await ask('fb'), [0, [[0, first]]]);
  assert.deepEqual(await ask('nobody'), [0, []]);
});

test('new: a broker that is silent for longer than it asked for is removed and its connection closed', async () => {
  await using lab = await namesrvLab('new', { scanNotActiveBrokerInterval: 20 });
  const connection = await lab.client.connect(lab.address, askTimeoutMs);
  const closed = new Promise<void>((resolve) => connection.onClose(resolve));
  const startMs = Date.now();
  await lab.register({ brokerId: 0, heartbeatTimeoutMillis: 200 });
  await closed;
  assert.ok(Date.now() - startMs >= 200);
  assert.equal(await lab.route('FT'), null);
});

test('new: 904 keeps a broker alive, and one for an unknown broker is answered too', async () => {
  await using lab = await namesrvLab('new', { scanNotActiveBrokerInterval: 20 });
  await lab.register({ brokerId: 0, heartbeatTimeoutMillis: 300 });
  const deadlineMs = Date.now() + 600;
  while (Date.now() < deadlineMs) {
    assert.equal((await lab.ask({ code: 904, extFields: { ...setFields, brokerAddr: first } })).code, 0);
  }
  assert.notEqual(await lab.route('FT'), null);
  assert.equal((await lab.ask({ code: 904, extFields: { ...setFields, brokerAddr: second } })).code, 0);
});

test('new: with acting master the topics become read-only, and the slave shows as master only when it is allowed to', async () => {
  for (const supportActingMaster of [false, true]) {
    await using lab = await namesrvLab('new', { supportActingMaster });
    await lab.register({ brokerId: 0, enableActingMaster: true });
    await lab.register({ brokerId: 1, enableActingMaster: true });
    await leave(lab, 0, first);
    const route = await eventually(
      () => lab.route('FT'),
      (found) => found?.queueDatas[0]?.perm === 4,
    );
    assert.deepEqual(shape(route), { ids: [{ [supportActingMaster ? 0 : 1]: second }], perms: [4] });
    const info = decodeClusterInfo((await lab.ask({ code: RequestCode.GET_BROKER_CLUSTER_INFO })).body);
    assert.deepEqual([...info.brokerAddrTable.get('fb')!.brokerAddrs.keys()], [1]);
    await lab.register({ brokerId: 0, enableActingMaster: true });
    assert.deepEqual(shape(await lab.route('FT')), { ids: [{ 0: first, 1: second }], perms: [6] });
  }
});

test('new: a master of an earlier epoch cannot take the route back', async () => {
  await using lab = await namesrvLab('new');
  await lab.register({ brokerId: 0, brokerAddr: second }, { dataVersion: { stateVersion: 3 } });
  const late = await lab.register({ brokerId: 0, brokerAddr: first }, { dataVersion: { stateVersion: 2 } });
  assert.deepEqual([late.code, late.extFields], [0, {}]);
  assert.deepEqual(shape(await lab.route('FT')), { ids: [{ 0: second }], perms: [6] });
});

test('new: route queries wait for service after the start when told to', async () => {
  await using lab = await namesrvLab('new', { needWaitForService: true });
  const answer = await lab.ask({ code: 105, extFields: { topic: 'FT' } });
  assert.deepEqual([answer.code, answer.remark], [1, 'name server not ready']);
});
