import { brokerConfig } from '../../reference-impl/config/broker.ts';
import type { GroupView } from './group-views.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import { ReplicaHistories } from './replica-histories.ts';
import { Replicas } from './replicas.ts';
import { topic, type Trial } from './trial.ts';
import { ConditionFailure, throughout, until } from './until.ts';

/** So many heartbeats, one of them at least, tell the controllers where a log ends that does not change. */
const reports = 3;

/** What decides among the members of the SyncStateSet when the master of a trial's group is lost. */
export class ElectionOrder {
  readonly #trial: Trial;
  readonly #replicas: Replicas;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
  }

  /** All logs are equal, and the controllers know it. */
  async isOpen(): Promise<void> {
    const histories = new ReplicaHistories(this.#trial);
    await histories.becomeEqual();
    const ends = async () => (await histories.of(this.#replicas.all)).map(({ maxOffset }) => maxOffset);
    const equal = (offsets: readonly number[]) => new Set(offsets).size === 1;
    await throughout('logs stay equal', ends, equal, { deadlineMs: reports * this.#heartbeatMs });
  }

  /** The controllers record this replica as master, and NameServers list it. */
  async falls(winner: PlannedServer): Promise<void> {
    const look = async () => (await this.#replicas.info()).masterAddress;
    const isAnother = (master: string | null) => master !== null && master !== addressOf(this.#trial.killed.server);
    const master = await until('a master is elected', look, isAnother, this.#trial.within('switch'));
    const text = `${this.#replicas.all.find((replica) => addressOf(replica) === master)?.name} was elected`;
    this.#trial.options.observe('elected', master!, text);
    if (master !== addressOf(winner)) throw new ConditionFailure(`${text}, not ${winner.name}.`);
    const isWinner = (views: readonly GroupView[]) => views.every((view) => view.master === master);
    await until('it is listed', () => this.#trial.views.route(topic), isWinner, this.#trial.within('switch'));
  }

  get #heartbeatMs(): number {
    const { config } = this.#trial.cluster.plan.processes.find(({ role }) => role === 'broker')!;
    return Number(config.brokerHeartbeatInterval ?? brokerConfig('new', {}).brokerHeartbeatInterval);
  }
}
