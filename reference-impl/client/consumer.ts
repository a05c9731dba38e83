import { type Clock, systemClock } from '../base/clock.ts';
import { errorText, SwitchlabError } from '../base/errors.ts';
import type { StoredMessage } from '../message/types.ts';
import { MASTER_ID } from '../remoting/bodies/broker-data.ts';
import { createRemotingClient } from '../remoting/client.ts';
import { ResponseCode } from '../remoting/codes.ts';
import { queryConsumerOffset } from '../remoting/commands/query-consumer-offset.ts';
import { unregisterClient } from '../remoting/commands/unregister-client.ts';
import { updateConsumerOffset } from '../remoting/commands/update-consumer-offset.ts';
import { required } from '../remoting/header.ts';
import { call, callTimeoutMs } from './call.ts';
import { consumerHeartbeat } from './heartbeat.ts';
import { createNamesrvCalls } from './namesrv-calls.ts';
import type { ClientOptions } from './operator.ts';
import { pull, type PullResult } from './pull.ts';
import { brokerAddress, type MessageQueue, subscribeQueues } from './queues.ts';
import { expectSuccess, refusalCode } from './refused.ts';
import { createRouteCache } from './route-cache.ts';

export interface ConsumerOptions extends ClientOptions {
  readonly consumerGroup: string;
  readonly topic: string;
  /** ms; 30000 in RocketMQ. */
  readonly pollNameServerInterval: number;
  /** ms; 30000 in RocketMQ. Brokers forget a client after 120000. */
  readonly heartbeatBrokerInterval: number;
  /** Which broker of each set is read. Default: the master. */
  readonly brokerId?: number;
  readonly clock?: Clock;
}

/** What a poll brought, and where from. */
export interface Polled {
  readonly address: string;
  readonly messages: readonly StoredMessage[];
  /** Position of the consumer now; a broker that lost messages moves it back. */
  readonly nextBeginOffset: number;
  readonly pullStatus: PullResult['pullStatus'];
}

/** A pull consumer with queues assigned by its caller: no rebalance. */
export interface Consumer extends AsyncDisposable {
  /** Readable queues of the topic by the cached route. */
  queues(): Promise<readonly MessageQueue[]>;
  /** The next poll of the queue begins here. */
  seek(queue: MessageQueue, queueOffset: number): void;
  /**
   * Pulls once and moves the position behind what it got. Without a position it begins at the committed offset, or at
   * the start of the queue. Throws CONSUMER_NO_BROKER while the route does not list the broker, and RefusedError.
   * @param suspendTimeoutMillis how long the broker may wait for a message; 0 not at all
   */
  poll(queue: MessageQueue, suspendTimeoutMillis: number): Promise<Polled>;
  /** The next poll of the queue begins as the first one did: at the committed offset. */
  forget(queue: MessageQueue): void;
  /** Stores the position of the queue in its broker. */
  commit(queue: MessageQueue): Promise<void>;
  /** The offset stored in the broker, null when there is none. */
  committed(queue: MessageQueue): Promise<number | null>;
  /** Leaves the group at every broker that it beat to. */
  close(): Promise<void>;
}

let clients = 0;

/** Announces itself to every broker of the topic before it resolves: a broker that cannot be reached is only logged. */
export async function createConsumer(options: ConsumerOptions): Promise<Consumer> {
  const { release, log, addressBook, consumerGroup, topic, brokerId = MASTER_ID, clock = systemClock } = options;
  const remoting = createRemotingClient({ release, log, addressBook });
  const namesrv = createNamesrvCalls(remoting, options.namesrvAddrs);
  const { pollNameServerInterval } = options;
  const routes = createRouteCache(namesrv, { log, clock, pollNameServerInterval });
  const clientId = `127.0.0.1@${process.pid}#${clients++}`;
  const beat = consumerHeartbeat({ clientId, consumerGroup, topic, subVersion: clock.nowMs() }, release);
  const beaten = new Set<string>();
  const positions = new Map<string, number>();

  async function beatTo(address: string): Promise<void> {
    try {
      expectSuccess(address, beat.code, await remoting.invoke(address, beat, callTimeoutMs));
      beaten.add(address);
    } catch (thrown) {
      log.warn({ address, error: errorText(thrown) }, 'heartbeat failed');
    }
  }

  async function beatToAll(): Promise<void> {
    const route = await routes.route(topic);
    const addresses = (route?.brokerDatas ?? []).flatMap((data) => Array.from(data.brokerAddrs.values()));
    await Promise.all(addresses.map(beatTo));
  }

  async function addressOf(queue: MessageQueue): Promise<string> {
    const asks = [() => routes.route(topic), () => routes.refresh(topic)];
    for (const ask of asks) {
      const route = await ask();
      const address = route === null ? null : brokerAddress(route, queue.brokerName, brokerId);
      if (address !== null) return address;
    }
    const text = `Topic ${topic} has no broker ${brokerId} of ${queue.brokerName} in its route.`;
    throw new SwitchlabError('CONSUMER_NO_BROKER', text);
  }

  async function committed(queue: MessageQueue): Promise<number | null> {
    const request = { consumerGroup, topic, queueId: queue.queueId };
    try {
      const { header } = await call(remoting, await addressOf(queue), queryConsumerOffset, request);
      return required(header.offset, 'offset');
    } catch (thrown) {
      if (refusalCode(thrown) === ResponseCode.QUERY_NOT_FOUND) return null;
      throw thrown;
    }
  }

  async function poll(queue: MessageQueue, suspendTimeoutMillis: number): Promise<Polled> {
    const name = nameOf(queue);
    const queueOffset = positions.get(name) ?? (await committed(queue)) ?? 0;
    const address = await addressOf(queue);
    const request = { consumerGroup, topic, queueId: queue.queueId, queueOffset, maxMsgNums: 32, suspendTimeoutMillis };
    const { messages, nextBeginOffset, pullStatus } = await pull(remoting, address, request);
    positions.set(name, nextBeginOffset);
    return { address, messages, nextBeginOffset, pullStatus };
  }

  async function close(): Promise<void> {
    heartbeats.cancel();
    routes.stop();
    const leave = (address: string) => call(remoting, address, unregisterClient, { clientID: clientId, consumerGroup });
    // A broker that is gone has forgotten us already.
    await Promise.allSettled([...beaten].map(leave));
    await remoting.close();
  }

  await beatToAll();
  const heartbeats = clock.every(options.heartbeatBrokerInterval, () => void beatToAll());

  return {
    async queues() {
      const route = await routes.route(topic);
      return route === null ? [] : subscribeQueues(topic, route);
    },
    seek: (queue, queueOffset) => positions.set(nameOf(queue), queueOffset),
    forget: (queue) => positions.delete(nameOf(queue)),
    poll,
    async commit(queue) {
      const commitOffset = positions.get(nameOf(queue));
      if (commitOffset === undefined) return;
      const request = { consumerGroup, topic, queueId: queue.queueId, commitOffset };
      await call(remoting, await addressOf(queue), updateConsumerOffset, request);
    },
    committed,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function nameOf(queue: MessageQueue): string {
  return `${queue.brokerName}/${queue.queueId}`;
}
