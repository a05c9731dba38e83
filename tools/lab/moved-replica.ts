import type { ReplicaIdentity } from '../../reference-impl/client/controller-calls.ts';
import { BrokerIds } from './broker-ids.ts';
import type { GroupView } from './group-views.ts';
import type { PlannedServer } from './plan-servers.ts';
import { reserveBrokerPort } from './ports.ts';
import { Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { until } from './until.ts';

/** One replica of a trial's group that comes back at another address than the cluster was planned with. */
export class MovedReplica {
  readonly #trial: Trial;
  #brokerId = 0;
  #address = '';

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** Kills the replica, gives it another listenPort, and starts it. */
  async move(server: PlannedServer): Promise<void> {
    const { cluster, options } = this.#trial;
    this.#brokerId = await new BrokerIds(this.#trial).of(server);
    const prepared = cluster.prepared(server.name);
    if (prepared.process.state === 'running') await prepared.process.kill();
    const port = await reserveBrokerPort();
    // No proxy of the lab has the new port: the name of the old address would lead others there.
    prepared.reconfigure({ config: { ...prepared.config, listenPort: port, brokerIP1: '127.0.0.1' } });
    await prepared.process.start();
    this.#address = `127.0.0.1:${port}`;
    options.observe('moved', this.#address, `${server.name}, id ${this.#brokerId}, listens at ${this.#address}`);
  }

  /** Controllers know it under its id at the new address, alive, in the SyncStateSet; NameServers list it there. */
  async isTheSame(): Promise<void> {
    const replicas = new Replicas(this.#trial);
    const look = async () => (await replicas.info()).inSyncReplicas;
    const isIn = (members: readonly ReplicaIdentity[]) =>
      members.some(
        ({ brokerId, brokerAddress, alive }) => brokerId === this.#brokerId && brokerAddress === this.#address && alive,
      );
    const what = `id ${this.#brokerId} is in the SyncStateSet at ${this.#address}`;
    await until(what, look, isIn, this.#trial.within('online'));
    const listed = (views: readonly GroupView[]) => views.every(({ slaves }) => slaves.join() === this.#address);
    await until('it is listed', () => this.#trial.views.clusterInfo(), listed, this.#trial.within('online'));
  }
}
