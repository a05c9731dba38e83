import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { directDial } from '../../base/address.ts';
import { silentLog } from '../../base/log.ts';
import { createRemotingClient } from '../../remoting/client.ts';
import type { TopicConfig } from '../../remoting/bodies/topic-config.ts';
import { RequestCode } from '../../remoting/codes.ts';
import { objectKeyEntries, parseFastjson } from '../../remoting/fastjson.ts';
import { JavaDouble, writeFastjson } from '../../remoting/fastjson-writer.ts';
import { readGolden } from '../../remoting/golden.ts';
import type { RemotingClient } from '../../remoting/types.ts';
import { type BrokerLab, brokerLab, until } from '../lab.ts';
import { readHeartbeat } from './heartbeat.ts';
import { type MessageQueue, QueueLocks, readLockRequest } from './queue-locks.ts';
import { subscriptionFields, subscriptionOf } from './subscription.ts';

for (const { name, version, hex } of readGolden('client/heartbeat.json')) {
  test(`${name} of ${version} is read`, () => {
    const beat = readHeartbeat(Buffer.from(hex, 'hex'));
    assert.equal(beat.clientID, '10.0.0.1@1234#5678');
    assert.ok(beat.producerGroups.length > 0);
    const [consumer] = beat.consumers;
    assert.deepEqual([consumer!.groupName, consumer!.messageModel], ['CG_A', 'CLUSTERING']);
    const [subscription] = consumer!.subscriptions;
    const { subString, codeSet, tagsSet } = subscriptionOf('TopicA', 'TagA || TagB', 'TAG');
    assert.deepEqual(
      [subscription!.subString, subscription!.codeSet, subscription!.tagsSet],
      [subString, codeSet, tagsSet],
    );
    const recorded = JSON.parse(Buffer.from(hex, 'hex').toString()).consumerDataSet[0].subscriptionDataSet[0];
    assert.equal(writeFastjson(subscriptionFields(subscription!)), writeFastjson(recorded));
  });
}

for (const { name, version, hex } of readGolden('client/lock.json')) {
  test(`${name} of ${version} is read and written back`, () => {
    const text = Buffer.from(hex, 'hex').toString();
    if (name.includes('request')) {
      const { clientId, consumerGroup, mqSet } = readLockRequest(Buffer.from(text));
      const more = version === '4.9.7' ? {} : { onlyThisBroker: false };
      assert.equal(writeFastjson({ clientId, consumerGroup, mqSet, ...more }), text);
    } else {
      const { mqSet } = readLockRequest(Buffer.from(text.replace('lockOKMQSet', 'mqSet')));
      assert.equal(writeFastjson({ lockOKMQSet: mqSet }), text);
    }
  });
}

for (const { name, version, hex } of readGolden('client/tables.json')) {
  test(`${name} of ${version} is written as recorded`, () => {
    const text = Buffer.from(hex, 'hex').toString();
    assert.equal(writeFastjson(mapped(parseFastjson(text))), text);
  });
}

/** Objects with object keys as maps, so that they are written raw; rates as the doubles they are. */
function mapped(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  const raw = entries.length > 0 && entries.every(([key]) => key.startsWith('{'));
  if (raw) return new Map(objectKeyEntries(value as Record<string, unknown>).map(([key, item]) => [key, mapped(item)]));
  const member = (key: string, item: unknown) => (key.endsWith('Tps') ? new JavaDouble(Number(item)) : mapped(item));
  return Object.fromEntries(entries.map(([key, item]) => [key, member(key, item)]));
}

