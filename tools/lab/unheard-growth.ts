import { setTimeout as delay } from 'node:timers/promises';
import { Inconclusive } from './inconclusive.ts';
import { Partition } from './partition.ts';
import type { PlannedServer } from './plan-servers.ts';
import { Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, until } from './until.ts';

/** A master that hears nothing gives up its connection after 3 s, and the controllers then count it as dead. */
const unheardMs = 2_500;
/** A slave dials its master again after up to 5 s: each try begins at another moment of that. */
const triesMax = 8;
const laterMs = 700;

/** A SyncStateSet that grows while its master hears no controller: it asked for that, and no answer came. */
export class UnheardGrowth {
  readonly #trial: Trial;
  readonly #replicas: Replicas;
  readonly #partition: Partition;
  #master: PlannedServer | null = null;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
    this.#partition = new Partition(trial);
  }

  /** The master that did not hear of it. Throws when it has not happened. */
  get master(): PlannedServer {
    if (this.#master === null) throw new Error('No set of the scenario grew unheard before this step.');
    return this.#master;
  }

  /**
   * Starts the slave, which is out of the set, apart from its master; then cuts the master off from what controllers say and
   * lets the slave reach it. Throws `Inconclusive` when the slave never came in time.
   */
  async happens(slave: PlannedServer): Promise<void> {
    const master = await this.#replicas.master();
    const link = this.#trial.cluster.link(slave.name, master.name);
    for (let tried = 0; tried < triesMax; tried++) {
      await this.#isAlone(master);
      await link.refuse();
      await this.#replicas.mend(slave);
      await delay(tried * laterMs);
      await this.#partition.oneWay(this.#trial.controllers, [master]);
      await link.heal();
      if (await this.#grows(slave)) {
        this.#master = master;
        return;
      }
      await this.#partition.heal();
      await this.#replicas.kill(slave);
    }
    throw new Inconclusive(`${slave.name} did not reach its master within ${unheardMs} ms, ${triesMax} times.`);
  }

  async #isAlone(master: PlannedServer): Promise<void> {
    const alone = (names: readonly string[]) => names.length === 1 && names[0] === master.name;
    await until(`${master.name} is alone`, () => this.#replicas.inSync(), alone, this.#trial.within('online'));
  }

  async #grows(slave: PlannedServer): Promise<boolean> {
    const isIn = (names: readonly string[]) => names.includes(slave.name);
    try {
      await until(`${slave.name} joins`, () => this.#replicas.inSync(), isIn, { deadlineMs: unheardMs });
      return true;
    } catch (thrown) {
      if (thrown instanceof ConditionFailure) return false;
      throw thrown;
    }
  }
}
