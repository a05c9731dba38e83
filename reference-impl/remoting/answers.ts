import { SwitchlabError } from '../base/errors.ts';
import type { AnswerListener, RemotingCommand } from './types.ts';

interface Waiting {
  readonly deadlineMs: number;
  readonly onAnswer: AnswerListener;
}

/**
 * Requests of one connection that wait for their answer, by opaque. One timer serves them all: it is set to the nearest
 * deadline, and looks at every request only when it fires. Bounded by `inFlightMax`.
 */
export class PendingAnswers {
  readonly #waiting = new Map<number, Waiting>();
  readonly #inFlightMax: number;
  #timer: NodeJS.Timeout | undefined;
  #timerDeadlineMs = Number.POSITIVE_INFINITY;

  constructor(inFlightMax: number) {
    this.#inFlightMax = inFlightMax;
  }

  get full(): boolean {
    return this.#waiting.size >= this.#inFlightMax;
  }

  add(opaque: number, timeoutMs: number, onAnswer: AnswerListener): void {
    const deadlineMs = performance.now() + timeoutMs;
    this.#waiting.set(opaque, { deadlineMs, onAnswer });
    if (deadlineMs < this.#timerDeadlineMs) this.#arm(deadlineMs, timeoutMs);
  }

  /** Hands `answer` to whoever waits for it; nobody does when it is late or nobody asked. */
  settle(answer: RemotingCommand): void {
    const waiting = this.#waiting.get(answer.opaque);
    if (waiting === undefined) return;
    this.#waiting.delete(answer.opaque);
    waiting.onAnswer(null, answer);
  }

  /** Tells everybody that no answer will come. */
  failAll(error: SwitchlabError): void {
    clearTimeout(this.#timer);
    this.#timerDeadlineMs = Number.POSITIVE_INFINITY;
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const waiting of all) waiting.onAnswer(error, null);
  }

  #arm(deadlineMs: number, delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timerDeadlineMs = deadlineMs;
    // The socket keeps the process alive, not the wait for it.
    this.#timer = setTimeout(() => this.#expire(), Math.max(1, Math.ceil(delayMs))).unref();
  }

  #expire(): void {
    const nowMs = performance.now();
    let nearestMs = Number.POSITIVE_INFINITY;
    const expired: Waiting[] = [];
    for (const [opaque, waiting] of this.#waiting) {
      if (waiting.deadlineMs <= nowMs) {
        this.#waiting.delete(opaque);
        expired.push(waiting);
      } else if (waiting.deadlineMs < nearestMs) nearestMs = waiting.deadlineMs;
    }
    this.#timerDeadlineMs = Number.POSITIVE_INFINITY;
    if (nearestMs < Number.POSITIVE_INFINITY) this.#arm(nearestMs, nearestMs - nowMs);
    for (const { onAnswer } of expired) {
      onAnswer(new SwitchlabError('REMOTING_TIMEOUT', 'No answer came before the deadline.'), null);
    }
  }
}
