import { systemClock, type Timer } from '../../../reference-impl/base/clock.ts';
import { seededRandom } from '../../../reference-impl/base/random.ts';
import type { ClientOptions } from '../../../reference-impl/client/operator.ts';
import { createProducer } from '../../../reference-impl/client/producer.ts';
import type { MessageQueue } from '../../../reference-impl/client/queues.ts';
import type { SendOutcome } from '../../../reference-impl/client/send-outcome.ts';
import type { Ledger } from './ledger-files.ts';

export interface BackgroundProducerOptions {
  readonly client: ClientOptions;
  readonly ledger: Ledger;
  /** Keys are `<run>-<name>-<n>`: unique as long as run and name are. */
  readonly run: string;
  readonly name: string;
  readonly topic: string;
  /** Decides the queue of every message. */
  readonly seed: number;
  /** Messages per second; Infinity: as fast as the window allows. */
  readonly rate: number;
  /** Sends in flight. */
  readonly window: number;
  /** Attempts per message; each is a row of the ledger. 1: what failed is not tried again. */
  readonly attemptsMax: number;
  readonly bodyBytes: number;
  readonly sendMsgTimeout: number;
  readonly pollNameServerInterval: number;
}

export interface BackgroundProducer extends AsyncDisposable {
  /** Attempts answered with SEND_OK so far. */
  readonly acknowledged: number;
  /** Attempts with any other end so far. */
  readonly failed: number;
  /** Sends nothing new, waits for the answers (or time-outs) of what is in flight. */
  stop(): Promise<void>;
}

interface Pending {
  readonly key: string;
  readonly attemptNo: number;
}

const tickMs = 10;

/**
 * Sends until it is stopped, through every fault, and writes each attempt to the ledger. After an attempt that failed the
 * next one waits for the next tick, so that a dead cluster is asked a hundred times a second, not in a busy loop.
 */
export async function startBackgroundProducer(options: BackgroundProducerOptions): Promise<BackgroundProducer> {
  const { ledger, topic, name } = options;
  const random = seededRandom(options.seed);
  const producer = createProducer({
    ...options.client,
    producerGroup: `PG_${name}`,
    sendMsgTimeout: options.sendMsgTimeout,
    pollNameServerInterval: options.pollNameServerInterval,
  });
  const again: Pending[] = [];
  let queues: readonly MessageQueue[] = [];
  let started = 0;
  let budget = 0;
  let inFlight = 0;
  let acknowledged = 0;
  let failed = 0;
  let stopping: (() => void) | null = null;

  function next(): Pending {
    return again.shift() ?? { key: `${options.run}-${name}-${started++}`, attemptNo: 1 };
  }

  function maySend(): boolean {
    return stopping === null && inFlight < options.window && budget >= 1;
  }

  function pump(): void {
    while (maySend()) {
      budget--;
      attempt(next());
    }
  }

  function attempt(pending: Pending): void {
    // Without any queue the send is refused by the client itself, and recorded as that.
    const queue = queues[random.int(queues.length)] ?? { topic, brokerName: '', queueId: 0 };
    const sentMs = Date.now();
    const body = Buffer.alloc(Math.max(options.bodyBytes, pending.key.length), ' ');
    body.write(pending.key);
    inFlight++;
    producer.sendWith(queue, { body, keys: pending.key }, (outcome) => {
      inFlight--;
      record(pending, sentMs, outcome);
      if (outcome.kind === 'SEND_OK') pump();
      else if (mayRetry(outcome) && pending.attemptNo < options.attemptsMax) {
        again.push({ key: pending.key, attemptNo: pending.attemptNo + 1 });
      }
      if (inFlight === 0) stopping?.();
    });
  }

  function record(pending: Pending, sentMs: number, outcome: SendOutcome): void {
    if (outcome.kind === 'SEND_OK') acknowledged++;
    else failed++;
    const { kind, code, remark, brokerName, queueId, queueOffset, offsetMsgId } = outcome;
    ledger.attempted({
      producer: name,
      key: pending.key,
      attemptNo: pending.attemptNo,
      topic,
      brokerName,
      queueId,
      sentMs,
      answeredMs: Date.now(),
      outcome: kind,
      code,
      remark,
      queueOffset,
      offsetMsgId,
    });
  }

  async function tick(): Promise<void> {
    queues = await producer.publishQueues(topic);
    // What a stall left over is sent later, but never more than one window at once.
    const earned = budget + (options.rate * tickMs) / 1000;
    budget = options.rate === Number.POSITIVE_INFINITY ? options.rate : Math.min(earned, options.window);
    pump();
  }

  // `publishQueues` answers from the cache; only the very first call waits for a NameServer.
  await tick();
  const timer: Timer = systemClock.every(tickMs, () => void tick());

  async function stop(): Promise<void> {
    timer.cancel();
    await new Promise<void>((resolve) => {
      stopping = resolve;
      if (inFlight === 0) resolve();
    });
    await producer.close();
  }

  return {
    get acknowledged() {
      return acknowledged;
    },
    get failed() {
      return failed;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function mayRetry(outcome: SendOutcome): boolean {
  return outcome.kind === 'refused' || outcome.kind === 'unknown';
}
