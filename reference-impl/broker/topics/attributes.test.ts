import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestCode } from '../../remoting/codes.ts';
import { brokerLab, type BrokerLab } from '../lab.ts';

// Answers of a 5.3.3 broker to the same requests.
const messageTypes = '[UNSPECIFIED, TRANSACTION, FIFO, MIXED, DELAY, NORMAL]';
const stored = 'not set any response code';
const refusedAtFirst: readonly (readonly [attributes: string, code: number, remark: string])[] = [
  ['+message.typ=FIFO', 1, 'unsupported key: message.typ'],
  ['+message.type=foo', 1, `value is not in set: ${messageTypes}`],
  ['+message.type=MIXED', 29, 'MIXED message type is not supported.'],
  ['-nope', 1, 'only add attribute is supported while creating topic. key: nope'],
  ['message.type=FIFO', 1, 'add/alter attribute format is wrong: message.type'],
  ['+message.type=FIFO,+message.type=DELAY', 1, 'key duplication: +message.type'],
];
const altered: readonly (readonly [attributes: string, code: number, remark: string])[] = [
  ['+queue.type=BatchCQ,+reserve.time=5', 0, stored],
  ['+queue.type=SimpleCQ', 1, 'attempt to update an unchangeable attribute. key: queue.type'],
  ['-queue.type', 1, 'attempt to update an unchangeable attribute. key: queue.type'],
  ['-message.type', 1, 'attempt to delete a nonexistent key: message.type'],
  ['+message.type=DELAY', 0, stored],
  ['+cleanup.policy=COMPACTION', 1, 'attempt to update an unchangeable attribute. key: cleanup.policy'],
  ['+message.type=bad', 1, `value is not in set: ${messageTypes}`],
  ['-reserve.time', 0, stored],
];

function topic(lab: BrokerLab, name: string, attributes: string) {
  const fields = { topic: name, defaultTopic: 'TBW102', readQueueNums: '4', writeQueueNums: '4', perm: '6' };
  return lab.ask(RequestCode.UPDATE_AND_CREATE_TOPIC, { ...fields, attributes });
}

async function attributesOf(lab: BrokerLab, name: string): Promise<unknown> {
  const { code, body } = await lab.ask(RequestCode.GET_TOPIC_CONFIG, { topic: name });
  return code === 0 ? (JSON.parse(String(body)) as { attributes: object }).attributes : code;
}

test('attributes of a topic are those that there are, and are altered as each allows', async () => {
  await using lab = await brokerLab('new');
  for (const [attributes, code, remark] of refusedAtFirst) {
    const answer = await topic(lab, 'T', attributes);
    assert.deepEqual([answer.code, answer.remark], [code, remark], attributes);
  }
  assert.equal(await attributesOf(lab, 'T'), 17);
  for (const [attributes, code, remark] of altered) {
    const answer = await topic(lab, 'T', attributes);
    assert.deepEqual([answer.code, answer.remark], [code, remark], attributes);
  }
  assert.deepEqual(await attributesOf(lab, 'T'), { 'message.type': 'DELAY', 'queue.type': 'BatchCQ' });
});

test('a list of topics alters attributes too', async () => {
  await using lab = await brokerLab('new');
  const list = async (topicName: string, attributes: object) => {
    const queues = { readQueueNums: 4, writeQueueNums: 4, perm: 6, topicFilterType: 'SINGLE_TAG', order: false };
    const body = JSON.stringify({ topicConfigList: [{ topicName, ...queues, attributes }] });
    const { code, remark } = await lab.ask(RequestCode.UPDATE_AND_CREATE_TOPIC_LIST, null, body);
    return [code, remark];
  };
  assert.deepEqual(await list('L1', { '+message.type': 'FIFO' }), [0, stored]);
  assert.deepEqual(await attributesOf(lab, 'L1'), { 'message.type': 'FIFO' });
  assert.deepEqual(await list('L2', { '+nope': 'FIFO' }), [1, 'unsupported key: nope']);
  assert.equal(await attributesOf(lab, 'L2'), 17);
});
