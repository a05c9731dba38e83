import type { SubscriptionGroup } from '../../reference-impl/client/subscription-group.ts';
import { RequestCode } from '../../reference-impl/remoting/codes.ts';
import { parseFastjson } from '../../reference-impl/remoting/fastjson.ts';
import { ask } from './ask.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import { Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, throughout, until } from './until.ts';

/** Enough that a table which is emptied and filled again is seen with holes. */
const count = 40;
const topics = Array.from({ length: count }, (_, i) => `Copied-${i}`);
const groups = Array.from({ length: count }, (_, i) => `GID_copied_${i}`);

const groupDefaults: Omit<SubscriptionGroup, 'groupName'> = {
  consumeEnable: true,
  consumeFromMinEnable: true,
  consumeBroadcastEnable: true,
  retryQueueNums: 1,
  retryMaxTimes: 16,
  brokerId: 0,
  whichBrokerWhenConsumeSlowly: 1,
  notifyConsumerIdsChangedEnable: true,
};

/** Topics and consumer groups that a trial's master gets, and what replicas have of them. */
export class CopiedTables {
  readonly #trial: Trial;
  readonly #replicas: Replicas;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
  }

  /** Topics of a message type and groups, all on the master. */
  async make(): Promise<void> {
    const master = addressOf(await this.#replicas.master());
    const { operator } = this.#trial.views;
    for (const topicName of topics) {
      const attributes = '+message.type=NORMAL';
      await operator.createTopic(master, { topicName, readQueueNums: 1, writeQueueNums: 1, perm: 6, attributes });
    }
    for (const groupName of groups) await operator.createSubscriptionGroup(master, { ...groupDefaults, groupName });
    this.#trial.options.observe('made', count, `${count} topics with a message type and ${count} groups`);
  }

  /** Every running replica comes to have all of them. */
  async areEverywhere(): Promise<void> {
    const look = async () => (await Promise.all(this.#replicas.running.map((server) => this.#missing(server)))).flat();
    const none = (missing: readonly string[]) => missing.length === 0;
    await until('every replica has what was made', look, none, this.#trial.within('online'));
  }

  /** No running replica loses one for as long as the profile looks, while the master's tables go on to change. */
  async stayEverywhere(): Promise<void> {
    const master = addressOf(await this.#replicas.master());
    let made = 0;
    const look = async () => {
      const topicName = `Passing-${made++}`;
      await this.#trial.views.operator.createTopic(master, { topicName, readQueueNums: 1, writeQueueNums: 1, perm: 6 });
      return (await Promise.all(this.#replicas.running.map((server) => this.#missing(server)))).flat();
    };
    const none = (missing: readonly string[]) => missing.length === 0;
    await throughout('every replica keeps what was made', look, none, this.#trial.within('quiet'));
    this.#trial.options.observe('kept', made, `kept while the tables of the master changed ${made} times`);
  }

  /** The master of now has all of them. */
  async areWithTheMaster(): Promise<void> {
    const master = await this.#replicas.master();
    const missing = await this.#missing(master);
    if (missing.length > 0) throw new ConditionFailure(`Missing, of ${2 * count}: ${missing.join(', ')}.`);
  }

  async #missing(server: PlannedServer): Promise<string[]> {
    const has = async (code: number, field: string) => {
      const { body } = await ask(this.#trial, server, { code });
      const tables = parseFastjson(body?.toString() ?? '{}') as Record<string, Record<string, unknown> | undefined>;
      return tables[field] ?? {};
    };
    const hasTopics = await has(RequestCode.GET_ALL_TOPIC_CONFIG, 'topicConfigTable');
    const hasGroups = await has(RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG, 'subscriptionGroupTable');
    const missing = [
      ...topics.filter((name) => hasTopics[name] === undefined),
      ...groups.filter((name) => hasGroups[name] === undefined),
    ];
    return missing.map((name) => `${server.name} lacks ${name}`);
  }
}
