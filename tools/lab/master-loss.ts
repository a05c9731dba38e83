import { hostText } from '../../reference-impl/message/host.ts';
import { parseOffsetMsgId } from '../../reference-impl/message/ids.ts';
import type { Attempt } from '../check/ledger.ts';
import type { GroupView } from './group-views.ts';
import { Partition } from './partition.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import { Replicas } from './replicas.ts';
import { topic, type Trial } from './trial.ts';
import { ConditionFailure, throughout, until } from './until.ts';

/** What can happen to a master, as features write it. */
export const masterFaults = [
  'is killed',
  'is terminated',
  'freezes',
  'is cut off',
  'is not heard by the controllers',
] as const;
export type MasterFault = (typeof masterFaults)[number];

interface LostMaster {
  readonly server: PlannedServer;
  readonly fault: MasterFault;
  /** When the fault began, and when it was complete. */
  readonly atMs: number;
  readonly doneMs: number;
}

/** A master that a trial's group loses, the one that takes its place, and its return. */
export class MasterLoss {
  readonly #trial: Trial;
  readonly #replicas: Replicas;
  readonly #partition: Partition;
  #lost: LostMaster | null = null;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
    this.#partition = new Partition(trial);
  }

  /** The master that was lost last. Throws when none was. */
  get lost(): LostMaster {
    if (this.#lost === null) throw new Error('The scenario lost no master before this step.');
    return this.#lost;
  }

  /**
   * Cut off means: from controllers, replicas and NameServers, with no connection closed; clients still reach it.
   * Throws `Inconclusive` when the lab cannot cut a link.
   */
  async lose(fault: MasterFault): Promise<void> {
    const server = await this.#replicas.master();
    const process = this.#trial.cluster.process(server.name);
    const atMs = Date.now();
    if (fault === 'is killed') await process.kill();
    if (fault === 'is terminated') await process.stop(this.#trial.options.profile.deadlines.stop);
    if (fault === 'freezes') process.pause();
    if (fault === 'is cut off') await this.#partition.isolate(server);
    if (fault === 'is not heard by the controllers') await this.#partition.oneWay([server], this.#trial.controllers);
    this.#lost = { server, fault, atMs, doneMs: Date.now() };
    this.#trial.options.observe('lost', server.name, `${server.name}, the master, ${fault}`);
  }

  /**
   * Every NameServer lists another master, and it takes writes. Both times go into the report.
   * @returns ms from the fault to the first acknowledgement by another replica, as the producer saw it
   */
  async isReplaced(): Promise<number> {
    const { server, fault, atMs } = this.lost;
    const look = () => this.#trial.views.route(topic);
    const isOther = ({ master }: GroupView) => master !== null && master !== addressOf(server);
    await until('another replica is master', look, (views) => views.every(isOther), this.#trial.within('switch'));
    const routeMs = Date.now() - atMs;
    const { attempts } = this.#trial.traffic.ledger;
    // The other replica may have been master before.
    const first = () => attempts.find((row) => row.answeredMs >= atMs && isStoredElsewhere(row, server)) ?? null;
    const stored = await until('it takes writes', first, (row) => row !== null, this.#trial.within('switch'));
    const sendMs = stored!.answeredMs - atMs;
    const text = `route switched ${routeMs} ms after the master ${fault}, first send acknowledged after ${sendMs} ms`;
    this.#trial.options.observe('switch', sendMs, text);
    return sendMs;
  }

  /** The old master registers with every NameServer anew, as the master it takes itself for: none lists it as that. */
  async cannotRegisterAgain(): Promise<void> {
    const { server } = this.lost;
    const { operator } = this.#trial.views;
    // A broker registers with each new topic.
    const newTopic = { topicName: `${topic}-of-the-old-master`, readQueueNums: 1, writeQueueNums: 1, perm: 6 };
    await operator.createTopic(addressOf(server), newTopic);
    const isOther = (views: readonly GroupView[]) => views.every(({ master }) => master !== addressOf(server));
    const look = () => this.#trial.views.clusterInfo();
    await throughout('NameServers keep the new master', look, isOther, this.#trial.within('quiet'));
  }

  /** Ends the fault: the old master follows the new one and is in the SyncStateSet with all the others. */
  async returns(): Promise<void> {
    const { server } = this.lost;
    const backMs = Date.now();
    if (this.#partition.isWhole) await this.#replicas.mend(server);
    else await this.#partition.heal();
    await this.#replicas.areInSync(this.#replicas.all);
    if ((await this.#replicas.master()) === server)
      throw new ConditionFailure(`${server.name} is master again, and follows nobody.`);
    const afterMs = Date.now() - backMs;
    this.#trial.options.observe('returned', afterMs, `${server.name} follows and is in sync after ${afterMs} ms`);
  }
}

/** Acknowledged by a broker that listens at another address. */
export function isStoredElsewhere({ outcome, offsetMsgId }: Attempt, server: PlannedServer): boolean {
  const id = outcome === 'SEND_OK' && offsetMsgId !== null ? parseOffsetMsgId(offsetMsgId) : null;
  return id !== null && hostText(id.storeHost) !== server.ports[0].listens;
}
