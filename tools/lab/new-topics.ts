import { addressOf } from './plan-servers.ts';
import { Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { drainBroker } from './traffic/drain.ts';
import { ConditionFailure, until } from './until.ts';

const topics = Array.from({ length: 5 }, (_, i) => `New-${i}`);

/** Topics made just before the master is lost, each with one message: which of those were acknowledged. */
export class NewTopics {
  readonly #trial: Trial;
  readonly #replicas: Replicas;
  readonly #acknowledged: string[] = [];

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
  }

  /** Makes them on the master and sends to each; resolves with the last answer. */
  async fill(): Promise<void> {
    const master = await this.#replicas.master();
    const address = addressOf(master);
    const { group: brokerName, views } = this.#trial;
    const { operator } = views;
    for (const topic of topics) {
      await operator.createTopic(address, { topicName: topic, readQueueNums: 1, writeQueueNums: 1, perm: 6 });
      const queue = { topic, brokerName, queueId: 0 };
      const { outcome } = await operator.send(address, 'PID_new_topics', queue, { body: Buffer.from(topic) });
      if (outcome.kind === 'SEND_OK') this.#acknowledged.push(topic);
    }
    this.#trial.options.observe('filled', this.#acknowledged.length, `topics with an acknowledged message`);
    if (this.#acknowledged.length === 0) throw new ConditionFailure('No message was acknowledged.');
  }

  /** Each that has an acknowledged message comes to have a route to a master that has it. */
  async areReadable(): Promise<void> {
    const { group, views } = this.#trial;
    const address = addressOf(await this.#replicas.master());
    const lacks = async (topic: string) => {
      const routed = (await views.route(topic)).every(({ master }) => master === address);
      const from = { topic, brokerName: group, address, consumer: 'new-topics' };
      return routed && (await drainBroker(views.operator, from)).length === 1 ? [] : [topic];
    };
    const look = async () => (await Promise.all(this.#acknowledged.map(lacks))).flat();
    const none = (missing: readonly string[]) => missing.length === 0;
    await until('the new master leads to every new topic', look, none, this.#trial.within('online'));
  }
}
