import { setTimeout as delay } from 'node:timers/promises';
import { errorText } from '../../../reference-impl/base/errors.ts';
import { createConsumer } from '../../../reference-impl/client/consumer.ts';
import type { ClientOptions } from '../../../reference-impl/client/operator.ts';
import type { MessageQueue } from '../../../reference-impl/client/queues.ts';
import { deliveryOf } from './deliveries.ts';
import type { Ledger } from './ledger-files.ts';

export interface BackgroundConsumerOptions {
  readonly client: ClientOptions;
  readonly ledger: Ledger;
  readonly name: string;
  readonly topic: string;
  readonly pollNameServerInterval: number;
  /** Which broker of each set is read; 0 the master. */
  readonly brokerId: number;
  /** Stores its offsets in the broker after every poll, and goes on from there when a queue comes back into the route. */
  readonly commits?: boolean;
}

export interface BackgroundConsumer extends AsyncDisposable {
  /** Messages read so far, repeats included. */
  readonly delivered: number;
  /** What the last poll that failed said; null when none has. */
  readonly lastFailure: string | null;
  stop(): Promise<void>;
}

const idleMs = 50;

/**
 * Reads every queue of the topic until it is stopped, through every fault, and writes each message to the ledger. It
 * begins at the start of each queue and follows a broker that sends it back, so that what is read twice shows.
 */
export async function startBackgroundConsumer(options: BackgroundConsumerOptions): Promise<BackgroundConsumer> {
  const { ledger, name, topic, brokerId, pollNameServerInterval } = options;
  const consumer = await createConsumer({
    ...options.client,
    consumerGroup: `CG_${name}`,
    topic,
    pollNameServerInterval,
    heartbeatBrokerInterval: 30_000,
    brokerId,
  });
  const stopping = new AbortController();
  let delivered = 0;
  let lastFailure: string | null = null;

  let assigned = new Set<string>();

  /** Queues by the route now. One that was away belongs to a broker that may hold another offset than this consumer. */
  async function queuesNow(): Promise<readonly MessageQueue[]> {
    const queues = await consumer.queues();
    const names = queues.map(({ brokerName, queueId }) => `${brokerName} ${queueId}`);
    if (options.commits)
      for (const [i, queue] of queues.entries()) if (!assigned.has(names[i]!)) consumer.forget(queue);
    assigned = new Set(names);
    return queues;
  }

  /** One poll of every queue; true when any of them had messages. */
  async function round(): Promise<boolean> {
    let found = false;
    for (const queue of await queuesNow()) {
      try {
        const { address, messages } = await consumer.poll(queue, 0);
        for (const message of messages)
          ledger.delivered(deliveryOf(message, { consumer: name, brokerName: queue.brokerName, address }));
        delivered += messages.length;
        if (options.commits && messages.length > 0) await consumer.commit(queue);
        found ||= messages.length > 0;
      } catch (thrown) {
        lastFailure = errorText(thrown);
      }
    }
    return found;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (!(await round())) await delay(idleMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();

  async function stop(): Promise<void> {
    stopping.abort();
    await running;
    await consumer.close();
  }

  return {
    get delivered() {
      return delivered;
    },
    get lastFailure() {
      return lastFailure;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
