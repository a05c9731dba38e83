import { type Release, releases } from '../../../reference-impl/base/release.ts';
import type { Delivery, Violation } from '../../check/ledger.ts';
import {
  exactlyOnce,
  noAcknowledgedLoss,
  nothingInvented,
  oneValuePerPlace,
  orderWithinQueue,
  recovered,
} from '../../check/messages.ts';
import type { Cluster } from '../cluster.ts';
import { clientOptions } from '../group-views.ts';
import { until } from '../until.ts';
import { type BackgroundConsumer, startBackgroundConsumer } from './background-consumer.ts';
import { type BackgroundProducer, startBackgroundProducer } from './background-producer.ts';
import { createLedger, type Ledger } from './ledger-files.ts';

export interface GroupTrafficOptions {
  readonly cluster: Cluster;
  readonly topic: string;
  readonly seed: number;
  readonly evidenceFolder: string;
  /** One producer of each release named here. */
  readonly producers?: readonly Release[];
  readonly deadlineMs: number;
  /** Default: `featurePace`. */
  readonly pace?: Pace;
}

/** How hard each producer tries. */
export interface Pace {
  /** Messages per second. */
  readonly rate: number;
  /** Sends in flight: with all of them stuck in a dead broker, nothing is sent to a new one until they time out. */
  readonly window: number;
  readonly pollNameServerInterval: number;
}

const featurePace: Pace = { rate: 100, window: 16, pollNameServerInterval: 200 };

/** Acknowledged and delivered messages that show that traffic flows. */
const proofMessages = 20;
const sendMsgTimeoutMs = 3_000;

/** Seeded producers of the given releases and a consumer on one topic, through every fault, with their ledger. */
export class GroupTraffic implements AsyncDisposable {
  readonly topic: string;
  readonly ledger: Ledger;
  readonly #producers: readonly BackgroundProducer[];
  readonly #consumer: BackgroundConsumer;
  readonly #deadlineMs: number;
  #producing = true;
  #consuming = true;

  private constructor(
    options: GroupTrafficOptions,
    ledger: Ledger,
    producers: readonly BackgroundProducer[],
    consumer: BackgroundConsumer,
  ) {
    this.topic = options.topic;
    this.#deadlineMs = options.deadlineMs;
    this.ledger = ledger;
    this.#producers = producers;
    this.#consumer = consumer;
  }

  static async start(options: GroupTrafficOptions): Promise<GroupTraffic> {
    const { cluster, topic, seed, producers = releases, pace = featurePace } = options;
    const ledger = createLedger(options.evidenceFolder);
    const client = (release: Release) => clientOptions(cluster, cluster.addresses('namesrv'), release);
    const common = { ledger, topic, pollNameServerInterval: pace.pollNameServerInterval };
    const sending = producers.map((release, index) =>
      startBackgroundProducer({
        ...common,
        client: client(release),
        run: String(seed),
        name: release,
        seed: seed + index,
        rate: pace.rate,
        window: pace.window,
        attemptsMax: 1,
        bodyBytes: 128,
        sendMsgTimeout: sendMsgTimeoutMs,
      }),
    );
    const reading = startBackgroundConsumer({ ...common, client: client(producers[0]!), name: 'reader', brokerId: 0 });
    return new GroupTraffic(options, ledger, await Promise.all(sending), await reading);
  }

  /** Attempts answered with SEND_OK so far. */
  get acknowledged(): number {
    return this.#producers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  }

  /** Resolves when every producer got new acknowledgements. */
  async acknowledges(): Promise<void> {
    const before = this.#producers.map(({ acknowledged }) => acknowledged);
    const look = () => {
      const { outcome, code, remark } = this.ledger.attempts.at(-1) ?? { outcome: null, code: null, remark: null };
      return {
        gained: this.#producers.map(({ acknowledged }, index) => acknowledged - before[index]!),
        outcome,
        code,
        remark,
      };
    };
    const enough = ({ gained }: ReturnType<typeof look>) => gained.every((count) => count >= proofMessages);
    await until('messages are acknowledged', look, enough, { deadlineMs: this.#deadlineMs });
  }

  /** Resolves when every producer got new acknowledgements and everything acknowledged until then was delivered. */
  async flows(): Promise<void> {
    await this.acknowledges();
    await this.delivers();
  }

  /** Resolves when everything acknowledged so far was delivered. */
  async delivers(): Promise<void> {
    const acknowledged = this.ledger.attempts.filter(({ outcome }) => outcome === 'SEND_OK').map(({ key }) => key);
    const look = () => {
      const delivered = new Set(this.ledger.deliveries.map(({ key }) => key));
      return {
        undelivered: acknowledged.filter((key) => !delivered.has(key)),
        lastFailure: this.#consumer.lastFailure,
      };
    };
    const all = ({ undelivered }: ReturnType<typeof look>) => undelivered.length === 0;
    await until('what was acknowledged is delivered', look, all, { deadlineMs: this.#deadlineMs });
  }

  /** Sends no more, waits for what is in flight; the consumer goes on. */
  async stopProducing(): Promise<void> {
    if (this.#producing) await Promise.all(this.#producers.map((producer) => producer.stop()));
    this.#producing = false;
  }

  /** Stops producers and consumer. */
  async stop(): Promise<void> {
    await this.stopProducing();
    if (this.#consuming) await this.#consumer.stop();
    this.#consuming = false;
  }

  /** Broken promises of a run in which nothing acknowledged may be lost. @param log every message that is readable now */
  violations(log: readonly Delivery[]): Violation[] {
    const { attempts, deliveries } = this.ledger;
    return [
      ...noAcknowledgedLoss(attempts, log),
      ...exactlyOnce(attempts, log),
      ...nothingInvented(attempts, log),
      ...oneValuePerPlace(attempts, [...deliveries, ...log]),
      ...orderWithinQueue(attempts),
    ];
  }

  /** One line for the report. */
  summary(log: readonly Delivery[]): string {
    const { attempts, deliveries } = this.ledger;
    const count = (outcome: string) => attempts.filter((row) => row.outcome === outcome).length;
    const late = recovered(attempts, log).length;
    return `${attempts.length} sends: ${count('SEND_OK')} acknowledged, ${count('refused')} refused, ${count('unknown')} without an answer (${late} of them stored); ${log.length} readable, ${deliveries.length} delivered`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.ledger.close();
  }
}
