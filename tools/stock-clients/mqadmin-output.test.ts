import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { differences, type PairFacts, toolCommands } from './mqadmin-output.ts';

// What mqadmin 5.3.3 printed of a pair of Apache brokers 5.3.3 after one switch.
const file = new URL('../../golden/tools/mqadmin-pair-5.3.3.json', import.meta.url);
const outputs = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;

const facts: PairFacts = {
  clusterName: 'switchlab',
  group: 'broker-a',
  master: { address: '127.0.0.1:20208', controllerId: 2 },
  slave: { address: '127.0.0.1:20204', controllerId: 1 },
  version: '5.3.3',
  topic: { topicName: 'StockTopic', readQueueNums: 4, writeQueueNums: 4 },
  consumerGroups: ['CG_STOCK'],
  controllerGroup: 'switchlab-controllers',
  controllerAddress: 'controller-0:20201',
  syncStateSetEpoch: 4,
  epochs: [
    { epoch: 1, startOffset: 0 },
    { epoch: 2, startOffset: 1_309_220 },
  ],
  maxOffset: 2_602_200,
};

function wrong(command: string, changed: Partial<PairFacts> = {}): string[] {
  return differences(outputs[command]!, toolCommands({ ...facts, ...changed })[command]!);
}

for (const command of Object.keys(toolCommands(facts))) {
  test(`${command} of an Apache pair is what is expected of any`, () => {
    assert.deepEqual(wrong(command), []);
  });

  test(`a line too much or too little in the output of ${command} is named`, () => {
    const known = toolCommands(facts)[command]!;
    const lines = outputs[command]!.split('\n').filter((line) => line.trim() !== '');
    for (const [i, line] of lines.entries()) {
      assert.match(differences(lines.toSpliced(i, 1).join('\n'), known).join('\n'), /^missing: /);
      assert.deepEqual(differences([...lines, 'org.apache.Exception'].join('\n'), known), [
        'unexpected: org.apache.Exception',
      ]);
      assert.notDeepEqual(differences(lines.with(i, `${line}?`).join('\n'), known), [], line);
    }
  });
}

test('a broker that is too young for rates prints none', () => {
  const output = outputs.brokerStatus!.replaceAll(/^((?:put|get)\w+Tps +: )[\d. ]+$/gm, '$1');
  assert.notEqual(output, outputs.brokerStatus);
  assert.deepEqual(differences(output, toolCommands(facts).brokerStatus!), []);
});

test('a broker of 5.5.0 has more topics and no number of its version', () => {
  const later = { ...facts, version: '5.5.0' };
  const topics = `${outputs.topicList}\nRMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC\n`;
  assert.deepEqual(differences(topics, toolCommands(later).topicList!), []);
  assert.notDeepEqual(differences(topics, toolCommands(facts).topicList!), []);
  const status = outputs.brokerStatus!.replace(/^brokerVersion +: \d+\n/m, '').replace('V5_3_3', 'V5_5_0');
  assert.deepEqual(differences(status, toolCommands(later).brokerStatus!), []);
});

const falseFacts: readonly (readonly [command: string, changed: Partial<PairFacts>])[] = [
  ['clusterList', { master: facts.slave, slave: facts.master }],
  ['clusterList', { version: '5.3.2' }],
  ['topicList', { topic: { ...facts.topic, topicName: 'Other' } }],
  ['topicRoute', { topic: { ...facts.topic, readQueueNums: 8 } }],
  ['brokerStatus', { maxOffset: 1 }],
  ['getSyncStateSet', { syncStateSetEpoch: 5 }],
  ['getControllerMetaData', { controllerAddress: 'elsewhere:1' }],
  ['getSyncStateSet', { epochs: [{ epoch: 3, startOffset: 0 }] }],
  ['getBrokerEpoch', { epochs: [{ epoch: 1, startOffset: 0 }] }],
  ['getBrokerEpoch', { maxOffset: 1 }],
];

for (const [command, changed] of falseFacts) {
  test(`${command} contradicts ${JSON.stringify(changed)}`, () => {
    assert.notDeepEqual(wrong(command, changed), []);
  });
}
