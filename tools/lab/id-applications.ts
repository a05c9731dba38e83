import { ResponseCode } from '../../reference-impl/remoting/codes.ts';
import { BrokerIds } from './broker-ids.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure } from './until.ts';

/** `ip:port;ms`, as a broker makes it up; nobody listens there. */
const checkCode = (ms: number) => `127.0.0.1:1;${ms}`;
const firstId = 1;

/** Applications for ids in a trial's group, as brokers send them and as they should not. */
export class IdApplications {
  readonly #ids: BrokerIds;
  #before = 0;
  #codes: readonly number[] = [];

  constructor(trial: Trial) {
    this.#ids = new BrokerIds(trial);
  }

  /** As a broker does that died between the grant and its own record of it. */
  async applyTwice(): Promise<void> {
    this.#before = await this.#ids.next();
    const code = checkCode(Date.now());
    this.#codes = [await this.#ids.apply(this.#before, code), await this.#ids.apply(this.#before, code)];
  }

  /** As a broker does that lost a race. */
  async applyForTaken(): Promise<void> {
    this.#before = await this.#ids.next();
    this.#codes = [await this.#ids.apply(firstId, checkCode(Date.now()))];
  }

  async isGranted(): Promise<void> {
    await this.#ended(ResponseCode.SUCCESS, this.#before + 1);
  }

  async isRefused(): Promise<void> {
    await this.#ended(ResponseCode.CONTROLLER_BROKER_ID_INVALID, this.#before);
  }

  async #ended(code: number, nextId: number): Promise<void> {
    const next = await this.#ids.next();
    if (this.#codes.every((answered) => answered === code) && next === nextId) return;
    throw new ConditionFailure(
      `Answered with ${this.#codes.join(', ')}, the next id went from ${this.#before} to ${next}.`,
    );
  }
}
