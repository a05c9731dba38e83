import type { SubscriptionGroup } from '../../reference-impl/client/subscription-group.ts';
import { RequestCode } from '../../reference-impl/remoting/codes.ts';
import { parseFastjson } from '../../reference-impl/remoting/fastjson.ts';
import { ask } from './ask.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import { Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, until } from './until.ts';

/** Enough that a table which is emptied and filled again is seen with holes. */
const count = 40;
/** Copies of the tables that a slave makes under the eyes of the lab. */
const copiesWatched = 3;
const topics = Array.from({ length: count }, (_, i) => `Copied-${i}`);
const groups = Array.from({ length: count }, (_, i) => `GID_copied_${i}`);

/** A consumer group as RocketMQ makes one. */
export const groupDefaults: Omit<SubscriptionGroup, 'groupName'> = {
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
  readonly #missed: string[] = [];

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
  }

  /** Topics, with attributes or without, and groups, all on the master. */
  async make(attributes?: string): Promise<void> {
    const master = addressOf(await this.#replicas.master());
    const { operator } = this.#trial.views;
    for (const topicName of topics)
      await operator.createTopic(master, { topicName, readQueueNums: 1, writeQueueNums: 1, perm: 6, attributes });
    for (const groupName of groups) await operator.createSubscriptionGroup(master, { ...groupDefaults, groupName });
    this.#trial.options.observe(
      'made',
      count,
      `${count} topics (${attributes ?? 'no attributes'}) and ${count} groups`,
    );
  }

  /** Every running replica comes to have all of them. */
  async areEverywhere(): Promise<void> {
    const look = async () => {
      const looks = await Promise.all(this.#replicas.running.map((server) => this.#look(server)));
      return looks.flatMap(({ missing }) => missing);
    };
    const none = (missing: readonly string[]) => missing.length === 0;
    await until('every replica has what was made', look, none, this.#trial.within('online'));
  }

  /** The tables of the master change, slaves copy them, and so several times; what replicas miss meanwhile is noted. */
  async growWhileWatched(): Promise<void> {
    const master = addressOf(await this.#replicas.master());
    const { operator } = this.#trial.views;
    let looks = 0;
    for (let copy = 1; copy <= copiesWatched; copy++) {
      const topicName = `Passing-${copy}`;
      await operator.createTopic(master, { topicName, readQueueNums: 1, writeQueueNums: 1, perm: 6 });
      const look = async () => {
        looks++;
        const seen = await Promise.all(this.#replicas.running.map((server) => this.#look(server)));
        this.#missed.push(...seen.flatMap(({ missing }) => missing));
        return seen.filter(({ topics }) => !topics.has(topicName)).length;
      };
      const deadline = { ...this.#trial.within('online'), pollMs: 5 };
      await until(`every replica has ${topicName}`, look, (lacking) => lacking === 0, deadline);
    }
    this.#trial.options.observe('copies', copiesWatched, `every slave copied ${copiesWatched} times in ${looks} looks`);
  }

  /** While they changed, no replica missed what it had. */
  wereNeverMissing(): void {
    if (this.#missed.length === 0) return;
    throw new ConditionFailure(`Missed ${this.#missed.length} times: ${this.#missed.slice(0, 5).join(', ')} …`);
  }

  /** The master of now has all of them. */
  async areWithTheMaster(): Promise<void> {
    const master = await this.#replicas.master();
    const { missing } = await this.#look(master);
    if (missing.length > 0) throw new ConditionFailure(`Missing, of ${2 * count}: ${missing.join(', ')}.`);
  }

  /** What a replica lacks of what was made, and the topics that it has. */
  async #look(server: PlannedServer): Promise<{ readonly missing: readonly string[]; readonly topics: Set<string> }> {
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
    return {
      missing: missing.map((name) => `${server.name} lacks ${name}`),
      topics: new Set(Object.keys(hasTopics)),
    };
  }
}
