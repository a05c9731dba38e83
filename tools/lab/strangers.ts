import { once } from 'node:events';
import { connect } from 'node:net';
import { parseAddress } from '../../reference-impl/base/address.ts';
import type { HaStatus } from '../../reference-impl/client/broker-calls.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import { Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, until } from './until.ts';

/** Who has no business with the brokers of a trial's group, or comes too early. */
export class Strangers {
  readonly #trial: Trial;
  readonly #replicas: Replicas;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
  }

  /** Opens and closes so many connections to the HA port of the master, as a health check does. */
  async knock(times: number): Promise<void> {
    const master = await this.#replicas.master();
    const { host, port } = parseAddress(master.ports[1]!.listens);
    for (let i = 0; i < times; i++) {
      const socket = connect({ host, port });
      await once(socket, 'connect');
      socket.destroy();
      await once(socket, 'close');
    }
    this.#trial.options.observe('knocked', times, `${times} connections to the HA port of ${master.name}`);
  }

  /** The master comes to count its slaves alone as replication connections. */
  async areForgotten(): Promise<void> {
    const slaves = (await this.#replicas.slaves()).length;
    const master = addressOf(await this.#replicas.master());
    const look = () => this.#trial.views.operator.haStatus(master);
    const only = ({ haConnectionInfo }: HaStatus) => haConnectionInfo.length === slaves;
    await until(`the master has ${slaves} replication connections`, look, only, this.#trial.within('switch'));
  }

  /** Every replica of the group, asked directly, stores nothing and gives nothing out. */
  async areNotServed(): Promise<void> {
    for (const replica of this.#replicas.all) {
      const { outcome } = await this.#send(replica);
      const text = `${replica.name} answers a send with ${outcome.kind}, ${outcome.code}: ${outcome.remark}`;
      this.#trial.options.observe('refused', outcome.code ?? 0, text);
      if (outcome.kind !== 'refused') throw new ConditionFailure(text);
    }
  }

  async #send(replica: PlannedServer) {
    // A topic that every broker has from its start: what is refused is the broker, not the topic.
    const queue = { topic: 'BenchmarkTest', brokerName: this.#trial.group, queueId: 0 };
    return await this.#trial.views.operator.send(addressOf(replica), 'PG_stranger', queue, { body: Buffer.from('x') });
  }
}
