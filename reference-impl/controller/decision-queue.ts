import type { Clock } from '../base/clock.ts';
import { SwitchlabError, errorText } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { ResponseCode } from '../remoting/codes.ts';
import type { ResponseInit } from '../remoting/types.ts';
import type { RaftDriver } from '../dledger/driver.ts';
import type { ControllerMetrics } from './metrics/metrics.ts';
import type { Decision, DecisionContext } from './requests/decision.ts';
import { encodeEvent } from './state/events.ts';

export type Decide = (context: DecisionContext) => Decision;

interface Waiting {
  readonly decide: Decide;
  readonly answer: (response: ResponseInit) => void;
}

const waitingMax = 1024;
const eventTimeoutMs = 5000;

const notLeader: ResponseInit = {
  code: ResponseCode.CONTROLLER_NOT_LEADER,
  remark: 'The controller is not in leader state',
};

export interface DecisionQueueOptions {
  readonly driver: Pick<RaftDriver, 'status' | 'propose'>;
  readonly context: DecisionContext;
  /** Commits an empty entry before an answer that changes nothing: proves that this controller still leads. */
  readonly readsThroughLog: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: nothing is counted. */
  readonly metrics?: Pick<ControllerMetrics, 'appended'>;
}

/**
 * What only the leader answers, one request at a time: decide from memory, commit the events, apply them, answer. So every
 * decision sees the events of the one before, and epochs that were answered are those that were applied.
 */
export class DecisionQueue {
  readonly #options: DecisionQueueOptions;
  readonly #waiting: Waiting[] = [];
  #busy = false;
  /** The events of a request that gave up waiting: nothing is decided until their fate is known. */
  #open: Promise<unknown> | null = null;

  constructor(options: DecisionQueueOptions) {
    this.#options = options;
  }

  /** Answers 2007 on a follower or a leader that is not ready, and 2 when too many requests wait. */
  submit(decide: Decide): Promise<ResponseInit> {
    if (!this.#options.driver.status.serving) return Promise.resolve(notLeader);
    if (this.#waiting.length >= waitingMax) {
      return Promise.resolve({ code: ResponseCode.SYSTEM_BUSY, remark: 'too many requests wait for the controller' });
    }
    return new Promise((answer) => {
      this.#waiting.push({ decide, answer });
      if (!this.#busy) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      next.answer(await this.#process(next).catch((thrown: unknown) => this.#failed(thrown)));
    }
    this.#busy = false;
  }

  async #process({ decide }: Waiting): Promise<ResponseInit> {
    const { driver, context, readsThroughLog } = this.#options;
    if (this.#open !== null) await this.#inTime(this.#open);
    if (!driver.status.serving) return notLeader;
    const { response, events } = decide(context);
    if (events.length > 0) await this.#commit(events.map(encodeEvent));
    else if (readsThroughLog()) await this.#commit([Buffer.alloc(0)]);
    return response;
  }

  async #commit(bodies: readonly Uint8Array[]): Promise<void> {
    const applied = this.#options.driver.propose(bodies);
    const open = settled(applied).finally(() => {
      if (this.#open === open) this.#open = null;
    });
    this.#open = open;
    const startMs = performance.now();
    let outcome: Parameters<ControllerMetrics['appended']>[1] = 'failed';
    try {
      await this.#inTime(applied, () => (outcome = 'timeout'));
      outcome = 'success';
    } finally {
      this.#options.metrics?.appended(performance.now() - startMs, outcome);
    }
  }

  async #inTime(work: Promise<unknown>, onLate = () => {}): Promise<void> {
    let cancel = () => {};
    const late = new Promise<never>((_, reject) => {
      const text = `Controller event: not applied within ${eventTimeoutMs} ms.`;
      const timer = this.#options.clock.after(eventTimeoutMs, () => {
        onLate();
        reject(new SwitchlabError('CONTROLLER_APPEND_FAILED', text));
      });
      cancel = () => timer.cancel();
    });
    await Promise.race([work, late]).finally(cancel);
  }

  #failed(thrown: unknown): ResponseInit {
    this.#options.log.warn({ err: thrown }, 'controller request failed');
    const remark = thrown instanceof SwitchlabError ? thrown.describe() : errorText(thrown);
    return { code: ResponseCode.SYSTEM_ERROR, remark };
  }
}

/** Resolves when `work` is over, whichever way. */
async function settled(work: Promise<unknown>): Promise<void> {
  await Promise.allSettled([work]);
}
