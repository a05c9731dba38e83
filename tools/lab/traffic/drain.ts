import { SwitchlabError } from '../../../reference-impl/base/errors.ts';
import type { Operator } from '../../../reference-impl/client/operator.ts';
import { brokerAddress } from '../../../reference-impl/client/queues.ts';
import type { Delivery } from '../../check/ledger.ts';
import { deliveryOf } from './deliveries.ts';

/** Every message of the topic that the masters hold now, queue by queue. Throws CONSUMER_NO_BROKER without a master. */
export async function drain(operator: Operator, topic: string, consumer: string): Promise<Delivery[]> {
  const route = await operator.topicRoute(topic);
  const rows: Delivery[] = [];
  for (const { brokerName } of route.queueDatas) {
    const address = brokerAddress(route, brokerName, 0);
    if (address === null)
      throw new SwitchlabError('CONSUMER_NO_BROKER', `The route of ${topic} lists no master of ${brokerName}.`);
    rows.push(...(await drainBroker(operator, { topic, brokerName, address, consumer })));
  }
  return rows;
}

export interface DrainedBroker {
  readonly topic: string;
  readonly brokerName: string;
  readonly address: string;
  readonly consumer: string;
}

/**
 * Every message of the topic that one broker, master or slave, gives out now. Throws RefusedError for a slave that does
 * not serve reads, and BODY_MALFORMED when a queue ends before its own max offset.
 */
export async function drainBroker(operator: Operator, from: DrainedBroker): Promise<Delivery[]> {
  const rows: Delivery[] = [];
  for (const { queue, minOffset, maxOffset } of await operator.topicStats(from.address, from.topic)) {
    const range = { topic: from.topic, queueId: queue.queueId, fromOffset: minOffset, toOffset: maxOffset };
    let nextOffset = minOffset;
    for await (const messages of operator.readQueue(from.address, range)) {
      for (const message of messages) rows.push(deliveryOf(message, from));
      nextOffset = (messages.at(-1)?.queueOffset ?? nextOffset - 1) + 1;
    }
    if (nextOffset < maxOffset) {
      const text = `${from.address} gave ${from.topic}/${queue.queueId} up to ${nextOffset} of ${maxOffset}.`;
      throw new SwitchlabError('BODY_MALFORMED', text);
    }
  }
  return rows;
}
