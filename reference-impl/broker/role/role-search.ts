import type { Clock, Timer } from '../../base/clock.ts';
import { errorText } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { ControllerCalls } from './controller-calls.ts';
import type { ControllerList } from './controller-list.ts';
import type { IdentityFiles } from './identity.ts';
import type { ReplicaGroup } from './role-decision.ts';

/** The first pause between two attempts; it doubles up to `retryMs`. */
const firstPauseMs = 50;
/** Answers that one round of asking for an id may need: the next id, the application, a refusal. */
const identityStepsMax = 8;

export interface RoleSearchOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly calls: ControllerCalls;
  readonly controllers: ControllerList;
  readonly files: IdentityFiles;
  readonly brokerAddress: string;
  readonly asyncLearner: boolean;
  /** Longest pause between two attempts, and how long `run` keeps its caller waiting. */
  readonly retryMs: number;
  readonly identified: (brokerId: number) => void;
  readonly heartbeat: () => Promise<void>;
  readonly learn: (group: ReplicaGroup) => Promise<void>;
  /** True once a role was taken. */
  readonly found: () => boolean;
}

/** From nothing to the first role: leader, id, registration, heartbeat, election. Tried for ever. */
export class RoleSearch {
  readonly #options: RoleSearchOptions;
  #stopped = false;
  #pause: { readonly timer: Timer; readonly end: () => void } | null = null;

  constructor(options: RoleSearchOptions) {
    this.#options = options;
  }

  /** Resolves when the role is found, or after `retryMs`; the search then goes on by itself. */
  run(): Promise<void> {
    const patience = new Promise<void>((end) => void this.#options.clock.after(this.#options.retryMs, end));
    return Promise.race([this.#tryForEver(), patience]);
  }

  stop(): void {
    this.#stopped = true;
    this.#pause?.timer.cancel();
    this.#pause?.end();
  }

  async #tryForEver(): Promise<void> {
    const { log, found, retryMs } = this.#options;
    for (let pauseMs = firstPauseMs; !this.#stopped; pauseMs = Math.min(2 * pauseMs, retryMs)) {
      const failure = await this.#attempt().catch((thrown: unknown) => errorText(thrown));
      if (found()) return;
      log.warn({ failure, againInMs: pauseMs }, 'No role yet');
      await this.#wait(pauseMs);
    }
  }

  /** One attempt; resolves with what was missing. */
  async #attempt(): Promise<string | null> {
    const { calls, controllers, asyncLearner, identified, heartbeat, learn } = this.#options;
    if ((await controllers.findLeader()) === null) return 'no controller leads';
    const brokerId = await this.#identify();
    if (brokerId === null) return 'no broker id';
    identified(brokerId);
    const group = await calls.register(brokerId);
    if (group === null) return 'the controller did not register this broker';
    await heartbeat();
    if (group.masterBrokerId !== null) await learn(group);
    if (group.masterBrokerId !== null || asyncLearner) return 'no role for this broker';
    const elected = await calls.elect(brokerId);
    if (elected !== null) await learn(elected);
    return 'no master could be elected';
  }

  /** The id of this broker, asked for when it has none. Null: nobody decided. */
  async #identify(): Promise<number | null> {
    const { calls, clock, files, brokerAddress } = this.#options;
    for (let i = 0; i < identityStepsMax; i++) {
      const step = files.step();
      if (step.next === 'DONE') return step.brokerId;
      if (step.next === 'ASK_NEXT_ID') {
        const next = await calls.nextBrokerId();
        if (next === null) return null;
        files.begin(next, `${brokerAddress};${clock.nowMs()}`);
      } else {
        const granted = await calls.applyBrokerId(step.applied);
        if (granted === null) return null;
        if (granted) files.grant(step.applied);
        else files.refuse();
      }
    }
    return null;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((end) => {
      this.#pause = { timer: this.#options.clock.after(ms, end), end };
    });
  }
}