test('a lock belongs to one client, lives 60 s after its renewal and ends when it is given back', () => {
  const locks = new QueueLocks();
  const queue: MessageQueue = { brokerName: 'b', queueId: 0, topic: 'T' };
  const ask = (clientId: string) => ({ clientId, consumerGroup: 'G', mqSet: [queue] });
  assert.deepEqual(locks.lock(ask('a'), 0), [queue]);
  assert.deepEqual(locks.lock(ask('b'), 1000), []);
  assert.deepEqual(locks.lock(ask('a'), 30_000), [queue]);
  assert.deepEqual(locks.lock(ask('b'), 90_000), []);
  assert.deepEqual(locks.lock(ask('b'), 90_001), [queue]);
  locks.unlock(ask('a'));
  assert.deepEqual(locks.lock(ask('a'), 90_002), [], 'only the owner gives a lock back');
  locks.unlock(ask('b'));
  assert.deepEqual(locks.lock(ask('a'), 90_003), [queue]);
});

function heartbeat(
  clientID: string,
  topics: readonly string[],
  subVersion: number,
  messageModel = 'CLUSTERING',
): string {
  const subscriptionDataSet = topics.map((topic) => ({
    ...subscriptionFields(subscriptionOf(topic, '*', 'TAG')),
    subVersion,
  }));
  const consumer = {
    groupName: 'G',
    consumeType: 'CONSUME_PASSIVELY',
    messageModel,
    subscriptionDataSet,
    unitMode: false,
  };
  return JSON.stringify({ clientID, consumerDataSet: [consumer], producerDataSet: [{ groupName: 'PG' }] });
}

/** A consumer of its own connection, and how often it heard of a change. */
function consumer(lab: BrokerLab, release: 'old' | 'new') {
  const client: RemotingClient = createRemotingClient({ release, log: silentLog, addressBook: directDial });
  const seen = { notified: 0 };
  client.handle(RequestCode.NOTIFY_CONSUMER_IDS_CHANGED, () => {
    seen.notified++;
    return undefined;
  });
  const ask = (code: number, body: string) => client.invoke(lab.address, { code, body: Buffer.from(body) }, 5000);
  return { client, seen, beat: (body: string) => ask(RequestCode.HEART_BEAT, body) };
}

