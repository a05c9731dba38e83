import type { Connection, RemotingCommand } from '../../remoting/types.ts';
import type { DispatchEvent, MessageFilter } from '../../store/types.ts';
import type { PullRequest } from './pull-request.ts';

/** A pull that found nothing and waits for a message. */
export interface HeldPull {
  readonly request: RemotingCommand;
  readonly connection: Connection;
  readonly pull: PullRequest;
  readonly filter: MessageFilter | null;
  readonly deadlineMs: number;
}

/**
 * Pulls that wait (long polling), by topic and queue. A message wakes those it is for; a scan wakes those whose time is
 * up or that missed an arrival. Woken pulls are run again once, after everything that arrived in this turn.
 */
export class HeldPulls {
  readonly #capacity: number;
  readonly #maxOffset: (topic: string, queueId: number) => number;
  readonly #wake: (held: HeldPull) => void;
  readonly #topics = new Map<string, Map<number, HeldPull[]>>();
  #size = 0;
  #woken: HeldPull[] = [];
  /** The woken ones are going to run at the end of this turn. */
  #running = false;

  /**
   * @param capacity pulls that may wait in all
   * @param maxOffset next offset to be written of a queue
   * @param wake runs a pull again and answers it
   */
  constructor(capacity: number, maxOffset: (topic: string, queueId: number) => number, wake: (held: HeldPull) => void) {
    this.#capacity = capacity;
    this.#maxOffset = maxOffset;
    this.#wake = wake;
  }

  get size(): number {
    return this.#size;
  }

  /** False when too many wait already: the pull is then answered as it is. */
  hold(held: HeldPull): boolean {
    if (this.#size >= this.#capacity) return false;
    const { topic, queueId } = held.pull;
    let queues = this.#topics.get(topic);
    if (queues === undefined) {
      queues = new Map();
      this.#topics.set(topic, queues);
    }
    const waiting = queues.get(queueId);
    if (waiting === undefined) queues.set(queueId, [held]);
    else waiting.push(held);
    this.#size++;
    return true;
  }

  /** A message became visible. */
  arrived(event: DispatchEvent): void {
    if (this.#size === 0) return;
    const waiting = this.#topics.get(event.topic)?.get(event.queueId);
    if (waiting === undefined || waiting.length === 0) return;
    this.#take(event.topic, event.queueId, (held) => {
      if (event.nextQueueOffset <= held.pull.queueOffset) return false;
      return held.filter === null || held.filter.matchesTagsCode(event.tagsCode);
    });
  }

  /** Wakes what is due, and what has messages that no arrival told of. Pulls of closed connections go. */
  scan(nowMs: number): void {
    for (const [topic, queues] of this.#topics) {
      for (const queueId of queues.keys()) {
        const maxOffset = this.#maxOffset(topic, queueId);
        this.#take(topic, queueId, (held) => {
          return held.connection.closed || held.deadlineMs <= nowMs || maxOffset > held.pull.queueOffset;
        });
        if (queues.get(queueId)!.length === 0) queues.delete(queueId);
      }
      if (queues.size === 0) this.#topics.delete(topic);
    }
  }

  /** Wakes everything: the role changed, or the broker stops. */
  wakeAll(): void {
    for (const [topic, queues] of this.#topics) {
      for (const queueId of queues.keys()) this.#take(topic, queueId, () => true);
    }
    this.#topics.clear();
  }

  #take(topic: string, queueId: number, ready: (held: HeldPull) => boolean): void {
    const queues = this.#topics.get(topic)!;
    const kept: HeldPull[] = [];
    for (const held of queues.get(queueId)!) {
      if (ready(held)) this.#woken.push(held);
      else kept.push(held);
    }
    this.#size -= queues.get(queueId)!.length - kept.length;
    queues.set(queueId, kept);
    if (this.#woken.length === 0 || this.#running) return;
    this.#running = true;
    queueMicrotask(() => this.#runWoken());
  }

  #runWoken(): void {
    const woken = this.#woken;
    this.#woken = [];
    this.#running = false;
    for (const held of woken) if (!held.connection.closed) this.#wake(held);
  }
}
