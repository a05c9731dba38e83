import { seededRandom } from '../../reference-impl/base/random.ts';
import type { Release } from '../../reference-impl/base/release.ts';
import { createOperator, type Operator } from '../../reference-impl/client/operator.ts';
import type { Delivery, Violation } from '../check/ledger.ts';
import { exactlyOnce, noAcknowledgedLoss, orderWithinQueue } from '../check/messages.ts';
import { Cluster, type ClusterOptions } from './cluster.ts';
import { clientOptions } from './group-views.ts';
import { addressOf } from './plan-servers.ts';
import { readTopology } from './topology.ts';
import { startBackgroundProducer } from './traffic/background-producer.ts';
import { deliveryOf } from './traffic/deliveries.ts';
import { createLedger } from './traffic/ledger-files.ts';
import { until } from './until.ts';

export interface CrashDrillOptions extends ClusterOptions {
  readonly release: Release;
  /** How often the broker is killed. */
  readonly moments: number;
  /** Hears of each kill and its verdict. */
  readonly onMoment: (text: string) => void;
}

export interface CrashDrillResult {
  readonly acknowledged: number;
  readonly violations: readonly Violation[];
}

const topic = 'CrashDrill';
const bodyBytes = 1024;
/** Acknowledgements between two kills: at least the first, at most both together. */
const acknowledgedBetween = { least: 200, random: 3_000 };

/**
 * Kills a broker with SIGKILL at seeded moments under load and starts it again each time. After each start every message
 * acknowledged before the kill must be readable, once, in its place, in order.
 */
export async function crashDrill(options: CrashDrillOptions): Promise<CrashDrillResult> {
  const { release, moments, seed, profile, evidenceFolder, onMoment } = options;
  const parts = readTopology('nameservers/new-without-controller', 'brokers/fixed-role');
  const topology = { ...parts, brokers: [{ ...parts.brokers[0]!, release, replicas: 1 }] };
  await using cluster = await Cluster.start(topology, options);
  const client = clientOptions(cluster, cluster.addresses('namesrv'), release);
  await using operator = createOperator(client);
  const [server] = cluster.replicas(topology.brokers[0]!.group);
  const broker = cluster.process(server!.name);
  const address = addressOf(server!);
  const isRouted = () =>
    until(
      'the broker has a route',
      () => operator.topicRoute(topic),
      () => true,
      { deadlineMs: profile.deadlines.online },
    );
  await operator.createTopic(address, { topicName: topic, readQueueNums: 4, writeQueueNums: 4, perm: 6 });
  await isRouted();
  await using ledger = createLedger(evidenceFolder);
  await using producer = await startBackgroundProducer({
    client,
    ledger,
    run: String(seed),
    name: 'load',
    topic,
    seed,
    rate: 20_000,
    window: 64,
    attemptsMax: 1,
    bodyBytes,
    sendMsgTimeout: 3_000,
    pollNameServerInterval: 100,
  });
  const random = seededRandom(seed);
  const reader = new TailReader(operator, address);
  for (let moment = 1; moment <= moments; moment++) {
    const enough = producer.acknowledged + acknowledgedBetween.least + random.int(acknowledgedBetween.random);
    const load = { deadlineMs: profile.deadlines.switch, pollMs: 1 };
    await until(
      'the load goes on',
      () => producer.acknowledged,
      (acknowledged) => acknowledged >= enough,
      load,
    );
    await broker.kill();
    const answered = ledger.attempts.length;
    await broker.start();
    await broker.waitReady(profile.deadlines.ready);
    await isRouted();
    const log = await reader.readOn();
    const attempts = ledger.attempts.slice(0, answered);
    const violations = [
      ...noAcknowledgedLoss(attempts, log),
      // What was read may have been sent after the kill: this one looks at every attempt so far.
      ...exactlyOnce(
        ledger.attempts.filter(({ key }) => reader.has(key)),
        log,
      ),
      ...orderWithinQueue(attempts),
    ];
    onMoment(
      `kill ${moment} after ${enough} acknowledgements: ${violations.length === 0 ? `all of ${answered} attempts accounted for` : violations[0]!.text}`,
    );
    if (violations.length > 0) return { acknowledged: producer.acknowledged, violations };
  }
  return { acknowledged: producer.acknowledged, violations: [] };
}

/** Reads every queue of one broker onwards from where it stopped: what was readable once stays so over a kill. */
class TailReader {
  readonly #operator: Operator;
  readonly #address: string;
  readonly #log: Delivery[] = [];
  readonly #keys = new Set<string>();
  readonly #next = new Map<number, number>();

  constructor(operator: Operator, address: string) {
    this.#operator = operator;
    this.#address = address;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  async readOn(): Promise<readonly Delivery[]> {
    for (const { queue, minOffset, maxOffset } of await this.#operator.topicStats(this.#address, topic)) {
      const from = { consumer: 'drill', brokerName: queue.brokerName, address: this.#address };
      const fromOffset = this.#next.get(queue.queueId) ?? minOffset;
      const range = { topic, queueId: queue.queueId, fromOffset, toOffset: maxOffset };
      for await (const messages of this.#operator.readQueue(this.#address, range)) {
        for (const message of messages) {
          const row = deliveryOf(message, from);
          this.#log.push(row);
          this.#keys.add(row.key);
          this.#next.set(queue.queueId, message.queueOffset + 1);
        }
      }
    }
    return this.#log;
  }
}
