import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestCode } from '../remoting/codes.ts';
import { decodeWhole, readGolden } from '../remoting/golden.ts';
import { consumerHeartbeat } from './heartbeat.ts';

for (const [version, release] of [
  ['4.9.7', 'old'],
  ['5.3.3', 'new'],
] as const) {
  test(`a heartbeat has the members of a stock one of ${version}, in their order`, () => {
    const [recorded] = readGolden(`client/exchanges-${version}.json`)
      .filter(({ name }) => name.startsWith(`${RequestCode.HEART_BEAT} `))
      .map(({ hex }) => decodeWhole(Buffer.from(hex, 'hex')))
      .filter(({ body }) => body!.includes('"subscriptionDataSet":[{'));
    const stock = JSON.parse(recorded!.body!.toString());
    const [consumer] = stock.consumerDataSet;
    const [subscription] = consumer.subscriptionDataSet;
    const own = consumerHeartbeat(
      { clientId: stock.clientID, consumerGroup: consumer.groupName, topic: 'TopicA', subVersion: 7 },
      release,
    );
    const ours = JSON.parse(Buffer.from(own.body!).toString());
    assert.deepEqual(Object.keys(ours), Object.keys(stock));
    assert.deepEqual(Object.keys(ours.consumerDataSet[0]), Object.keys(consumer));
    assert.deepEqual(Object.keys(ours.consumerDataSet[0].subscriptionDataSet[0]), Object.keys(subscription));
    assert.deepEqual(own.extFields === null, release === 'old');
    assert.equal(ours.consumerDataSet[0].groupName, consumer.groupName);
  });
}
