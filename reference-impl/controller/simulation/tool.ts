import { cleanBrokerData } from '../../remoting/commands/clean-broker-data.ts';
import { controllerApplyBrokerId } from '../../remoting/commands/controller-apply-broker-id.ts';
import { controllerElectMaster } from '../../remoting/commands/controller-elect-master.ts';
import { controllerGetReplicaInfo } from '../../remoting/commands/controller-get-replica-info.ts';
import { encodeHeader } from '../../remoting/header.ts';
import { ControllerCalls } from './calls.ts';
import { clusterName, type SimulatedBroker } from './broker.ts';
import type { World } from './world.ts';

/** An id far from those that controllers propose. */
const ghostBrokerId = 99;
const askTimeoutMs = 400;

/** What an operator does with mqadmin: at any moment, without looking. It never crashes. */
export class SimulatedTool {
  readonly #world: World;
  readonly #calls: ControllerCalls;

  constructor(world: World, controllers: readonly string[]) {
    this.#world = world;
    const endpoint = world.network.listen('tool:1', { alive: true, frozenUntilMs: 0 });
    this.#calls = new ControllerCalls(world, controllers, world.network.client(endpoint));
  }

  /** `electMaster`: this broker or nobody. */
  async designate({ name: brokerName, brokerId }: SimulatedBroker): Promise<void> {
    if (brokerId === null) return;
    await this.#calls.call(controllerElectMaster, { clusterName, brokerName, brokerId, designateElect: true });
  }

  /** Asks one controller, perhaps not the leader, who is master. */
  async ask(controller: string, brokerName: string): Promise<void> {
    const extFields = encodeHeader(controllerGetReplicaInfo.request, { brokerName });
    const request = { code: controllerGetReplicaInfo.code, extFields };
    await this.#calls.client.invoke(controller, request, askTimeoutMs).catch(() => {}); // The answer is checked where it is given.
  }

  /** An id is given to a broker that nobody ever sees. */
  async admitGhost(brokerName: string): Promise<void> {
    const registerCheckCode = `${brokerName}:99;1`;
    const ghost = { clusterName, brokerName, appliedBrokerId: ghostBrokerId, registerCheckCode };
    await this.#calls.call(controllerApplyBrokerId, ghost);
  }

  /** `cleanBrokerMetadata` of that broker. In a set that never had a master it would forget the other brokers, too. */
  async forgetGhost(brokerName: string): Promise<void> {
    if (!this.#world.safety.progress(brokerName)?.masterEpoch) return;
    const ghost = { clusterName, brokerName, brokerControllerIdsToClean: `${ghostBrokerId}` };
    await this.#calls.call(cleanBrokerData, { ...ghost, isCleanLivingBroker: false });
  }
}
