import { type Release, releases } from '../../../reference-impl/base/release.ts';
import { type Attempt, type Delivery, type Violation, violation } from '../../check/ledger.ts';
import {
  exactlyOnce,
  noAcknowledgedLoss,
  nothingInvented,
  oneValuePerPlace,
  orderWithinQueue,
  recovered,
} from '../../check/messages.ts';
import { type BackgroundConsumer, startBackgroundConsumer } from '../traffic/background-consumer.ts';
import { type BackgroundProducer, startBackgroundProducer } from '../traffic/background-producer.ts';
import { drainBroker } from '../traffic/drain.ts';
import { createLedger, type Ledger } from '../traffic/ledger-files.ts';
import { type Deadline, until } from '../until.ts';
import type { Load, LoadConsumer, LoadFigures } from './load.ts';
import { servingMaster } from './looks.ts';
import { isRunning, type Site } from './site.ts';

export interface UpgradeLoadOptions {
  readonly site: Site;
  /** The topic must exist in every group that takes part. */
  readonly topic: string;
  readonly seed: number;
  readonly evidenceFolder: string;
  /** Messages per second of each producer. */
  readonly rate: number;
  readonly deadline: Deadline;
}

/** What the ledger comes to at the end of an upgrade. */
export interface Judgement {
  /** Acknowledged messages that no master gives out any more. */
  readonly lost: readonly Attempt[];
  /** Broken promises other than `lost`. */
  readonly violations: readonly Violation[];
  /** Readable messages that the consumer did not get. */
  readonly skipped: number;
  /** Messages that were delivered again, at the same place. */
  readonly repeated: number;
  readonly text: string;
}

const consumerName = 'reader';
/** Name of the consumer group that reads the load. */
export const consumerGroup = `CG_${consumerName}`;

/** Seeded producers of both releases and a consumer that commits its offsets, over every group of a site, with their ledger. */
export class UpgradeLoad implements Load, AsyncDisposable {
  readonly topics: readonly string[];
  readonly consumers: readonly LoadConsumer[];
  readonly #options: UpgradeLoadOptions;
  readonly #ledger: Ledger;
  readonly #consumer: BackgroundConsumer;
  /** When the store of a group was given up, ms since the epoch. */
  readonly #givenUp = new Map<string, number>();
  #producers: BackgroundProducer[] = [];
  #rounds = 0;
  #consuming = true;

  private constructor(options: UpgradeLoadOptions, ledger: Ledger, consumer: BackgroundConsumer) {
    this.#options = options;
    this.#ledger = ledger;
    this.#consumer = consumer;
    this.topics = [options.topic];
    this.consumers = [{ topic: options.topic, consumerGroup }];
  }

  /** Starts the consumer; producers start with `on`. */
  static async start(options: UpgradeLoadOptions): Promise<UpgradeLoad> {
    const { site, topic, evidenceFolder } = options;
    const ledger = createLedger(evidenceFolder);
    const consumer = await startBackgroundConsumer({
      client: site.client('old'),
      ledger,
      name: consumerName,
      topic,
      pollNameServerInterval: pollNameServerIntervalMs,
      brokerId: 0,
      commits: true,
    });
    return new UpgradeLoad(options, ledger, consumer);
  }

  get attempts(): readonly Attempt[] {
    return this.#ledger.attempts;
  }

  get figures(): LoadFigures {
    const { attempts, deliveries } = this.#ledger;
    const count = (...outcomes: readonly string[]) =>
      attempts.reduce((sum, { outcome }) => sum + Number(outcomes.includes(outcome)), 0);
    return {
      sent: attempts.length,
      acknowledged: count('SEND_OK'),
      refused: count('refused'),
      unknown: count('unknown'),
      delivered: deliveries.length,
    };
  }

