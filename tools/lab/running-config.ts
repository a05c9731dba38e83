import { RequestCode } from '../../reference-impl/remoting/codes.ts';
import { ask } from './ask.ts';
import type { PlannedServer } from './plan-servers.ts';
import type { Role } from './targets/target.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure } from './until.ts';

const getConfig: Record<Role, number> = {
  namesrv: RequestCode.GET_NAMESRV_CONFIG,
  controller: RequestCode.GET_CONTROLLER_CONFIG,
  broker: RequestCode.GET_BROKER_CONFIG,
};

/** The configuration that running servers of a trial say they have. */
export class RunningConfig {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** Throws when one of the servers says another value, or none. */
  async everyoneHas(servers: readonly PlannedServer[], key: string, value: string): Promise<void> {
    for (const server of servers) {
      const said = (await this.of(server)).get(key);
      if (said !== value) throw new ConditionFailure(`${server.name} has ${key}=${said}, not ${value}.`);
    }
    this.#trial.options.observe(key, value, `${servers.map(({ name }) => name).join(', ')}: ${key}=${value}`);
  }

  /** Every key of one server. */
  async of(server: PlannedServer): Promise<ReadonlyMap<string, string>> {
    const { code, remark, body } = await ask(this.#trial, server, { code: getConfig[server.role] });
    if (code !== 0) throw new ConditionFailure(`${server.name} does not tell its configuration: ${code} ${remark}`);
    const lines = (body?.toString() ?? '').split('\n').filter((line) => line.includes('='));
    return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  }

  /** Changes one key of running controllers (updateControllerConfig). */
  async updateControllers(controllers: readonly PlannedServer[], key: string, value: string): Promise<void> {
    const request = { code: RequestCode.UPDATE_CONTROLLER_CONFIG, body: Buffer.from(`${key}=${value}\n`) };
    for (const controller of controllers) {
      const { code, remark } = await ask(this.#trial, controller, request);
      if (code !== 0) throw new ConditionFailure(`${controller.name} refuses ${key}=${value}: ${code} ${remark}`);
    }
  }
}
