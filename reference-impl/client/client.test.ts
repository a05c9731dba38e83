import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directDial } from '../base/address.ts';
import { silentLog } from '../base/log.ts';
import { releases, type Release } from '../base/release.ts';
import { brokerLab } from '../broker/lab.ts';
import { namesrvLab } from '../namesrv/lab.ts';
import { createConsumer } from './consumer.ts';
import { createOperator } from './operator.ts';
import { createProducer } from './producer.ts';
import { RefusedError } from './refused.ts';

const topic = 'T';

/** A NameServer and a broker of our own with one topic of 2 queues. */
async function cluster(release: Release) {
  const stack = new AsyncDisposableStack();
  const namesrv = stack.use(await namesrvLab(release));
  const broker = stack.use(await brokerLab(release, { namesrvAddr: namesrv.address }));
  // The first NameServer never answers: every call has to find the second.
  const client = { namesrvAddrs: ['127.0.0.1:1', namesrv.address], release, log: silentLog, addressBook: directDial };
  const operator = stack.use(createOperator(client));
  await operator.createTopic(broker.address, { topicName: topic, readQueueNums: 2, writeQueueNums: 2, perm: 6 });
  return { broker, client, operator, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const timings = { sendMsgTimeout: 2000, pollNameServerInterval: 30_000 };

for (const release of releases) {
  test(`${release}: what a producer sent, alone and as a batch, a consumer and an operator read`, async () => {
    await using lab = await cluster(release);
    await using producer = createProducer({ ...lab.client, ...timings, producerGroup: 'PG' });
    const [queue] = await producer.publishQueues(topic);
    const sent = await producer.send(queue!, { body: Buffer.from('one'), keys: 'k1', tags: 'TagA' });
    assert.deepEqual([sent.kind, sent.queueId, sent.queueOffset], ['SEND_OK', 0, 0]);
    const batch = await producer.sendBatch(queue!, [{ body: Buffer.from('two') }, { body: Buffer.from('three') }]);
    assert.deepEqual([batch.kind, batch.queueOffset], ['SEND_OK', 1]);

    const options = {
      ...lab.client,
      consumerGroup: 'CG',
      topic,
      pollNameServerInterval: 30_000,
      heartbeatBrokerInterval: 30_000,
    };
    await using consumer = await createConsumer(options);
    const polled = await consumer.poll(queue!, 5000);
    assert.deepEqual(
      polled.messages.map(({ body }) => body.toString()),
      ['one', 'two', 'three'],
    );
    await consumer.commit(queue!);
    assert.equal(await consumer.committed(queue!), 3);
    const group = await lab.operator.consumerConnection(lab.broker.address, 'CG');
    assert.equal(group.connectionSet.length, 1);

    const message = await lab.operator.viewMessage(sent.offsetMsgId!);
    assert.equal(message.body.toString(), 'one');
    const found = await lab.operator.queryMessage(lab.broker.address, {
      topic,
      key: 'k1',
      maxNum: 10,
      beginTimestamp: 0,
      endTimestamp: Number.MAX_SAFE_INTEGER,
    });
    assert.deepEqual(
      found.map(({ queueOffset }) => queueOffset),
      [0],
    );
    const read: number[] = [];
    for await (const messages of lab.operator.readQueue(lab.broker.address, {
      topic,
      queueId: 0,
      fromOffset: 1,
      toOffset: 3,
    })) {
      read.push(...messages.map(({ queueOffset }) => queueOffset));
    }
    assert.deepEqual(read, [1, 2]);
  });

  test(`${release}: a held pull is answered by the message that arrives`, async () => {
    await using lab = await cluster(release);
    await using producer = createProducer({ ...lab.client, ...timings, producerGroup: 'PG' });
    const options = {
      ...lab.client,
      consumerGroup: 'CG',
      topic,
      pollNameServerInterval: 30_000,
      heartbeatBrokerInterval: 30_000,
    };
    await using consumer = await createConsumer(options);
    const [queue] = await producer.publishQueues(topic);
    const held = consumer.poll(queue!, 10_000);
    await producer.send(queue!, { body: Buffer.from('wake') });
    assert.deepEqual(
      (await held).messages.map(({ body }) => body.toString()),
      ['wake'],
    );
  });

  test(`${release}: every end of a send is an outcome`, async () => {
    await using lab = await cluster(release);
    await using producer = createProducer({ ...lab.client, ...timings, producerGroup: 'PG' });
    const [queue] = await producer.publishQueues(topic);
    const body = Buffer.from('x');
    const codeOf = async (wrong: object) => (await producer.send({ ...queue!, ...wrong }, { body })).code;
    assert.equal(await codeOf({ queueId: 99 }), release === 'old' ? 1 : 29);
    assert.equal(await codeOf({ topic: 'NoSuchTopic' }), 10005);
    assert.equal(await codeOf({ brokerName: 'no-such-broker' }), 10003);
    const inFlight = Array.from({ length: 50 }, () => producer.send(queue!, { body }));
    const closing = producer.close();
    const kinds = new Set((await Promise.all(inFlight)).map(({ kind }) => kind));
    await closing;
    assert.ok([...kinds].every((kind) => kind === 'SEND_OK' || kind === 'unknown' || kind === 'refused'));
    assert.ok(kinds.size > 0);
  });

  test(`${release}: hundreds in flight on one connection are all answered`, async () => {
    await using lab = await cluster(release);
    await using producer = createProducer({ ...lab.client, ...timings, producerGroup: 'PG' });
    const queues = await producer.publishQueues(topic);
    const offsets: number[] = [];
    await new Promise<void>((resolve) => {
      for (let n = 0; n < 500; n++) {
        producer.sendWith(queues[0]!, { body: Buffer.from(`m${n}`) }, ({ queueOffset }) => {
          offsets.push(queueOffset!);
          if (offsets.length === 500) resolve();
        });
      }
    });
    assert.deepEqual(
      offsets.toSorted((a, b) => a - b),
      Array.from({ length: 500 }, (_, n) => n),
    );
  });
}

test('a refusal carries the code and remark of the server', async () => {
  await using lab = await cluster('old');
  const refusal = await lab.operator.brokerEpoch(lab.broker.address).catch((thrown: unknown) => thrown);
  assert.ok(refusal instanceof RefusedError);
  assert.deepEqual(
    [refusal.requestCode, refusal.responseCode, refusal.remark],
    [1007, 3, ' request type 1007 not supported'],
  );
});
