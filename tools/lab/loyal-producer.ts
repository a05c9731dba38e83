import { addressBook } from '../../reference-impl/base/address.ts';
import { RefusedError } from '../../reference-impl/client/refused.ts';
import type { Attempt } from '../check/ledger.ts';
import { clientOptions } from './group-views.ts';
import type { PlannedServer } from './plan-servers.ts';
import { addressOf } from './plan-servers.ts';
import { type BackgroundProducer, startBackgroundProducer } from './traffic/background-producer.ts';
import { drainBroker } from './traffic/drain.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, until } from './until.ts';

const name = 'loyal';
const proofAnswers = 20;
/** A send that left just before a fault may still be answered as before it. */
const graceMs = 200;

/**
 * A producer that sends to one replica whatever NameServers say, as one does that has not heard of a switch. Its sends are
 * in the ledger of the trial like all others.
 */
export class LoyalProducer implements AsyncDisposable {
  readonly #trial: Trial;
  #producer: BackgroundProducer | null = null;
  #server: PlannedServer | null = null;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** Resolves when the replica has acknowledged some. */
  async follow(server: PlannedServer): Promise<void> {
    const { cluster, options, traffic, group } = this.#trial;
    this.#server = server;
    // Whichever replica a route names, this client dials the one.
    const onlyOne = cluster.replicas(group).map((replica) => [addressOf(replica), server.ports[0].listens] as const);
    const producer = await startBackgroundProducer({
      client: {
        ...clientOptions(cluster, cluster.addresses('namesrv'), 'new'),
        addressBook: addressBook(Object.fromEntries(onlyOne)),
      },
      ledger: traffic.ledger,
      run: String(options.seed),
      name,
      topic: traffic.topic,
      seed: options.seed,
      rate: 50,
      window: 16,
      attemptsMax: 1,
      bodyBytes: 128,
      sendMsgTimeout: 3_000,
      pollNameServerInterval: 200,
    });
    this.#producer = producer;
    const enough = (acknowledged: number) => acknowledged >= proofAnswers;
    const look = () => producer.acknowledged;
    await until('the loyal producer is served', look, enough, this.#trial.within('switch'));
  }

  /** The replica stores or refuses what it is sent from then on, but neither acknowledges it nor gives it out. */
  async getsNothingConfirmed(sinceMs: number): Promise<void> {
    const answered = () => this.#since(sinceMs).filter(({ outcome }) => outcome !== 'SEND_OK');
    const enough = (rows: readonly Attempt[]) => rows.length >= proofAnswers;
    const rows = await until('it answers without an acknowledgement', answered, enough, this.#trial.within('switch'));
    this.nothingIsAcknowledged(sinceMs);
    const { views, traffic, group } = this.#trial;
    const from = { topic: traffic.topic, brokerName: group, address: addressOf(this.#server!), consumer: name };
    const drained = drainBroker(views.operator, from).catch((thrown: unknown) => {
      // One that has fenced itself gives out nothing at all.
      if (thrown instanceof RefusedError) return [];
      throw thrown;
    });
    const given = new Set((await drained).map(({ key }) => key));
    const early = rows.find(({ key }) => given.has(key));
    if (early) throw new ConditionFailure(`${early.key} is given out although no other replica has it.`);
  }

  /** In the end the replica refuses all that it is sent. */
  async isRefused(sinceMs: number): Promise<void> {
    const look = () => this.#since(sinceMs).slice(-proofAnswers);
    const all = (rows: readonly Attempt[]) =>
      rows.length === proofAnswers && rows.every(({ outcome }) => outcome === 'refused');
    const [row] = await until('the loyal producer is refused', look, all, this.#trial.within('switch'));
    this.nothingIsAcknowledged(sinceMs);
    this.#trial.options.observe('refused', row!.code ?? 0, `the deposed master answers ${row!.code}: ${row!.remark}`);
  }

  nothingIsAcknowledged(sinceMs: number): void {
    const row = this.#since(sinceMs).find(({ outcome }) => outcome === 'SEND_OK');
    if (row) throw new ConditionFailure(`${row.key} was acknowledged by the old master.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Sends nothing more and waits for what is in flight. */
  async stop(): Promise<void> {
    await this.#producer?.stop();
    this.#producer = null;
  }

  #since(sinceMs: number): Attempt[] {
    return this.#trial.traffic.ledger.attempts.filter(
      ({ producer, sentMs }) => producer === name && sentMs > sinceMs + graceMs,
    );
  }
}
