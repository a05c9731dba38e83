import { systemClock } from '../base/clock.ts';
import { uniqKeySource } from '../message/ids.ts';
import { MASTER_ID } from '../remoting/bodies/broker-data.ts';
import { createRemotingClient } from '../remoting/client.ts';
import type { Connection, RequestInit, SerializeType } from '../remoting/types.ts';
import { createNamesrvCalls } from './namesrv-calls.ts';
import type { ClientOptions } from './operator.ts';
import { brokerAddress, type MessageQueue, publishQueues } from './queues.ts';
import { createRouteCache } from './route-cache.ts';
import {
  ClientErrorCode,
  outcomeOfAnswer,
  outcomeOfFailure,
  refusedSend,
  type SendOutcome,
  type SendTarget,
} from './send-outcome.ts';
import { type MessageInit, sendBatchRequest, sendRequest } from './send-request.ts';

export interface ProducerOptions extends ClientOptions {
  readonly producerGroup: string;
  /** Wait for one answer, ms; 3000 in RocketMQ. */
  readonly sendMsgTimeout: number;
  /** ms; 30000 in RocketMQ. */
  readonly pollNameServerInterval: number;
  /** Header encoding of requests. Default JSON. */
  readonly serializeType?: SerializeType;
}

/** Hears once what became of a send. */
export type SendListener = (outcome: SendOutcome) => void;

/**
 * Sends messages to the masters that the route names. One call is one attempt on the wire: nothing is retried behind the
 * caller's back, and no send ever rejects: what went wrong is in the outcome.
 */
export interface Producer extends AsyncDisposable {
  /** Queues of the topic that take messages now, by the cached route; none when no master is known. */
  publishQueues(topic: string): Promise<readonly MessageQueue[]>;
  /** Asks the NameServer now instead of at the next poll. */
  refreshRoute(topic: string): Promise<void>;
  send(queue: MessageQueue, message: MessageInit): Promise<SendOutcome>;
  /** As `send`, for hundreds in flight: no promise per message. Bound the calls without an outcome yourself. */
  sendWith(queue: MessageQueue, message: MessageInit, onOutcome: SendListener): void;
  /** The messages get consecutive offsets from `queueOffset`, or none is stored. */
  sendBatch(queue: MessageQueue, messages: readonly MessageInit[]): Promise<SendOutcome>;
  /** Sends without an answer become `unknown`. */
  close(): Promise<void>;
}

export function createProducer(options: ProducerOptions): Producer {
  const { release, log, addressBook, producerGroup, sendMsgTimeout, serializeType } = options;
  const remoting = createRemotingClient({ release, log, addressBook, serializeType });
  const namesrv = createNamesrvCalls(remoting, options.namesrvAddrs);
  const { pollNameServerInterval } = options;
  const routes = createRouteCache(namesrv, { log, clock: systemClock, pollNameServerInterval });
  const uniqKey = uniqKeySource(Uint8Array.of(127, 0, 0, 1), systemClock);
  const connections = new Map<string, Connection>();

  function context() {
    return { release, producerGroup, bornTimestamp: Date.now(), uniqKey };
  }

  function submit(queue: MessageQueue, request: RequestInit, onOutcome: SendListener): void {
    const route = routes.cached(queue.topic);
    const address = route === null ? null : brokerAddress(route, queue.brokerName, MASTER_ID);
    const target: SendTarget = { brokerName: queue.brokerName, address, queueId: queue.queueId };
    if (address === null) return process.nextTick(onOutcome, withoutMaster(target, queue.topic, route === null));
    const open = connections.get(address);
    if (open !== undefined && !open.closed) return submitOn(open, target, request, onOutcome);
    void connectAndSubmit(address, target, request, onOutcome);
  }

  /** Never rejects: the first sends to an address pay for a promise, the others find the connection open. */
  async function connectAndSubmit(
    address: string,
    target: SendTarget,
    request: RequestInit,
    onOutcome: SendListener,
  ): Promise<void> {
    let connection: Connection;
    try {
      connection = await remoting.connect(address, sendMsgTimeout);
    } catch (thrown) {
      return onOutcome(outcomeOfFailure(target, thrown));
    }
    connections.set(address, connection);
    submitOn(connection, target, request, onOutcome);
  }

  function submitOn(connection: Connection, target: SendTarget, request: RequestInit, onOutcome: SendListener): void {
    connection.requestWith(request, sendMsgTimeout, (error, answer) => {
      onOutcome(answer === null ? outcomeOfFailure(target, error) : outcomeOfAnswer(target, answer));
    });
  }

  /** The route must be known before `submit` looks it up. */
  async function submitRouted(queue: MessageQueue, request: RequestInit): Promise<SendOutcome> {
    await routes.route(queue.topic);
    return new Promise((resolve) => submit(queue, request, resolve));
  }

  async function close(): Promise<void> {
    routes.stop();
    await remoting.close();
  }

  return {
    async publishQueues(topic) {
      const route = await routes.route(topic);
      return route === null ? [] : publishQueues(topic, route);
    },
    async refreshRoute(topic) {
      await routes.refresh(topic);
    },
    send: (queue, message) => submitRouted(queue, sendRequest(queue, message, context())),
    sendWith: (queue, message, onOutcome) => submit(queue, sendRequest(queue, message, context()), onOutcome),
    sendBatch: (queue, messages) => submitRouted(queue, sendBatchRequest(queue, messages, context())),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** As the stock client words it: no route at all, or a route that lists only slaves. */
function withoutMaster(target: SendTarget, topic: string, noRoute: boolean): SendOutcome {
  return noRoute
    ? refusedSend(target, ClientErrorCode.NOT_FOUND_TOPIC_EXCEPTION, `No route info of this topic: ${topic}`)
    : refusedSend(target, ClientErrorCode.BROKER_NOT_EXIST_EXCEPTION, `The broker[${target.brokerName}] not exist`);
}
