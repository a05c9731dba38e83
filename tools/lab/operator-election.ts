import { refusalCode } from '../../reference-impl/client/refused.ts';
import { ResponseCode } from '../../reference-impl/remoting/codes.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import { Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure } from './until.ts';

/** An operator who asks for one certain master (electMaster) of a trial's group. */
export class OperatorElection {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** The controllers do not elect this replica, also when it is asked for by its id. */
  async isRefused(server: PlannedServer): Promise<void> {
    const { views, controllers, group: brokerName } = this.#trial;
    const { clusterName } = await views.operator.brokerEpoch(addressOf(server));
    const { inSyncReplicas, notInSyncReplicas } = await new Replicas(this.#trial).info();
    const known = [...inSyncReplicas, ...notInSyncReplicas];
    const replica = known.find(({ brokerAddress }) => brokerAddress === addressOf(server));
    if (replica === undefined) throw new ConditionFailure(`The controllers do not know ${server.name}.`);
    const { brokerId } = replica;
    const request = { controllerAddress: addressOf(controllers[0]!), clusterName, brokerName, brokerId };
    const code = await views.operator.electMaster(request).then(() => ResponseCode.SUCCESS, refusalCode);
    this.#trial.options.observe('electMaster', code ?? 'no answer', `electMaster of ${server.name}: code ${code}`);
    if (code !== ResponseCode.CONTROLLER_ELECT_MASTER_FAILED)
      throw new ConditionFailure(`electMaster of ${server.name} was answered with ${code}.`);
  }
}
