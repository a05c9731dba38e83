import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { directDial } from '../../../reference-impl/base/address.ts';
import { silentLog } from '../../../reference-impl/base/log.ts';
import { brokerLab } from '../../../reference-impl/broker/lab.ts';
import { createOperator } from '../../../reference-impl/client/operator.ts';
import { namesrvLab } from '../../../reference-impl/namesrv/lab.ts';
import * as promises from '../../check/messages.ts';
import { temporaryFolder } from '../folders.ts';
import { until } from '../until.ts';
import { startBackgroundConsumer } from './background-consumer.ts';
import { startBackgroundProducer } from './background-producer.ts';
import { keysInCommitLog } from './commit-log.ts';
import { drain } from './drain.ts';
import { createLedger } from './ledger-files.ts';
import { measureSends } from './measured-sends.ts';

const topic = 'T';

test('traffic goes on over a restart of the broker, and the ledger tells what became of every message', async () => {
  await using folder = await temporaryFolder();
  await using namesrv = await namesrvLab('new');
  const store = join(folder.path, 'store');
  const overrides = { namesrvAddr: namesrv.address };
  const first = await brokerLab('new', overrides, store);
  const listenPort = Number(first.address.split(':')[1]);
  const client = { namesrvAddrs: [namesrv.address], release: 'new' as const, log: silentLog, addressBook: directDial };
  await using operator = createOperator(client);
  await operator.createTopic(first.address, { topicName: topic, readQueueNums: 4, writeQueueNums: 4, perm: 6 });

  const evidence = join(folder.path, 'evidence');
  await using ledger = createLedger(evidence);
  const common = { client, ledger, topic, pollNameServerInterval: 50 };
  await using producer = await startBackgroundProducer({
    ...common,
    run: 'r',
    name: 'p',
    seed: 7,
    rate: 2000,
    window: 32,
    attemptsMax: 2,
    bodyBytes: 64,
    sendMsgTimeout: 1000,
  });
  await using consumer = await startBackgroundConsumer({ ...common, name: 'c', brokerId: 0 });
  await until(
    '200 sends acknowledged',
    () => producer.acknowledged,
    (n) => n >= 200,
    { deadlineMs: 10_000 },
  );
  await first.stop();
  await until(
    'sends fail',
    () => producer.failed,
    (n) => n > 0,
    { deadlineMs: 10_000 },
  );
  await using second = await brokerLab('new', { ...overrides, listenPort }, store);
  const before = producer.acknowledged;
  await until(
    'sends go on',
    () => producer.acknowledged,
    (n) => n >= before + 200,
    { deadlineMs: 10_000 },
  );
  await producer.stop();

  const log = await drain(operator, topic, 'drain');
  await until(
    'all consumed',
    () => new Set(ledger.deliveries.map(({ key }) => key)).size,
    (n) => n >= log.length,
    { deadlineMs: 10_000 },
  );
  await consumer.stop();
  const { attempts, deliveries } = ledger;
  assert.deepEqual(promises.noAcknowledgedLoss(attempts, log), []);
  assert.deepEqual(promises.exactlyOnce(attempts, log), []);
  assert.deepEqual(promises.nothingInvented(attempts, log), []);
  assert.deepEqual(promises.oneValuePerPlace(attempts, [...deliveries, ...log]), []);
  assert.deepEqual(promises.orderWithinQueue(attempts), []);
  assert.equal(second.address, first.address);
  const held = keysInCommitLog(join(store, 'commitlog'), topic);
  assert.ok(attempts.filter(({ outcome }) => outcome === 'SEND_OK').every(({ key }) => held.has(key)));

  await ledger.close();
  const lines = readFileSync(join(evidence, 'attempts.jsonl'), 'utf8').trim().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    attempts,
  );
});

test('a loss in the log does not escape the drain and the checkers', async () => {
  await using folder = await temporaryFolder();
  await using namesrv = await namesrvLab('old');
  await using broker = await brokerLab('old', { namesrvAddr: namesrv.address });
  const client = { namesrvAddrs: [namesrv.address], release: 'old' as const, log: silentLog, addressBook: directDial };
  await using operator = createOperator(client);
  await operator.createTopic(broker.address, { topicName: topic, readQueueNums: 1, writeQueueNums: 1, perm: 6 });
  await using ledger = createLedger(folder.path);
  const producer = await startBackgroundProducer({
    client,
    ledger,
    topic,
    run: 'r',
    name: 'p',
    seed: 1,
    rate: Number.POSITIVE_INFINITY,
    window: 8,
    attemptsMax: 1,
    bodyBytes: 16,
    sendMsgTimeout: 1000,
    pollNameServerInterval: 1000,
  });
  await until(
    '100 sends acknowledged',
    () => producer.acknowledged,
    (n) => n >= 100,
    { deadlineMs: 10_000 },
  );
  await producer.stop();
  const log = await drain(operator, topic, 'drain');
  const without = log.filter(({ queueOffset }) => queueOffset !== 42);
  assert.deepEqual(promises.noAcknowledgedLoss(ledger.attempts, log), []);
  assert.match(
    promises.noAcknowledgedLoss(ledger.attempts, without)[0]!.text,
    /1 acknowledged messages .*"queueOffset":42/,
  );
});

test('measured sends count what was acknowledged', async () => {
  await using namesrv = await namesrvLab('new');
  await using broker = await brokerLab('new', { namesrvAddr: namesrv.address });
  const client = { namesrvAddrs: [namesrv.address], release: 'new' as const, log: silentLog, addressBook: directDial };
  await using operator = createOperator(client);
  await operator.createTopic(broker.address, { topicName: topic, readQueueNums: 4, writeQueueNums: 4, perm: 6 });
  const options = {
    client,
    topic,
    bodyBytes: 128,
    inFlight: 64,
    warmUpMs: 100,
    measureMs: 200,
    serializeType: 0 as const,
  };
  const measured = await measureSends(options);
  assert.ok(measured.acknowledgedPerSecond > 500, JSON.stringify(measured));
  assert.ok(measured.p50Ms > 0 && measured.p99Ms >= measured.p50Ms);
  assert.deepEqual(Object.keys(measured.outcomes), ['SEND_OK']);
  await assert.rejects(measureSends({ ...options, topic: 'NoSuchTopic' }), /NoSuchTopic has no queue/);
});
