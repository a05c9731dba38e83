import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readGolden } from '../remoting/golden.ts';
import { consumerHeartbeat } from './heartbeat.ts';

for (const [version, release] of [
  ['4.9.7', 'old'],
  ['5.3.3', 'new'],
] as const) {
  test(`a heartbeat is written as by the classes of ${version}`, () => {
    const golden = readGolden('client/heartbeat.json').find((entry) => entry.version === version);
    const stock = Buffer.from(golden!.hex, 'hex').toString();
    const { clientID: clientId } = JSON.parse(stock);
    const beat = { clientId, consumerGroup: 'CG_A', topic: 'TopicA', subVersion: 1700000000000 };
    const own = consumerHeartbeat(beat, release);
    // What the two consumers differ in: type, subscription, and the producers beside them.
    const expected = stock
      .replace('CONSUME_PASSIVELY', 'CONSUME_ACTIVELY')
      .replace('"codeSet":[2598919,2598920]', '"codeSet":[]')
      .replace('"subString":"TagA || TagB"', '"subString":"*"')
      .replace('"tagsSet":["TagA","TagB"]', '"tagsSet":[]')
      .replace('"producerDataSet":[{"groupName":"PG_A"}]', '"producerDataSet":[]');
    assert.equal(Buffer.from(own.body!).toString(), expected);
    assert.equal(own.extFields === null, release === 'old');
  });
}
