import { addressOf, type PlannedServer } from './plan-servers.ts';
import { Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, until } from './until.ts';

/** Where the commit logs of a trial's group begin and end. */
export class LogFiles {
  readonly #trial: Trial;
  readonly #replicas: Replicas;
  #masterMaxOffset = 0;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
  }

  /** Keeps where the master's log ends now. */
  async remember(): Promise<void> {
    this.#masterMaxOffset = (await this.#endsOf(await this.#replicas.master())).maxOffset;
  }

  /** The log of this replica begins where the first file of the master's log does, or where the last one did or does. */
  async beginAt(server: PlannedServer, file: 'first' | 'last'): Promise<void> {
    const hasLog = ({ maxOffset }: { readonly maxOffset: number }) => maxOffset > 0;
    const look = () => this.#endsOf(server);
    const { minOffset } = await until(`${server.name} has a log`, look, hasLog, this.#trial.within('online'));
    // Under traffic the master may have begun a file before the replica asked for its log.
    const master = await this.#endsOf(await this.#replicas.master());
    const { config } = this.#trial.cluster.plan.processes.find(({ name }) => name === server.process)!;
    const fileStart = (offset: number) => offset - (offset % Number(config.mappedFileSizeCommitLog));
    const [least, most] =
      file === 'first'
        ? [master.minOffset, master.minOffset]
        : [fileStart(this.#masterMaxOffset), fileStart(master.maxOffset)];
    const text = `the log of ${server.name} begins at ${minOffset}, the ${file} file of the master at ${least} to ${most}`;
    this.#trial.options.observe('begins', minOffset, text);
    if (minOffset < least || minOffset > most) throw new ConditionFailure(text);
  }

  async #endsOf(server: PlannedServer): Promise<{ readonly minOffset: number; readonly maxOffset: number }> {
    const info = await this.#trial.views.operator.brokerRuntimeInfo(addressOf(server));
    return { minOffset: Number(info.commitLogMinOffset), maxOffset: Number(info.commitLogMaxOffset) };
  }
}
