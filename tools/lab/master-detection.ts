import { controllerConfig } from '../../reference-impl/config/controller.ts';
import { ControllerRecord } from './controller-record.ts';
import { addressOf } from './plan-servers.ts';
import { type ReplicaFault, Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, until } from './until.ts';

/** The last heartbeat before the fault may be so much older than it. */
const earliestPart = 0.8;
/** How long the controllers of a trial take to replace a master that falls silent. */
export class MasterDetection {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /**
   * controllerHeartBeatTimeoutMills at the least; one scanNotActiveBrokerInterval and the election more at the most, for
   * which a busy machine gets the profile's time for a switch. The time itself goes into the report.
   */
  async isInTime({ server, atMs }: ReplicaFault): Promise<void> {
    const timeoutMs = new Replicas(this.#trial).intervalMs('controllerHeartBeatTimeoutMills');
    const mostMs = timeoutMs + this.#scanMs + this.#trial.within('switch').deadlineMs;
    const record = new ControllerRecord(this.#trial);
    const look = async () => (await record.now()).masterAddress;
    const isOther = (master: string | null) => master !== null && master !== addressOf(server);
    await until('another master is recorded', look, isOther, { deadlineMs: Math.max(1, atMs + mostMs - Date.now()) });
    const afterMs = Date.now() - atMs;
    this.#trial.options.observe('detected', afterMs, `another master was recorded ${afterMs} ms after the fault`);
    const leastMs = timeoutMs * earliestPart;
    if (afterMs < leastMs)
      throw new ConditionFailure(`A master silent for ${afterMs} ms was replaced, before ${leastMs} ms.`);
  }

  get #scanMs(): number {
    const { process } = this.#trial.controllers[0]!;
    const { config } = this.#trial.cluster.plan.processes.find(({ name }) => name === process)!;
    return Number(config.scanNotActiveBrokerInterval ?? controllerConfig().scanNotActiveBrokerInterval);
  }
}
