import { encodeProperties } from '../../message/properties.ts';
import { writeFastjson } from '../../remoting/fastjson-writer.ts';
import type { Broker } from '../broker.ts';
import { OFFSET_MOVED_TOPIC } from '../topics/topic-name.ts';
import type { PullRequest } from './pull-request.ts';

/** Old writes a message about every offset that it corrects: what the consumer asked for, and where it is sent. */
export function tellOffsetMoved(broker: Broker, pull: PullRequest, offsetNew: number): void {
  const { store, storeHost, config, release } = broker;
  if (!store.writeable) return;
  const { consumerGroup, topic, queueId, queueOffset: offsetRequest } = pull;
  const messageQueue = { brokerName: config.brokerName, queueId, topic };
  const properties = new Map([
    ['KEYS', consumerGroup],
    ['DELAY', '0'],
    ['TAGS', consumerGroup],
  ]);
  store.append({
    topic: OFFSET_MOVED_TOPIC,
    queueId: 0,
    flag: 0,
    sysFlag: 0,
    bornTimestamp: Date.now(),
    bornHost: storeHost,
    storeHost,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    body: Buffer.from(writeFastjson({ consumerGroup, messageQueue, offsetNew, offsetRequest })),
    properties: encodeProperties(properties, release),
  });
}