for (const release of ['old', 'new'] as const) {
  test(`${release}: members of a group see each other come and go`, async () => {
    await using lab = await brokerLab(release);
    const [a, b] = [consumer(lab, release), consumer(lab, release)];
    const answer = await a.beat(heartbeat('a', ['T'], 1));
    assert.deepEqual(Object.keys(answer.extFields ?? {}).length, release === 'old' ? 0 : 2);
    assert.deepEqual(await members(lab), ['a']);
    await b.beat(heartbeat('b', ['T'], 1));
    assert.deepEqual((await members(lab)).toSorted(), ['a', 'b']);
    await until(
      () => a.seen.notified >= 2,
      () => `a heard ${a.seen.notified} times`,
    );
    const before = a.seen.notified;
    await a.beat(heartbeat('a', ['T'], 1));
    assert.equal(a.seen.notified, before, 'the same heartbeat again is no change');
    await b.client.close();
    await until(
      async () => (await members(lab)).length === 1,
      () => 'b is still a member',
    );
    await until(
      () => a.seen.notified > before,
      () => 'a did not hear that b left',
    );
    const retry = await lab.ask(RequestCode.GET_TOPIC_STATS_INFO, { topic: '%RETRY%G' });
    assert.equal(retry.code, 0, 'the retry topic exists');
    await a.client.close();
    await until(
      async () => (await lab.ask(38, { consumerGroup: 'G' })).code === 1,
      () => 'the group is still there',
    );
  });

  test(`${release}: the retry topic of a group is as its consumers are`, async () => {
    await using lab = await brokerLab(release);
    const ordered = { topic: 'T', readQueueNums: '4', writeQueueNums: '4', perm: '6', order: 'true' };
    await lab.ask(RequestCode.UPDATE_AND_CREATE_TOPIC, ordered);
    const member = consumer(lab, release);
    await member.beat(heartbeat('a', ['T'], 1).replace('"unitMode":false', '"unitMode":true'));
    const retryTopic = async () => {
      const { body } = await lab.ask(RequestCode.GET_ALL_TOPIC_CONFIG);
      const { topicConfigTable } = parseFastjson(body!.toString()) as { topicConfigTable: Record<string, TopicConfig> };
      return topicConfigTable['%RETRY%G']!;
    };
    const { topicSysFlag, order } = await retryTopic();
    assert.deepEqual([topicSysFlag, order], [2, release === 'new']);
    await member.beat(heartbeat('a', ['Other'], 2));
    assert.equal((await retryTopic()).order, false);
    await member.client.close();
  });

  test(`${release}: the retry topic of a long group name ${release === 'old' ? 'stays' : 'can be deleted'}`, async () => {
    await using lab = await brokerLab(release);
    const member = consumer(lab, release);
    const group = 'G'.repeat(125);
    await member.beat(heartbeat('a', ['T'], 1).replace('"groupName":"G"', `"groupName":"${group}"`));
    const topic = `%RETRY%${group}`;
    assert.equal((await lab.ask(RequestCode.GET_TOPIC_STATS_INFO, { topic })).code, 0);
    assert.equal((await lab.ask(RequestCode.DELETE_TOPIC_IN_BROKER, { topic })).code, release === 'old' ? 1 : 0);
    await member.client.close();
  });

  test(`${release}: figures of a topic that a group has left are ${release === 'old' ? 'not ' : ''}told`, async () => {
    await using lab = await brokerLab(release);
    await lab.send('T');
    const member = consumer(lab, release);
    await member.beat(heartbeat('a', ['T'], 1));
    const committed = { consumerGroup: 'G', topic: 'T', queueId: '0', commitOffset: '1' };
    await lab.ask(RequestCode.UPDATE_CONSUMER_OFFSET, committed);
    const told = async () => {
      const { body } = await lab.ask(RequestCode.GET_BROKER_CONSUME_STATS, { isOrder: 'false' });
      const { consumeStatsList } = parseFastjson(body!.toString()) as { consumeStatsList: Record<string, object[]>[] };
      return consumeStatsList.find((group) => Object.hasOwn(group, 'G'))!.G!.length;
    };
    assert.equal(await told(), 1);
    await member.beat(heartbeat('a', ['Other'], 2));
    assert.equal(await told(), release === 'old' ? 0 : 1);
    await member.client.close();
  });

  test(`${release}: a pull needs the subscription that its consumer last sent`, async () => {
    await using lab = await brokerLab(release);
    await lab.send('T');
    const member = consumer(lab, release);
    const pull = async (subVersion: number) => (await lab.pull('T', 0, 0, pullOf(subVersion))).code;
    assert.equal(await pull(1), 24);
    await member.beat(heartbeat('a', ['Other'], 1));
    assert.equal(await pull(1), 24);
    await member.beat(heartbeat('a', ['T'], 5));
    assert.deepEqual([await pull(5), await pull(6)], [0, 25]);
    await member.client.close();
  });

  test(`${release}: the version of a subscription may be nanoseconds, as the Go client counts them`, async () => {
    await using lab = await brokerLab(release);
    await lab.send('T');
    const member = consumer(lab, release);
    const body = heartbeat('a', ['T'], 5).replace('"subVersion":5', '"subVersion":1795899008123456789');
    assert.equal((await member.beat(body)).code, 0);
    const pull = async (subVersion: string) => (await lab.pull('T', 0, 0, { ...pullOf(0), subVersion })).code;
    assert.deepEqual([await pull('1795899008123456789'), await pull('1795899009123456789')], [0, 25]);
    await member.client.close();
  });

  test(`${release}: a Go consumer may name no type of selector, and spells its model its own way`, async () => {
    await using lab = await brokerLab(release);
    await lab.send('T');
    const member = consumer(lab, release);
    const body = heartbeat('a', ['T'], 5, 'BroadCasting').replace('"expressionType":"TAG"', '"expressionType":""');
    assert.match(body, /"expressionType":""/);
    await member.beat(body);
    assert.equal((await lab.pull('T', 0, 0, pullOf(5))).code, 0);
    const group = '{"groupName":"G","consumeBroadcastEnable":false}';
    await lab.ask(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, null, group);
    assert.equal((await lab.pull('T', 0, 0, pullOf(5))).code, 16);
    await member.client.close();
  });

  test(`${release}: broadcasting consumers ${release === 'old' ? 'hear' : 'do not hear'} of each other`, async () => {
    await using lab = await brokerLab(release);
    const member = consumer(lab, release);
    await member.beat(heartbeat('a', ['T'], 1, 'BROADCASTING'));
    await member.beat(heartbeat('a', ['T', 'U'], 2, 'BROADCASTING'));
    await member.beat(heartbeat('a', ['T', 'U'], 2, 'BROADCASTING'));
    const other = consumer(lab, release);
    await other.beat(heartbeat('b', ['T', 'U'], 2, 'BROADCASTING'));
    await other.client.close();
    await until(
      async () => (await members(lab)).length === 1,
      () => 'b is still a member',
    );
    await member.beat(heartbeat('a', ['T', 'U'], 2, 'BROADCASTING'));
    assert.equal(member.seen.notified > 0, release === 'old');
    await member.client.close();
  });

  test(`${release}: without auto-creation an unknown group ${release === 'old' ? 'registers' : 'is unknown'}, and may not pull`, async () => {
    await using lab = await brokerLab(release, { autoCreateSubscriptionGroup: false });
    await lab.send('T');
    const member = consumer(lab, release);
    assert.equal((await member.beat(heartbeat('a', ['T'], 1))).code, 0);
    assert.equal((await lab.ask(38, { consumerGroup: 'G' })).code, release === 'old' ? 0 : 1);
    assert.equal((await lab.pull('T', 0, 0)).code, 26);
    await member.client.close();
  });
}

