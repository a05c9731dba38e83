import { startBackgroundProducer, type BackgroundProducer } from './traffic/background-producer.ts';
import { clientOptions } from './group-views.ts';
import type { Trial } from './trial.ts';
import { until } from './until.ts';

const bodyBytes = 4096;
const sendMsgTimeoutMs = 3_000;
const pollNameServerIntervalMs = 200;

/** Large messages as fast as the master takes them, beside the traffic of a trial and in its ledger. */
export class LogLoad implements AsyncDisposable {
  readonly #trial: Trial;
  #producer: BackgroundProducer | null = null;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** Resolves when the first messages were acknowledged. */
  async start(): Promise<void> {
    const { cluster, options, traffic } = this.#trial;
    this.#producer = await startBackgroundProducer({
      client: clientOptions(cluster, cluster.addresses('namesrv'), 'new'),
      ledger: traffic.ledger,
      run: String(options.seed),
      name: 'load',
      topic: traffic.topic,
      seed: options.seed,
      rate: Number.POSITIVE_INFINITY,
      window: 16,
      attemptsMax: 1,
      bodyBytes,
      sendMsgTimeout: sendMsgTimeoutMs,
      pollNameServerInterval: pollNameServerIntervalMs,
    });
    await this.untilBytes(bodyBytes);
  }

  /** Goes on until so many bytes of bodies were acknowledged. */
  async untilBytes(bytes: number): Promise<void> {
    const look = () => (this.#producer?.acknowledged ?? 0) * bodyBytes;
    await until(`${bytes} bytes are acknowledged`, look, (done) => done >= bytes, this.#trial.within('online'));
  }

  /** Sends nothing new and waits for what is in flight. */
  async stop(): Promise<void> {
    const producer = this.#producer;
    this.#producer = null;
    await producer?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
