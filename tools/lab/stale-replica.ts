import { Replicas } from './replicas.ts';
import { SyncStateView } from './sync-state-view.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure } from './until.ts';

/** A replica that its controllers hear and that hears nothing of its master. */
export class StaleReplica {
  readonly #trial: Trial;
  readonly #replicas: Replicas;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
  }

  /** Cuts one slave off its master; resolves when it is out of the SyncStateSet, and alive to the controllers. */
  async falls(): Promise<void> {
    const master = await this.#replicas.master();
    const [slave] = await this.#replicas.slaves();
    if (slave === undefined) throw new ConditionFailure('The group has no slave that could fall behind.');
    const atMs = Date.now();
    await this.#trial.cluster.link(slave.name, master.name).freeze();
    await new SyncStateView(this.#trial).removes({ server: slave, atMs });
    if (!(await this.#replicas.alive()).includes(slave.name))
      throw new ConditionFailure(`${slave.name} is not alive to the controllers.`);
  }
}
