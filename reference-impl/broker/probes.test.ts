import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Release } from '../base/release.ts';
import { RequestCode } from '../remoting/codes.ts';
import { decodeWhole, type GoldenEntry, readGolden } from '../remoting/golden.ts';
import type { ExtFields, RemotingCommand } from '../remoting/types.ts';
import { type BrokerLab, brokerLab, sendFields } from './lab.ts';

// Requests recorded on stock brokers, one after the other, against ours: golden/remoting/probes.json (old) and the table of
// wire-observed.md (new). Compared: the code, the remark where it is a text of the broker's own, the names of the fields.

/** Codes that are not built: 37 ends transactions; the others want a property filter. */
const notBuilt = new Set(['end tx bad', 'client config sql bad', 'client config sql ok']);

/** Texts of the Java machine, of its filter parser, and addresses of the recording. */
const foreignText = /^java\.|^org\.apache|consumer:\[|Producer: /;

function brokerProbes(): GoldenEntry[] {
  return readGolden('remoting/probes.json').filter(({ name, description, responseHex }) => {
    return description.startsWith('Broker: answer') && responseHex !== undefined && !notBuilt.has(name);
  });
}

/** What the recorded broker held: topic T1 of four queues with messages, two of them with the key `key1`. */
async function prepare(lab: BrokerLab): Promise<void> {
  for (let i = 0; i < 16; i++) {
    const properties = `KEYS\u0001key${1 + (i % 3)}\u0002TAGS\u0001TagA\u0002`;
    assert.equal((await lab.send('T1', properties, { queueId: i % 4 })).code, 0);
  }
}

for (const probe of brokerProbes()) {
  test(`old: ${probe.name} is answered as 4.9.7 does`, async () => {
    const lab = await sharedLab('old');
    const request = decodeWhole(Buffer.from(probe.hex, 'hex'));
    const expected = decodeWhole(Buffer.from(probe.responseHex!, 'hex'));
    const answer = await lab.client.invoke(lab.address, request, 5000);
    assert.equal(answer.code, expected.code, answer.remark ?? '');
    if (expected.remark !== null && !foreignText.test(expected.remark)) assert.equal(answer.remark, expected.remark);
    assert.deepEqual(fieldNames(answer), fieldNames(expected));
  });
}

const shared = new Map<Release, Promise<BrokerLab>>();

function sharedLab(release: Release): Promise<BrokerLab> {
  const known = shared.get(release);
  if (known !== undefined) return known;
  const starting = brokerLab(release, {
    brokerName: 'ob',
    brokerClusterName: 'OldCluster',
    enablePropertyFilter: true,
  });
  const ready = starting.then(async (lab) => {
    await prepare(lab);
    return lab;
  });
  shared.set(release, ready);
  return ready;
}

test.after(async () => {
  for (const lab of shared.values()) await (await lab)[Symbol.asyncDispose]();
});

function fieldNames(command: RemotingCommand): string[] {
  return Object.keys(command.extFields ?? {}).toSorted();
}

/** One row of the table: what is sent, and the code of either release. */
type Row = readonly [what: string, code: number, fields: ExtFields, old: number, new_: number, remark?: string];

const queue = (topic: string, more: ExtFields = {}): ExtFields => ({ topic, queueId: '0', ...more });
const offsetOf = (group: string, topic: string, more: ExtFields = {}) =>
  queue(topic, { consumerGroup: group, ...more });
const sent = (topic: string, more: ExtFields = {}, properties = '') => sendFields(topic, properties, { more });
const tooLong = `K\u0001${'v'.repeat(33_000)}\u0002`;

const rows: Row[] = [
  ['310, queueId -1', 310, sent('T1', { e: '-1' }), 0, 0],
  ['310, flag beyond 32 bits', 310, sent('T1', { h: '4294967296' }), 1, 1],
  ['310, queueId 99', 310, sent('T1', { e: '99' }), 1, 29],
  ['310, bad topic name', 310, sent('bad topic!'), 1, 29],
  ['310 to SCHEDULE_TOPIC_XXXX', 310, sent('SCHEDULE_TOPIC_XXXX'), 16, 16],
  ['310, unknown topic and template', 310, sent('NewTopicZ', { c: 'NOPE' }), 17, 17],
  ['310, unknown topic, template TBW102', 310, sent('AutoT2', { d: '2' }), 0, 0],
  ['310 with properties of 33 kB', 310, sent('T1', {}, tooLong), 13, 13],
  ['310, half message', 310, sent('T1', {}, 'TRAN_MSG\u0001true\u0002'), 16, 16],
  ['310, timer message', 310, sent('T1', {}, 'TIMER_DELAY_MS\u00016000\u0002'), 0, 1],
  ['11 on a queue without data', 11, pullOf('BenchmarkTest', 0), 19, 19, 'NO_MESSAGE_IN_QUEUE'],
  ['11, offset 50000', 11, pullOf('T1', 50_000), 21, 21, 'OFFSET_OVERFLOW_BADLY'],
  ['11, offset -1', 11, pullOf('T1', -1), 21, 21, 'OFFSET_TOO_SMALL'],
  ['11, queueId 99', 11, pullOf('T1', 0, { queueId: '99' }), 1, 29],
  ['11, tag that nothing has', 11, pullOf('T1', 0, { subscription: 'Nope' }), 20, 20, 'NO_MATCHED_MESSAGE'],
  ['11, unknown topic', 11, pullOf('TXX', 0), 17, 17],
  ['11 without subscription, unknown group', 11, pullOf('T1', 0, { sysFlag: '0', consumerGroup: 'NONE' }), 24, 24],
  ['11, SQL92', 11, pullOf('T1', 0, { expressionType: 'SQL92', subscription: 'a > 1' }), 1, 1],
  ['361', 361, pullOf('T1', 0), 3, 0],
  ['14, unknown group, data from offset 0', 14, offsetOf('NOG', 'T1'), 0, 0],
  ['14, setZeroIfNotFound=false', 14, offsetOf('NOG', 'T1', { setZeroIfNotFound: 'false' }), 0, 22],
  ['14, queue without messages', 14, offsetOf('NOG', 'BenchmarkTest'), 0, 22],
  ['15, unknown topic', 15, offsetOf('CG9', 'T1zz', { commitOffset: '1' }), 0, 17],
  ['15, unknown group', 15, offsetOf('NOG2', 'T1', { commitOffset: '1' }), 0, 26],
  ['15, commitOffset beyond 64 bits', 15, offsetOf('CG9', 'T1', { commitOffset: '9'.repeat(400) }), 1, 29],
  ['15 without commitOffset', 15, offsetOf('CG9', 'T1'), 1, 29, 'Offset is null, topic is T1'],
  ['29 on an unknown topic', 29, queue('T1zz', { timestamp: '0' }), 0, 0],
  ['30 on an unknown topic', 30, queue('T1zz'), 0, 0],
  ['30 without queueId', 30, { topic: 'T1' }, 1, 1],
  ['31 on an unknown topic', 31, queue('T1zz'), 0, 0],
  ['32 on an unknown topic', 32, queue('T1zz'), 0, 0],
  ['33 beyond the log', 33, { offset: '999999999' }, 1, 1],
  ['38, nobody online', 38, { consumerGroup: 'X' }, 1, 1, 'no consumer for this group, X'],
  ['17 on a system topic', 17, newTopic('SCHEDULE_TOPIC_XXXX'), 1, 29],
  ['17 on a name of the brokers', 17, newTopic('rmq_sys_x'), 1, 29],
  ['17', 17, newTopic('TopicN'), 0, 0, 'not set any response code'],
  ['215 on a system topic', 215, { topic: 'TBW102' }, 1, 29],
  ['222, group never seen', 222, { topic: 'T1', group: 'X', timestamp: '-1', isForce: 'true' }, 1, 26],
  ['351', 351, { topic: 'T1' }, 3, 0],
  ['351, unknown topic', 351, { topic: 'T1zz' }, 3, 17],
  ['352', 352, { group: 'CG9' }, 3, 0],
  ['352, unknown group', 352, { group: 'NONE9' }, 3, 26],
  ['204 of nobody', 204, { producerGroup: 'zz' }, 1, 1, 'the producer group[zz] not exist'],
  ['203 of nobody', 203, { consumerGroup: 'zz' }, 206, 206, 'the consumer group[zz] not online'],
  ['1007 outside controller mode', 1007, {}, 3, 1],
  ['907', 907, {}, 3, 0],
  ['9999', 9999, {}, 3, 3, ' request type 9999 not supported'],
];

function pullOf(topic: string, offset: number, more: ExtFields = {}): ExtFields {
  const fields = {
    consumerGroup: 'CG9',
    queueOffset: String(offset),
    maxMsgNums: '1',
    sysFlag: '4',
    commitOffset: '0',
  };
  return queue(topic, {
    ...fields,
    suspendTimeoutMillis: '0',
    subscription: '*',
    subVersion: '0',
    expressionType: 'TAG',
    ...more,
  });
}

function newTopic(topic: string): ExtFields {
  const queues = { readQueueNums: '1', writeQueueNums: '1' };
  return { topic, defaultTopic: 'TBW102', ...queues, perm: '6', topicFilterType: 'SINGLE_TAG', order: 'false' };
}

for (const release of ['old', 'new'] as const) {
  for (const [what, code, fields, old, new_, remark] of rows) {
    test(`${release}: ${what}`, async () => {
      const lab = await sharedLab(release);
      const body = [310, 320, 10].includes(code) ? 'x' : '';
      const answer = await lab.ask(code, fields, body);
      assert.equal(answer.code, release === 'old' ? old : new_, answer.remark ?? '');
      if (remark !== undefined && answer.code !== 1) assert.equal(answer.remark, remark);
    });
  }

  test(`${release}: a message of 4 MiB and a byte is illegal, an empty one as the release has it`, async () => {
    const lab = await sharedLab(release);
    const body = Buffer.alloc(4 * 1024 * 1024 + 1);
    assert.equal((await lab.ask(RequestCode.SEND_MESSAGE_V2, sent('T1'), body)).code, 13);
    assert.equal((await lab.ask(RequestCode.SEND_BATCH_MESSAGE, sent('T1', { m: 'true' }), body)).code, 13);
    assert.equal((await lab.ask(RequestCode.SEND_MESSAGE_V2, sent('T1'))).code, release === 'old' ? 0 : 1);
  });

  test(`${release}: the fast port serves everything but pulls`, async () => {
    const lab = await sharedLab(release);
    const [host, port] = lab.address.split(':');
    const fast = `${host}:${Number(port) - 2}`;
    const ask = (code: number, extFields: ExtFields) => lab.client.invoke(fast, { code, extFields }, 5000);
    assert.equal((await ask(11, pullOf('T1', 0))).code, 3);
    assert.equal((await ask(30, queue('T1'))).code, 0);
  });
}
