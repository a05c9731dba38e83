import type { ReplicaIdentity } from '../../reference-impl/client/controller-calls.ts';
import { refusalCode } from '../../reference-impl/client/refused.ts';
import { ResponseCode } from '../../reference-impl/remoting/codes.ts';
import { controllerApplyBrokerId } from '../../reference-impl/remoting/commands/controller-apply-broker-id.ts';
import { controllerGetNextBrokerId } from '../../reference-impl/remoting/commands/controller-get-next-broker-id.ts';
import { decodeHeader, encodeHeader } from '../../reference-impl/remoting/header.ts';
import { ask } from './ask.ts';
import { ControllerGroup } from './controller-group.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import { Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, until } from './until.ts';

const masterRoleId = 0;

/** Who has which id in a trial's group, by what controllers and NameServers answer. */
export class BrokerIds {
  readonly #trial: Trial;
  readonly #replicas: Replicas;
  #remembered = '';

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
  }

  /** Every replica that the controllers know, by id. */
  async known(): Promise<readonly ReplicaIdentity[]> {
    const { inSyncReplicas, notInSyncReplicas } = await this.#replicas.info();
    return [...inSyncReplicas, ...notInSyncReplicas].sort((a, b) => a.brokerId - b.brokerId);
  }

  async of(server: PlannedServer): Promise<number> {
    const own = (await this.known()).filter(({ brokerAddress }) => brokerAddress === addressOf(server));
    if (own.length !== 1) throw new Error(`${own.length} ids are those of ${server.name}.`);
    return own[0]!.brokerId;
  }

  /** The id that the next new broker will get, as the leading controller answers it. */
  async next(): Promise<number> {
    const { request, response, code } = controllerGetNextBrokerId;
    const header = { clusterName: await this.#clusterName(), brokerName: this.#trial.group };
    const answer = await ask(this.#trial, await this.#leader(), { code, extFields: encodeHeader(request, header) });
    if (answer.code !== ResponseCode.SUCCESS) throw new Error(`No next id: ${answer.code} ${answer.remark}`);
    return decodeHeader(response, answer.extFields).nextBrokerId!;
  }

  /** The replicas that run have the ids 1 to their number, each its own, and the next one follows. */
  async countFromOne(): Promise<void> {
    const ids = (await this.known()).map(({ brokerId }) => brokerId);
    const next = await this.next();
    this.#trial.options.observe('ids', ids.join(', '), `ids ${ids.join(', ')}, the next one is ${next}`);
    const wanted = this.#replicas.running.map((_, i) => i + 1);
    if (ids.join() !== wanted.join() || next !== wanted.length + 1)
      throw new ConditionFailure(`${wanted.length} replicas have the ids ${ids.join(', ')}, the next one is ${next}.`);
  }

  /** Every NameServer lists the master under 0 and each slave under its id. */
  async areListed(): Promise<void> {
    const master = addressOf(await this.#replicas.master());
    const entries = (await this.known()).map(({ brokerId, brokerAddress }) =>
      brokerAddress === master ? `${masterRoleId} ${master}` : `${brokerId} ${brokerAddress}`,
    );
    const wanted = entries.sort().join(', ');
    const look = async () => {
      const { brokerAddrTable } = await this.#trial.views.operator.clusterInfo();
      const listed = [...(brokerAddrTable.get(this.#trial.group)?.brokerAddrs ?? [])];
      return listed
        .map(([id, address]) => `${id} ${address}`)
        .sort()
        .join(', ');
    };
    await until(`NameServers list ${wanted}`, look, (listed) => listed === wanted, this.#trial.within('switch'));
    this.#trial.options.observe('listed', wanted, `NameServers list ${wanted}`);
  }

  /** Keeps who has which id, the next one, and who is master for which epoch. */
  async remember(): Promise<void> {
    this.#remembered = await this.#text();
  }

  /** All of that is the same as before. */
  async areAsRemembered(): Promise<void> {
    const now = await this.#text();
    if (now !== this.#remembered) throw new ConditionFailure(`${now}: it was ${this.#remembered}.`);
  }

  /** Applies for an id under a check code, as a broker does. @returns the response code of the leading controller */
  async apply(appliedBrokerId: number, registerCheckCode: string): Promise<number> {
    const { request, code } = controllerApplyBrokerId;
    const clusterName = await this.#clusterName();
    const header = { clusterName, brokerName: this.#trial.group, appliedBrokerId, registerCheckCode };
    const answer = await ask(this.#trial, await this.#leader(), { code, extFields: encodeHeader(request, header) });
    this.#trial.options.observe('applied', answer.code, `id ${appliedBrokerId}: ${answer.code} ${answer.remark ?? ''}`);
    return answer.code;
  }

  /** An operator makes the controllers forget an id (cleanBrokerMetadata). @returns their response code */
  async clean(brokerId: number): Promise<number> {
    const { views, group: brokerName, options } = this.#trial;
    const request = {
      controllerAddress: addressOf(await this.#leader()),
      clusterName: await this.#clusterName(),
      brokerName,
      brokerControllerIdsToClean: String(brokerId),
      cleanLivingBroker: false,
    };
    const code = await views.operator.cleanBrokers(request).then(
      () => ResponseCode.SUCCESS,
      (thrown: unknown) => refusalCode(thrown) ?? Promise.reject(thrown),
    );
    options.observe('cleaned', code, `cleanBrokerMetadata of ${brokerId}: code ${code}`);
    return code;
  }

  async #text(): Promise<string> {
    const { masterBrokerId, masterEpoch } = await this.#replicas.info();
    const ids = (await this.known()).map(({ brokerId, brokerAddress }) => `${brokerId} at ${brokerAddress}`);
    return `${ids.join(', ')}, next ${await this.next()}, master ${masterBrokerId} for epoch ${masterEpoch}`;
  }

  async #leader(): Promise<PlannedServer> {
    return await new ControllerGroup(this.#trial).leader();
  }

  async #clusterName(): Promise<string> {
    const { clusterAddrTable } = await this.#trial.views.operator.clusterInfo();
    return [...clusterAddrTable.keys()][0]!;
  }
}
