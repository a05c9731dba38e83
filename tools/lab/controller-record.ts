import type { ElectedMaster, ReplicaIdentity, ReplicasInfo } from '../../reference-impl/client/controller-calls.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, throughout, until } from './until.ts';

/** What the controllers have recorded of a trial's group: who is master for which epoch, and which replicas keep up. */
export class ControllerRecord {
  readonly #trial: Trial;
  #remembered: ReplicasInfo | null = null;
  #named: ElectedMaster | null = null;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** Throws while there is no leader to ask, and when it knows no such group. */
  async now(): Promise<ReplicasInfo> {
    const info = await this.#trial.replicasInfo();
    if (info === undefined) throw new Error(`The controllers know no ${this.#trial.group}.`);
    return info;
  }

  /**
   * Keeps what is recorded for the comparisons below, as soon as a master leads and so many replicas are in sync: a busy
   * machine may have put one out for a moment.
   */
  async remember(inSyncLeast = 2): Promise<void> {
    const isLed = ({ masterBrokerId, inSyncReplicas }: ReplicasInfo) =>
      masterBrokerId !== null && inSyncReplicas.length >= inSyncLeast;
    const what = `a master leads ${inSyncLeast} replicas in sync`;
    this.#remembered = await until(what, () => this.now(), isLed, this.#trial.within('switch'));
  }

