import { clientOptions } from './group-views.ts';
import { Inconclusive } from './inconclusive.ts';
import { MasterChanges } from './master-changes.ts';
import { Partition } from './partition.ts';
import { ReplicaHistories } from './replica-histories.ts';
import { Replicas } from './replicas.ts';
import { type BackgroundProducer, startBackgroundProducer } from './traffic/background-producer.ts';
import type { Trial } from './trial.ts';

/** Longer than it takes to have another master, and the former one again. */
const sendMsgTimeoutMs = 30_000;

/** Sends that wait for a slave while their master is replaced, of a producer with patience beside the traffic of a trial. */
export class WaitingSends implements AsyncDisposable {
  readonly #trial: Trial;
  readonly #replicas: Replicas;
  readonly #changes: MasterChanges;
  readonly #histories: ReplicaHistories;
  readonly #cut: Partition;
  #producer: BackgroundProducer | null = null;
  #sinceMs = 0;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
    this.#changes = new MasterChanges(trial);
    this.#histories = new ReplicaHistories(trial);
    this.#cut = new Partition(trial);
  }

  /** From now on nothing that the master writes reaches its slave: the master alone has what producers wait for. */
  async begin(): Promise<void> {
    const { cluster, options, traffic } = this.#trial;
    this.#producer = await startBackgroundProducer({
      client: clientOptions(cluster, cluster.addresses('namesrv'), 'new'),
      ledger: traffic.ledger,
      run: String(options.seed),
      name: 'patient',
      topic: traffic.topic,
      seed: options.seed,
      rate: 100,
      window: 16,
      attemptsMax: 1,
      bodyBytes: 128,
      sendMsgTimeout: sendMsgTimeoutMs,
      pollNameServerInterval: 200,
    });
    await traffic.acknowledges();
    this.#sinceMs = Date.now();
    await this.#cut.oneWay([await this.#replicas.master()], await this.#replicas.slaves());
    await this.#histories.differ();
  }

  /**
   * The slave becomes master; the old one follows, without what it had alone; and then it is made master again. Throws
   * `Inconclusive` when the sends have timed out by then.
   */
  async switchThereAndBack(): Promise<void> {
    const [slave] = await this.#replicas.slaves();
    await this.#changes.elect(slave!);
    await this.#cut.heal();
    await this.#replicas.areInSync(this.#replicas.all);
    await this.#histories.wasCut();
    await this.#changes.electIdle(1);
    const tookMs = Date.now() - this.#sinceMs;
    if (tookMs > sendMsgTimeoutMs)
      throw new Inconclusive(`The two switches took ${tookMs} ms: nothing waited any more.`);
    await this.stop();
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
