import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBatch } from '../../message/batch.ts';
import { decodeProperties } from '../../message/properties.ts';
import { decodeRecords } from '../../message/record.ts';
import type { StoredMessage } from '../../message/types.ts';
import { RequestCode } from '../../remoting/codes.ts';
import { type BrokerLab, brokerLab, sendFields, until } from '../lab.ts';

async function stored(lab: BrokerLab, topic: string, queueId = 0, offset = 0): Promise<StoredMessage[]> {
  const { body } = await lab.pull(topic, queueId, offset);
  return body === null ? [] : decodeRecords(body);
}

async function sendBack(lab: BrokerLab, message: StoredMessage, delayLevel: number, more = {}): Promise<number> {
  const fields = {
    offset: String(message.physicalOffset),
    group: 'G',
    delayLevel: String(delayLevel),
    unitMode: 'false',
  };
  return (await lab.ask(RequestCode.CONSUMER_SEND_MSG_BACK, { ...fields, originTopic: 'T', ...more })).code;
}

for (const release of ['old', 'new'] as const) {
  test(`${release}: the record holds what the release stores`, async () => {
    await using lab = await brokerLab(release);
    await lab.send('T', 'KEYS\u0001k\u0002WAIT\u0001true\u0002TAGS\u0001A\u0002', { body: 'hello' });
    const [message] = await stored(lab, 'T');
    assert.equal(Buffer.from(message!.body).toString(), 'hello');
    const properties = decodeProperties(message!.properties);
    const always =
      release === 'old'
        ? ['CLUSTER', 'KEYS', 'TAGS']
        : ['CLUSTER', 'KEYS', 'MSG_REGION', 'TAGS', 'TRACE_ON', 'UNIQ_KEY', 'WAIT'];
    assert.deepEqual([...properties.keys()].toSorted(), always);
    assert.equal(message!.properties.endsWith('\u0002'), release === 'new');
  });

  test(`${release}: a batch lands in one queue with consecutive offsets, or not at all`, async () => {
    await using lab = await brokerLab(release);
    await lab.send('T');
    const messages = ['a', 'b', 'c'].map((text) => ({
      flag: 0,
      body: Buffer.from(text),
      properties: `KEYS\u0001${text}\u0002UNIQ_KEY\u0001id-${text}`,
    }));
    const fields = sendFields('T', 'WAIT\u0001true', { more: { m: 'true' } });
    const answer = await lab.ask(RequestCode.SEND_BATCH_MESSAGE, fields, encodeBatch(messages));
    assert.deepEqual([answer.code, answer.extFields!.queueOffset], [0, '1']);
    const records = (await stored(lab, 'T')).slice(1);
    assert.deepEqual(
      records.map((record) => [Buffer.from(record.body).toString(), record.queueOffset]),
      [
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ],
    );
    assert.equal(answer.extFields!.msgId!.split(',').length, 3);
    // The batch as a whole has none.
    const ids = records.map(({ properties }) => decodeProperties(properties).get('UNIQ_KEY'));
    assert.deepEqual([ids, answer.extFields!.transactionId], [['id-a', 'id-b', 'id-c'], undefined]);
    assert.equal(decodeProperties(records[2]!.properties).get('KEYS'), 'c');
    assert.equal(decodeProperties(records[2]!.properties).get('CLUSTER'), 'DefaultCluster');
    const retry = { ...fields, b: '%RETRY%G' };
    await lab.ask(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, null, '{"groupName":"G"}');
    assert.equal((await lab.ask(RequestCode.SEND_BATCH_MESSAGE, retry, encodeBatch(messages))).code, 13);
    assert.equal((await lab.ask(RequestCode.SEND_BATCH_MESSAGE, fields, 'no batch')).code, 1);
    assert.equal((await stored(lab, 'T')).length, 4);
  });

  test(`${release}: a message with a delay level comes when it is due, and not before`, async () => {
    await using lab = await brokerLab(release, { messageDelayLevel: '1s 2s' });
    const sent = await lab.send('T', 'DELAY\u00011\u0002TAGS\u0001A\u0002', { queueId: 2 });
    const sentMs = Date.now();
    assert.deepEqual([sent.code, sent.extFields!.queueId], [0, '2']);
    assert.equal((await stored(lab, 'T', 2)).length, 0);
    await until(
      async () => (await stored(lab, 'T', 2)).length === 1,
      () => 'the message is not there',
    );
    const [message] = await stored(lab, 'T', 2);
    assert.ok(message!.storeTimestamp - sentMs >= 900, `came after ${message!.storeTimestamp - sentMs} ms`);
    const properties = decodeProperties(message!.properties);
    assert.deepEqual(
      [properties.get('DELAY'), properties.get('REAL_TOPIC'), properties.get('REAL_QID')],
      ['1', 'T', '2'],
    );
    const matching = await lab.pull('T', 2, 0, { subscription: 'A' });
    assert.equal(matching.code, 0, 'its tag is hashed anew');
  });

  test(`${release}: what could not be stored under its own topic is not put off`, async () => {
    await using lab = await brokerLab(release);
    const group = 'g'.repeat(release === 'old' ? 125 : 250);
    await lab.ask(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, null, `{"groupName":"${group}","retryQueueNums":1}`);
    await lab.send('T');
    const [message] = await stored(lab, 'T');
    assert.equal(await sendBack(lab, message!, 0, { group }), 1);
    assert.equal((await lab.send(`%RETRY%${group}`, 'DELAY\u00011\u0002')).code, 13);
  });

  test(`${release}: a failed message comes again through the retry topic, then goes to the dead letters`, async () => {
    await using lab = await brokerLab(release, { messageDelayLevel: '1s 1s 1s 1s' });
    await lab.ask(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, null, '{"groupName":"G","retryQueueNums":1}');
    await lab.send('T', 'KEYS\u0001k\u0002', { body: 'again' });
    const [message] = await stored(lab, 'T');
    assert.equal(await sendBack(lab, message!, 0), 0);
    await until(
      async () => (await stored(lab, '%RETRY%G')).length === 1,
      () => 'nothing in the retry topic',
    );
    const [retried] = await stored(lab, '%RETRY%G');
    const properties = decodeProperties(retried!.properties);
    assert.deepEqual([retried!.reconsumeTimes, Buffer.from(retried!.body).toString()], [1, 'again']);
    assert.deepEqual([properties.get('RETRY_TOPIC'), properties.get('KEYS'), properties.get('DELAY')], ['T', 'k', '3']);
    assert.equal(await sendBack(lab, retried!, 0, { maxReconsumeTimes: '1' }), 0);
    assert.equal(await sendBack(lab, message!, -1), 0);
    await until(
      async () => (await stored(lab, '%DLQ%G')).length === 2,
      () => 'not in the dead letters',
    );
    assert.equal(await sendBack(lab, { ...message!, physicalOffset: 999_999 }, 0), 1);
    assert.equal(await sendBack(lab, message!, 0, { group: 'NOBODY' }), 0, 'groups are created on their way');
  });

  test(`${release}: a consumer that sends its message again too often sends it to the dead letters`, async () => {
    await using lab = await brokerLab(release);
    await lab.ask(RequestCode.UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, null, '{"groupName":"G","retryQueueNums":1}');
    const tried = { more: { j: '17', l: '16' } };
    assert.equal((await lab.send('%RETRY%G', 'DELAY\u00015\u0002', tried)).code, 0);
    const [dead] = await stored(lab, '%DLQ%G');
    assert.equal(decodeProperties(dead!.properties).get('DELAY'), release === 'old' ? '5' : '-1');
  });

  test(`${release}: a send to an unknown topic creates it from the template`, async () => {
    await using lab = await brokerLab(release);
    const { code } = await lab.send('Fresh', '', { more: { d: '2' } });
    assert.equal(code, 0);
    assert.equal((await lab.send('Fresh', '', { queueId: 2 })).code, release === 'old' ? 1 : 29);
    assert.equal((await lab.pull('Fresh', 1, 0)).code, 19);
    await using strict = await brokerLab(release, { autoCreateTopicEnable: false });
    assert.equal((await strict.send('Fresh')).code, 17);
  });

  test(`${release}: a broker without write permission still takes sends, except in order`, async () => {
    await using lab = await brokerLab(release);
    await lab.send('Plain');
    const ordered = {
      readQueueNums: '1',
      writeQueueNums: '1',
      perm: '6',
      topicFilterType: 'SINGLE_TAG',
      order: 'true',
    };
    await lab.ask(17, { topic: 'Ordered', defaultTopic: 'TBW102', ...ordered });
    assert.equal((await lab.ask(RequestCode.UPDATE_BROKER_CONFIG, null, 'brokerPermission=4')).code, 0);
    assert.equal((await lab.send('Plain')).code, 0);
    assert.equal((await lab.send('Ordered')).code, 16);
  });
}

test('new refuses before it stores when too many sends wait', async () => {
  await using lab = await brokerLab('new', { sendThreadPoolQueueCapacity: 10 });
  await lab.send('T');
  const codes = await Promise.all(Array.from({ length: 200 }, () => lab.send('T').then((answer) => answer.code)));
  assert.deepEqual(
    [...new Set(codes)].toSorted((a, b) => a - b),
    [0, 2],
  );
  const accepted = codes.filter((code) => code === 0).length;
  const { extFields } = await lab.ask(30, { topic: 'T', queueId: '0' });
  assert.equal(Number(extFields!.offset), accepted + 1, 'what was refused was not stored');
});