  /** Nothing remembered is forgotten: master and epoch are the same, and so is the set until it gets a larger epoch. */
  async isKept(): Promise<void> {
    const wanted = this.remembered;
    const kept = (info: ReplicasInfo) =>
      info.masterBrokerId === wanted.masterBrokerId &&
      info.masterEpoch === wanted.masterEpoch &&
      (info.syncStateSetEpoch > wanted.syncStateSetEpoch || text(info) === text(wanted));
    const info = await until(`kept is ${text(wanted)}`, () => this.now(), kept, this.#trial.within('switch'));
    this.#trial.options.observe('record', text(info), `the controllers record ${text(info)}`);
  }

  /** The master and its epoch do not change for as long as the profile looks: nobody was elected. */
  async keepsTheMaster(): Promise<void> {
    const { masterBrokerId, masterEpoch } = this.remembered;
    const kept = (info: ReplicasInfo) => info.masterBrokerId === masterBrokerId && info.masterEpoch === masterEpoch;
    await throughout('nobody is elected', () => this.now(), kept, this.#trial.within('quiet'));
  }

  /** The remembered master counts as dead, and nobody takes its place. */
  async namesNobody(): Promise<void> {
    const isGone = ({ masterBrokerId }: ReplicasInfo) => masterBrokerId === null;
    await until('the group has no master', () => this.now(), isGone, this.#trial.within('switch'));
  }

  /** The remembered master is recorded again, for a larger epoch. */
  async namesTheSameAnew(): Promise<void> {
    const { masterBrokerId, masterEpoch } = this.remembered;
    const isAgain = (info: ReplicasInfo) => info.masterBrokerId === masterBrokerId && info.masterEpoch > masterEpoch;
    const info = await until(
      'the same master has a newer epoch',
      () => this.now(),
      isAgain,
      this.#trial.within('switch'),
    );
    const text = `${masterBrokerId} is master again, epoch ${info.masterEpoch} after ${masterEpoch}`;
    this.#trial.options.observe('again', info.masterEpoch, text);
  }

  /** Another replica, alive and from the remembered set, becomes master for a larger epoch. */
  async namesAnotherMaster(): Promise<void> {
    const { masterBrokerId: old, masterEpoch } = this.remembered;
    const startedMs = Date.now();
    const isOther = (info: ReplicasInfo) => info.masterBrokerId !== null && info.masterBrokerId !== old;
    const now = await until('another master is recorded', () => this.now(), isOther, this.#trial.within('switch'));
    const master = now.inSyncReplicas.find(({ brokerId }) => brokerId === now.masterBrokerId);
    if (now.masterEpoch <= masterEpoch || master?.alive !== true)
      throw new ConditionFailure(`The new master is no living member of a newer epoch: ${JSON.stringify(now)}`);
    if (!memberIds(this.remembered).includes(now.masterBrokerId!))
      throw new ConditionFailure(
        `Replica ${now.masterBrokerId} was elected: only ${memberIds(this.remembered).join(', ')} kept up.`,
      );
    const afterMs = Date.now() - startedMs;
    const what = `replica ${now.masterBrokerId} is recorded as master for epoch ${now.masterEpoch} after ${afterMs} ms`;
    this.#trial.options.observe('elected', now.masterBrokerId!, what);
  }

  /** Whichever running controller is asked, exactly the replicas of the group are in sync, the master among them. */
  async everyControllerListsEveryReplica(): Promise<void> {
    const { cluster, controllers, group, views } = this.#trial;
    const wanted = cluster.replicas(group).map(addressOf).sort().join(', ');
    const complete = (info: ReplicasInfo | undefined) =>
      info?.inSyncReplicas
        .map(({ brokerAddress }) => brokerAddress)
        .sort()
        .join(', ') === wanted && info.inSyncReplicas.some(({ brokerId }) => brokerId === info.masterBrokerId);
    for (const controller of controllers.filter(({ name }) => cluster.process(name).state === 'running')) {
      const look = async () => (await views.operator.syncStateSet(addressOf(controller), [group])).get(group);
      await until(`${controller.name} leads to ${wanted}`, look, complete, this.#trial.within('switch'));
    }
  }

  /** Asks for another replica that keeps up as master (electMaster), and remembers what was recorded before. */
  async moveMaster(): Promise<void> {
    const elected = await this.#electAnother();
    this.#named = elected;
    const what = `replica ${elected.masterBrokerId} was made master for epoch ${elected.masterEpoch}`;
    this.#trial.options.observe('moved', elected.masterBrokerId, what);
  }

  /** What the operator asked for is recorded, and remembered. */
  async followsTheOperator(): Promise<void> {
    const named = this.#named;
    if (named === null) throw new Error('No operator named a master before this step.');
    await this.remember(1);
    const { masterBrokerId, masterEpoch } = this.remembered;
    if (masterBrokerId !== named.masterBrokerId || masterEpoch !== named.masterEpoch)
      throw new ConditionFailure(`Recorded is ${text(this.remembered)}, not master ${named.masterBrokerId}.`);
  }

  async #electAnother(): Promise<ElectedMaster> {
    await this.remember();
    const { masterBrokerId, inSyncReplicas } = this.remembered;
    const other = inSyncReplicas.find(({ brokerId }) => brokerId !== masterBrokerId);
    const { brokerName, brokerId, brokerAddress } = other!;
    const { clusterName } = await this.#trial.views.operator.brokerEpoch(brokerAddress);
    const controllerAddress = addressOf(this.#anyController);
    return await this.#trial.views.operator.electMaster({ controllerAddress, clusterName, brokerName, brokerId });
  }

  get remembered(): ReplicasInfo {
    if (this.#remembered === null) throw new Error('The scenario remembered no record of the controllers.');
    return this.#remembered;
  }

  get #anyController(): PlannedServer {
    const { cluster, controllers } = this.#trial;
    return controllers.find(({ name }) => cluster.process(name).state === 'running')!;
  }
}

function memberIds({ inSyncReplicas }: ReplicasInfo): number[] {
  return inSyncReplicas.map(({ brokerId }: ReplicaIdentity) => brokerId).sort((a, b) => a - b);
}

/** What controllers log: neither addresses nor who is alive. */
function text(info: ReplicasInfo): string {
  const { masterBrokerId, masterEpoch, syncStateSetEpoch } = info;
  return `master ${masterBrokerId}, master epoch ${masterEpoch}, set {${memberIds(info).join(', ')}}, set epoch ${syncStateSetEpoch}`;
}
