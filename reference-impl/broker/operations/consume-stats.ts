// ConsumeStats (208, 317):  {"consumeTps":double,"offsetTable":{<queue>:{"brokerOffset","consumerOffset","lastTimestamp",
// "pullOffset" (new)}}}; the keys are MessageQueue objects.
import { JavaDouble } from '../../remoting/fastjson-writer.ts';
import type { Broker } from '../broker.ts';
import type { MessageQueue } from '../clients/queue-locks.ts';

/** Where a group is in one queue. */
export interface OffsetWrapper {
  readonly brokerOffset: number;
  readonly consumerOffset: number;
  /** Store time of the message consumed last, ms; 0 when there is none. */
  readonly lastTimestamp: number;
  /** New only. */
  readonly pullOffset?: number;
}

export interface ConsumeStats {
  readonly consumeTps: JavaDouble;
  readonly offsetTable: ReadonlyMap<MessageQueue, OffsetWrapper>;
}

/** How far `group` is in `topics`, which exist. */
export function consumeStats(broker: Broker, group: string, topics: readonly string[]): ConsumeStats {
  const offsetTable = new Map<MessageQueue, OffsetWrapper>();
  let tps = 0;
  for (const topic of topics) {
    const { readQueueNums } = broker.topics.get(topic)!;
    for (let queueId = 0; queueId < readQueueNums; queueId++) {
      offsetTable.set(messageQueue(broker, topic, queueId), offsetsOf(broker, group, topic, queueId));
    }
    tps += broker.stats.consumeTps(topic, group);
  }
  return { consumeTps: new JavaDouble(tps), offsetTable };
}

/** A queue as tools name it: members in the order of the Java class. */
export function messageQueue({ config }: Broker, topic: string, queueId: number): MessageQueue {
  return { brokerName: config.brokerName, queueId, topic };
}

function offsetsOf({ store, offsets, release }: Broker, group: string, topic: string, queueId: number): OffsetWrapper {
  const consumerOffset = Math.max(0, offsets.query(group, topic, queueId));
  const shared = {
    brokerOffset: Math.max(0, store.maxOffsetInQueue(topic, queueId)),
    consumerOffset,
    lastTimestamp: consumerOffset > 0 ? Math.max(0, store.storeTimestampAt(topic, queueId, consumerOffset - 1)) : 0,
  };
  if (release === 'old') return shared;
  return { ...shared, pullOffset: Math.max(consumerOffset, offsets.pulled(group, topic, queueId)) };
}
