import { controllerConfig } from '../../reference-impl/config/controller.ts';
import { ControllerRecord } from './controller-record.ts';
import { addressOf } from './plan-servers.ts';
import { type ReplicaFault, Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, until } from './until.ts';

/** For the election, and for the processes of a busy machine to notice and tell. */
const electionMs = 4_000;

/** How long the controllers of a trial take to replace a master that falls silent. */
export class MasterDetection {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /**
   * controllerHeartBeatTimeoutMills after the last heartbeat at the least; one scanNotActiveBrokerInterval and the election
   * more at the most. The time itself goes into the report.
   */
  async isInTime({ server, atMs }: ReplicaFault): Promise<void> {
    const [leastMs, timeoutMs] = new Replicas(this.#trial).silenceMs;
    const mostMs = timeoutMs + scanIntervalMs(this.#trial) + electionMs;
    const record = new ControllerRecord(this.#trial);
    const look = async () => (await record.now()).masterAddress;
    const isOther = (master: string | null) => master !== null && master !== addressOf(server);
    await until('another master is recorded', look, isOther, { deadlineMs: Math.max(1, atMs + mostMs - Date.now()) });
    const afterMs = Date.now() - atMs;
    this.#trial.options.observe('detected', afterMs, `another master was recorded ${afterMs} ms after the fault`);
    if (afterMs < leastMs)
      throw new ConditionFailure(`A master silent for ${afterMs} ms was replaced, before ${leastMs} ms.`);
  }
}

/** How often the controllers of a trial look for silent brokers, ms. */
export function scanIntervalMs({ controllers, cluster }: Trial): number {
  const { config } = cluster.plan.processes.find(({ name }) => name === controllers[0]!.process)!;
  return Number(config.scanNotActiveBrokerInterval ?? controllerConfig().scanNotActiveBrokerInterval);
}
