import type { Attempt } from '../check/ledger.ts';
import type { ReplicaFault } from './replicas.ts';
import { Replicas } from './replicas.ts';
import { addressOf } from './plan-servers.ts';
import { drainBroker } from './traffic/drain.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, until } from './until.ts';

/** The master may notice the death of its slave, and go on without it, so much earlier than the lab. */
const noticeMs = 500;

/** Acknowledged messages that a trial's group loses because an operator allows it. */
export class GivenUpMessages {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /**
   * Exactly those may be missing from the present master that were acknowledged while it was away, under the fault, and
   * before the master of that time was killed. Their number goes into the report.
   */
  async areCounted({ atMs }: ReplicaFault): Promise<void> {
    const { traffic, killed, options } = this.#trial;
    await traffic.stop();
    const wasAlone = ({ answeredMs }: Attempt) => answeredMs > atMs - noticeMs && answeredMs <= killed.atMs;
    const kept = (lost: readonly Attempt[]) => lost.every(wasAlone);
    const look = () => this.#missing();
    const lost = await until('all others are readable', look, kept, this.#trial.within('switch'));
    const text = `${lost.length} acknowledged messages lost as documented`;
    options.observe('lost', lost.length, text);
    if (lost.length === 0) throw new ConditionFailure('Nothing is lost: the elected replica was not behind.');
  }

  /** Acknowledged, and not readable from the present master. */
  async #missing(): Promise<Attempt[]> {
    const { views, traffic, group } = this.#trial;
    const address = addressOf(await new Replicas(this.#trial).master());
    const rows = await drainBroker(views.operator, {
      topic: traffic.topic,
      brokerName: group,
      address,
      consumer: 'verdict',
    });
    const readable = new Set(rows.map(({ key }) => key));
    return traffic.ledger.attempts.filter(({ outcome, key }) => outcome === 'SEND_OK' && !readable.has(key));
  }
}
