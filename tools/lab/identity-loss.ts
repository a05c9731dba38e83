import { ResponseCode } from '../../reference-impl/remoting/codes.ts';
import { BrokerIds } from './broker-ids.ts';
import { IdentityFile } from './identity-file.ts';
import { Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, until } from './until.ts';

/** A slave of a trial's group that forgets who it is, and what an operator does about the id it had. */
export class IdentityLoss {
  readonly #trial: Trial;
  readonly #replicas: Replicas;
  readonly #ids: BrokerIds;
  #oldId = 0;
  #cleaned = -1;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
    this.#ids = new BrokerIds(trial);
  }

  /** A slave is killed, loses its identity and nothing else, and starts again. */
  async befallsSlave(): Promise<void> {
    const [slave] = await this.#replicas.slaves();
    this.#oldId = await this.#ids.of(slave!);
    await this.#replicas.kill(slave!);
    new IdentityFile(this.#trial, slave!).lose();
    await this.#replicas.mend();
  }

  /** It gets the id that comes next and is in the SyncStateSet; its old id is listed, at the same address, as dead. */
  async makesItNew(): Promise<void> {
    const look = async () => ({ known: await this.#ids.known(), inSync: (await this.#replicas.info()).inSyncReplicas });
    const isNew = ({ known, inSync }: Awaited<ReturnType<typeof look>>) => {
      const [old, newest] = [known.find(({ brokerId }) => brokerId === this.#oldId), known.at(-1)!];
      const isMember = inSync.some(({ brokerId }) => brokerId === newest.brokerId);
      return old?.alive === false && newest.alive && isMember && newest.brokerAddress === old.brokerAddress;
    };
    const what = `one replica is new, and id ${this.#oldId} is dead`;
    const { known } = await until(what, look, isNew, this.#trial.within('online'));
    const ids = known.map(({ brokerId, alive }) => `${brokerId} ${alive ? 'alive' : 'dead'}`).join(', ');
    this.#trial.options.observe('ids', ids, `ids: ${ids}`);
  }

  async cleanOldId(): Promise<void> {
    this.#cleaned = await this.#ids.clean(this.#oldId);
  }

  async cleanLivingId(): Promise<void> {
    const [slave] = await this.#replicas.slaves();
    this.#cleaned = await this.#ids.clean(await this.#ids.of(slave!));
  }

  async isForgotten(): Promise<void> {
    const known = await this.#ids.known();
    if (this.#cleaned !== ResponseCode.SUCCESS || known.some(({ brokerId }) => brokerId === this.#oldId))
      throw new ConditionFailure(`Cleaning ${this.#oldId} got ${this.#cleaned}; known: ${JSON.stringify(known)}`);
  }

  isRefused(): void {
    if (this.#cleaned !== ResponseCode.CONTROLLER_INVALID_CLEAN_BROKER_METADATA)
      throw new ConditionFailure(`Cleaning a living replica was answered with ${this.#cleaned}.`);
  }
}