  async on(): Promise<void> {
    if (this.#producers.length > 0) return;
    const { site, topic, seed, rate } = this.#options;
    const round = this.#rounds++;
    const start = (release: Release, index: number) =>
      startBackgroundProducer({
        client: site.client(release),
        ledger: this.#ledger,
        run: String(seed),
        name: `${release}${round}`,
        topic,
        seed: seed + index + 100 * round,
        rate,
        window: 16,
        attemptsMax: 1,
        bodyBytes: 128,
        sendMsgTimeout: 3_000,
        pollNameServerInterval: pollNameServerIntervalMs,
      });
    this.#producers = await Promise.all(releases.map(start));
  }

  async off(): Promise<void> {
    await Promise.all(this.#producers.map((producer) => producer.stop()));
    this.#producers = [];
  }

  giveUp(group: string): void {
    if (!this.#givenUp.has(group)) this.#givenUp.set(group, Date.now());
  }

  /** Resolves when that many messages more were acknowledged in every one of these groups, and delivered. */
  async flows(groups: readonly string[], count: number): Promise<void> {
    await this.on();
    const acknowledged = () =>
      groups.map((group) => this.#acknowledged().filter(({ brokerName }) => brokerName === group).length);
    const before = acknowledged();
    const look = () => acknowledged().map((now, i) => now - before[i]!);
    await until('messages are acknowledged', look, (gained) => gained.every((n) => n >= count), this.#options.deadline);
    await this.delivers();
  }

  /** Resolves when everything acknowledged until now was delivered. */
  async delivers(): Promise<void> {
    const expected = this.#acknowledged().map(({ key }) => key);
    const look = () => {
      const delivered = new Set(this.#ledger.deliveries.map(({ key }) => key));
      const undelivered = expected.filter((key) => !delivered.has(key));
      return { undelivered: undelivered.length, first: undelivered[0], lastFailure: this.#consumer.lastFailure };
    };
    const none = ({ undelivered }: ReturnType<typeof look>) => undelivered === 0;
    await until('what was acknowledged is delivered', look, none, this.#options.deadline);
  }

  /** Stops producing, waits until consumers have what is readable, reads every master, and compares with the ledger. */
  async judge(): Promise<Judgement> {
    await this.off();
    const log = await this.#readable();
    const skipped = await this.#undelivered(new Set(log.map(({ key }) => key)));
    await this.#consumer.stop();
    this.#consuming = false;
    const skippers = await this.#offsetsBeyondTheEnd();
    // A store that was given up is another one than that of the same group later: places begin anew.
    const attempts = this.#ledger.attempts.map((row) => this.#placed(row, row.answeredMs));
    const deliveries = this.#ledger.deliveries.map((row) => this.#placed(row, row.readMs));
    // Nobody reads any more from a group that was retired: what was delivered from it counts.
    const serving = new Set(this.#runningGroups);
    const whole = [...log, ...deliveries.filter(({ brokerName }) => !serving.has(brokerName))];
    const [loss] = noAcknowledgedLoss(attempts, whole);
    const kept = new Set(whole.map(({ key }) => key));
    const lost =
      loss === undefined ? [] : attempts.filter(({ outcome, key }) => outcome === 'SEND_OK' && !kept.has(key));
    const surviving = attempts.filter((row) => !lost.includes(row));
    const violations = [
      ...exactlyOnce(surviving, whole),
      ...nothingInvented(attempts, whole),
      ...oneValuePerPlace(surviving, lost.length === 0 ? [...deliveries, ...log] : log),
      ...orderWithinQueue(surviving),
      ...skippers,
    ];
    const repeated = deliveries.length - new Set(deliveries.map(placeOf)).size;
    const text = `${this.#summary(log, lost.length, repeated)}, ${skipped} skipped`;
    return { lost, violations, skipped, repeated, text };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.off();
    if (this.#consuming) await this.#consumer.stop();
    await this.#ledger.close();
  }

  #acknowledged(): Attempt[] {
    return this.#ledger.attempts.filter(({ outcome }) => outcome === 'SEND_OK');
  }

  /** Every message of the topic that the masters of running groups give out, once all of them are visible. */
  async #readable(): Promise<Delivery[]> {
    const { site, topic } = this.#options;
    const logs = this.#runningGroups.map(async (group) => {
      const { address } = await servingMaster(site, group);
      await this.#dispatched(address, group);
      return await drainBroker(site.operator, { topic, brokerName: group, address, consumer: 'verdict' });
    });
    return (await Promise.all(logs)).flat();
  }

  /** Resolves when a master gives out as much as was acknowledged by it, or no more than before for a while. */
  async #dispatched(address: string, group: string): Promise<void> {
    const { site, topic, deadline } = this.#options;
    const acknowledged = this.#acknowledged().filter(({ brokerName }) => brokerName === group).length;
    let last = { visible: -1, sinceMs: 0 };
    const look = async () => {
      // A master that has lost the topic gives out nothing of it.
      const stats = await site.operator.topicStats(address, topic).catch(() => []);
      const visible = stats.reduce((sum, { minOffset, maxOffset }) => sum + maxOffset - minOffset, 0);
      if (visible !== last.visible) last = { visible, sinceMs: Date.now() };
      return last;
    };
    const ended = ({ visible, sinceMs }: typeof last) => visible >= acknowledged || Date.now() - sinceMs > stillMs;
    await until('what was acknowledged is visible', look, ended, deadline);
  }

  /** How many of these the consumer does not get: all that are left when it gets no more of them for a while. */
  async #undelivered(keys: ReadonlySet<string>): Promise<number> {
    let last = { missing: -1, sinceMs: 0 };
    const look = () => {
      const delivered = new Set(this.#ledger.deliveries.map(({ key }) => key));
      const missing = [...keys].filter((key) => !delivered.has(key)).length;
      if (missing !== last.missing) last = { missing, sinceMs: Date.now() };
      return last;
    };
    const ended = ({ missing, sinceMs }: typeof last) => missing === 0 || Date.now() - sinceMs > stillMs;
    return (await until('consumers have what is readable', look, ended, this.#options.deadline)).missing;
  }

  /** Queues in which a consumer that comes back would skip what is sent next: its offset lies behind the end. */
  async #offsetsBeyondTheEnd(): Promise<Violation[]> {
    const { site } = this.#options;
    const looks = this.#runningGroups.flatMap((group) =>
      this.consumers.map(async ({ topic, consumerGroup }) => {
        const { address } = await servingMaster(site, group);
        const { queues } = await site.operator.consumeStats(address, consumerGroup, topic);
        return queues.filter(({ consumerOffset, brokerOffset }) => consumerOffset > brokerOffset);
      }),
    );
    const beyond = (await Promise.all(looks)).flat();
    return beyond.length === 0
      ? []
      : [violation('no-skip', 'consumer offsets lie behind the end of their queue', beyond)];
  }

  get #runningGroups(): string[] {
    const { site } = this.#options;
    return [...site.groups(false), ...site.groups(true)].filter((group) => site.replicas(group).some(isRunning));
  }

  #placed<R extends Attempt | Delivery>(row: R, atMs: number): R {
    const givenUpMs = this.#givenUp.get(row.brokerName);
    return givenUpMs !== undefined && atMs <= givenUpMs ? { ...row, brokerName: row.brokerName + givenUpMark } : row;
  }

  #summary(log: readonly Delivery[], lost: number, repeated: number): string {
    const { sent, acknowledged, refused, unknown, delivered } = this.figures;
    const late = recovered(this.#ledger.attempts, log).length;
    const half = sent - acknowledged - refused - unknown;
    const stored = half === 0 ? '' : ` ${half} stored without the replicas asked for,`;
    return `${sent} sends: ${acknowledged} acknowledged,${stored} ${refused} refused, ${unknown} without an answer (${late} of them stored); ${log.length} readable, ${delivered} delivered (${repeated} again), ${lost} lost`;
  }
}

/** Without a delivery for so long, a consumer gets no more. */
const stillMs = 5_000;
const givenUpMark = ' (given up)';
const pollNameServerIntervalMs = 200;

function placeOf({ brokerName, topic, queueId, queueOffset, key }: Delivery): string {
  return `${topic}/${brokerName}/${queueId}@${queueOffset} ${key}`;
}
