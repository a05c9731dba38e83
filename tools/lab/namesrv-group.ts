import { rm } from 'node:fs/promises';
import { createOperator } from '../../reference-impl/client/operator.ts';
import { refusalCode } from '../../reference-impl/client/refused.ts';
import { clientOptions } from './group-views.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import { topic, type Trial } from './trial.ts';
import { ConditionFailure } from './until.ts';

/** The NameServers of a trial, and what is taken for one. */
export class NamesrvGroup {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  get all(): PlannedServer[] {
    return this.#trial.cluster.plan.servers.filter(({ role }) => role === 'namesrv');
  }

  /** Kills every NameServer, removes all that NameServers keep on disk (controllers keep theirs), and starts them. */
  async restartWithoutData(): Promise<void> {
    const { cluster, options } = this.#trial;
    await Promise.all(
      this.all.map(async ({ name }) => {
        await cluster.process(name).kill();
        const { config } = cluster.plan.processes.find((planned) => planned.name === name)!;
        await rm(String(config.kvConfigPath), { force: true });
        await cluster.process(name).start();
        await cluster.process(name).waitReady(options.profile.deadlines.ready);
      }),
    );
  }

  async start(): Promise<void> {
    const { cluster, options } = this.#trial;
    for (const { name } of this.all) {
      await cluster.process(name).start();
      await cluster.process(name).waitReady(options.profile.deadlines.ready);
    }
  }

  /** A client that takes the controllers for its NameServers finds no route: they refuse the question. */
  async controllersKnowNoRoute(): Promise<void> {
    const { cluster, controllers, options } = this.#trial;
    for (const controller of controllers) {
      await using operator = createOperator(clientOptions(cluster, [addressOf(controller)], 'new'));
      const answer = await operator.topicRoute(topic).catch((thrown: unknown) => {
        if (refusalCode(thrown) === null) throw thrown;
        return refusalCode(thrown)!;
      });
      if (typeof answer !== 'number')
        throw new ConditionFailure(`${controller.name} answers routes: ${JSON.stringify(answer)}`);
      options.observe('route', answer, `${controller.name} refuses to answer a route: code ${answer}`);
    }
  }
}
