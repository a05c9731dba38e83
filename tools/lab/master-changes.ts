import { addressOf, type PlannedServer } from './plan-servers.ts';
import { Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, until } from './until.ts';

/** One switch: where the log of the elected replica ended just before, and what the controller answered. */
interface MasterChange {
  readonly server: PlannedServer;
  readonly masterEpoch: number;
  readonly endBefore: number;
  readonly endAfter: number;
}

/** Switches of a trial's group, one after the other, each complete before the next. */
export class MasterChanges {
  readonly #trial: Trial;
  readonly #replicas: Replicas;
  readonly #changes: MasterChange[] = [];

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
  }

  /** Asks the controller for another master (electMaster) again and again, with messages acknowledged by each one. */
  async electUnderTraffic(times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      await this.#trial.traffic.acknowledges();
      await this.electIdle(1);
    }
    await this.#trial.traffic.acknowledges();
  }

  /** Likewise, with nothing but the switch between one master and the next. */
  async electIdle(times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      const [next] = await this.#replicas.slaves();
      const endBefore = await this.#endOf(next!);
      const masterEpoch = await this.elect(next!);
      await this.#replicas.areInSync(this.#replicas.all);
      this.#changes.push({ server: next!, masterEpoch, endBefore, endAfter: await this.#endOf(next!) });
    }
  }

  /** Has the controllers elect a member of the SyncStateSet; resolves with its epoch when NameServers list it as master. */
  async elect(next: PlannedServer): Promise<number> {
    // Right after the loss of a controller there may be no leader to ask.
    const ask = () => this.#electMaster(next);
    const { masterEpoch } = await until(`${next.name} is elected`, ask, () => true, this.#trial.within('switch'));
    const isMaster = (master: PlannedServer) => master === next;
    const look = () => this.#replicas.master();
    await until(`${next.name} is master`, look, isMaster, this.#trial.within('switch'));
    return masterEpoch;
  }

  /** Kills the master, waits for another one, and brings the old one back into the set. */
  async killInTurn(times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      await this.#trial.killMaster();
      await this.#trial.anotherReplicaTakesOver();
      await this.#replicas.mend(this.#trial.killed.server);
      await this.#replicas.areInSync(this.#replicas.all);
    }
  }

  /** Every change brought a larger epoch, which the list of the last master places at the log end of its own master. */
  async haveGrown(): Promise<void> {
    const { epochList } = await this.#trial.views.operator.brokerEpoch(addressOf(await this.#replicas.master()));
    let before = -1;
    for (const { server, masterEpoch, endBefore, endAfter } of this.#changes) {
      if (masterEpoch <= before)
        throw new ConditionFailure(`Epoch ${masterEpoch} of ${server.name} follows ${before}.`);
      const entry = epochList.find(({ epoch }) => epoch === masterEpoch);
      if (entry === undefined || entry.startOffset < endBefore || entry.startOffset > endAfter) {
        const expected = `an epoch ${masterEpoch} that starts at ${server.name}'s log end, from ${endBefore} to ${endAfter}`;
        throw new ConditionFailure(`${JSON.stringify(epochList)} lacks ${expected}.`);
      }
      before = masterEpoch;
    }
    this.#trial.options.observe(
      'epochs',
      this.#changes.length,
      `epochs ${this.#changes.map((change) => change.masterEpoch).join(', ')}`,
    );
  }

  /** The list of every replica ends with the epoch of the master in office. */
  async endTheLists(): Promise<void> {
    const { masterEpoch } = await this.#replicas.info();
    for (const server of this.#replicas.all) {
      const { epochList } = await this.#trial.views.operator.brokerEpoch(addressOf(server));
      if (epochList.at(-1)?.epoch !== masterEpoch)
        throw new ConditionFailure(
          `The list of ${server.name} does not end with ${masterEpoch}: ${JSON.stringify(epochList)}`,
        );
    }
  }

  async #endOf(server: PlannedServer): Promise<number> {
    return (await this.#trial.views.operator.brokerEpoch(addressOf(server))).maxOffset;
  }

  async #electMaster(next: PlannedServer) {
    const { operator } = this.#trial.views;
    const { clusterName, brokerName } = await operator.brokerEpoch(addressOf(next));
    const known = (await this.#replicas.info()).inSyncReplicas.find(
      (replica) => replica.brokerAddress === addressOf(next),
    );
    if (known === undefined) throw new Error(`${next.name} is not in the SyncStateSet.`);
    const { controllers, cluster } = this.#trial;
    const controllerAddress = addressOf(controllers.find(({ name }) => cluster.process(name).state === 'running')!);
    return await operator.electMaster({ controllerAddress, clusterName, brokerName, brokerId: known.brokerId });
  }
}