function pullOf(subVersion: number) {
  return { sysFlag: '0', consumerGroup: 'G', subVersion: String(subVersion) };
}

async function members(lab: BrokerLab): Promise<string[]> {
  const { body } = await lab.ask(RequestCode.GET_CONSUMER_LIST_BY_GROUP, { consumerGroup: 'G' });
  return (parseFastjson(body?.toString() ?? '{}') as { consumerIdList?: string[] }).consumerIdList ?? [];
}

/** Asks as a tool in C++ does, for a reset of the whole group, and waits for the answer to begin. */
async function resetFromCpp(lab: BrokerLab): Promise<void> {
  const extFields = { topic: 'T', group: 'G', timestamp: '0', isForce: 'true' };
  const code = RequestCode.INVOKE_BROKER_TO_RESET_OFFSET;
  const header = JSON.stringify({ code, flag: 0, language: 'CPP', opaque: 1, version: 0, extFields });
  const frame = Buffer.alloc(8 + header.length);
  frame.writeInt32BE(4 + header.length);
  frame.writeInt32BE(header.length, 4);
  frame.write(header, 8);
  const [host, port] = lab.address.split(':');
  const socket = connect(Number(port), host);
  socket.write(frame);
  await once(socket, 'data');
  socket.destroy();
}

test('old: a tool in C++ has the clients of a group reset with a list of queues', async () => {
  await using lab = await brokerLab('old');
  await lab.send('T');
  const queues = { consumerGroup: 'G', topic: 'T', commitOffset: '1' };
  for (const queueId of ['0', '1', '2', '3']) await lab.ask(15, { ...queues, queueId });
  const member = consumer(lab, 'old');
  const pushed = new Promise<string>((resolve) => {
    member.client.handle(RequestCode.RESET_CONSUMER_CLIENT_OFFSET, ({ body }) => {
      resolve(String(body));
      return undefined;
    });
  });
  await member.beat(heartbeat('a', ['T'], 1));
  await resetFromCpp(lab);
  const { offsetTable } = JSON.parse(await pushed) as { offsetTable: readonly object[] };
  assert.deepEqual(offsetTable[0], { brokerName: 'broker-a', offset: 0, queueId: 0, topic: 'T' });
  await member.client.close();
});
