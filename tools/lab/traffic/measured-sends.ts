import type { ClientOptions } from '../../../reference-impl/client/operator.ts';
import { createProducer, type Producer } from '../../../reference-impl/client/producer.ts';
import type { MessageQueue } from '../../../reference-impl/client/queues.ts';
import type { SendKind } from '../../../reference-impl/client/send-outcome.ts';
import type { SerializeType } from '../../../reference-impl/remoting/types.ts';
import { SetupError } from '../setup-error.ts';

export interface MeasureOptions {
  readonly client: ClientOptions;
  readonly topic: string;
  readonly bodyBytes: number;
  /** Sends in flight, all on one connection per broker. */
  readonly inFlight: number;
  /** Sends before measuring begins, ms. */
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly serializeType: SerializeType;
}

export interface Measured {
  readonly acknowledgedPerSecond: number;
  /** From the call to the answer, ms, over the acknowledged sends. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Sends of the measured time by what became of them. */
  readonly outcomes: Readonly<Partial<Record<SendKind, number>>>;
}

/** Keeps `inFlight` sends under way for warm-up and measured time. Throws SetupError when the topic has no queue to send to. */
export async function measureSends(options: MeasureOptions): Promise<Measured> {
  await using producer = createProducer({
    ...options.client,
    producerGroup: 'PG_BENCH',
    sendMsgTimeout: 10_000,
    pollNameServerInterval: 30_000,
    serializeType: options.serializeType,
  });
  const queues = await producer.publishQueues(options.topic);
  if (queues.length === 0) throw new SetupError(`Topic ${options.topic} has no queue to send to.`);
  await sendFor(options.warmUpMs, producer, queues, options);
  const { latencies, outcomes, elapsedMs } = await sendFor(options.measureMs, producer, queues, options);
  latencies.sort((a, b) => a - b);
  const acknowledged = outcomes.SEND_OK ?? 0;
  return {
    acknowledgedPerSecond: (acknowledged / elapsedMs) * 1000,
    p50Ms: latencies[Math.floor(latencies.length * 0.5)] ?? Number.NaN,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
    outcomes,
  };
}

interface Sent {
  readonly latencies: number[];
  readonly outcomes: Partial<Record<SendKind, number>>;
  readonly elapsedMs: number;
}

/** One listener per slot in flight, made once: the slot sends again when its answer came. */
function sendFor(
  durationMs: number,
  producer: Producer,
  queues: readonly MessageQueue[],
  options: MeasureOptions,
): Promise<Sent> {
  const message = { body: Buffer.alloc(options.bodyBytes, 'x') };
  const latencies: number[] = [];
  const outcomes: Partial<Record<SendKind, number>> = {};
  const startMs = performance.now();
  const endMs = startMs + durationMs;
  let running = options.inFlight;
  let nextQueue = 0;
  return new Promise((resolve) => {
    for (let slot = 0; slot < options.inFlight; slot++) {
      let sentMs = 0;
      const send = (): void => {
        sentMs = performance.now();
        producer.sendWith(queues[nextQueue++ % queues.length]!, message, ({ kind }) => {
          const nowMs = performance.now();
          outcomes[kind] = (outcomes[kind] ?? 0) + 1;
          if (kind === 'SEND_OK') latencies.push(nowMs - sentMs);
          if (nowMs < endMs) send();
          else if (--running === 0) resolve({ latencies, outcomes, elapsedMs: nowMs - startMs });
        });
      };
      send();
    }
  });
}
