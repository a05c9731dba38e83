import type { Connection, RemotingCommand } from '../../remoting/types.ts';

/** A send whose message is in the log and whose answer waits until the log is written, flushed or replicated so far. */
export interface WaitingAnswer {
  readonly request: RemotingCommand;
  readonly connection: Connection;
  /** End of its (last) record in the log. */
  readonly endOffset: number;
  /** When it began to wait, ms since the epoch. */
  readonly sinceMs: number;
  /** What to answer when all goes well: SUCCESS, or old SLAVE_NOT_AVAILABLE. */
  readonly code: number;
  readonly queueId: number;
  readonly queueOffset: number;
  /** Physical offset of the message. */
  readonly physicalOffset: number;
  /** Of a batch: the physical offset of every message. */
  readonly physicalOffsets: readonly number[] | null;
  readonly transactionId: string | null;
  /** A consumer sent it back: the answer has a code and nothing else. */
  readonly sentBack: boolean;
}

const initialCapacity = 1024;

/**
 * FIFO of waiting sends. They come in the order of the log, so the answers that a progress offset releases are always at
 * the head. A ring: no allocation per message beyond the entry itself.
 */
export class WaitingAnswers {
  readonly capacity: number;
  #ring: (WaitingAnswer | undefined)[];
  #head = 0;
  #size = 0;

  /** @param capacity most sends that may wait; beyond, the broker is busy */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.#ring = Array.from({ length: Math.min(initialCapacity, capacity) });
  }

  get size(): number {
    return this.#size;
  }

  get full(): boolean {
    return this.#size === this.capacity;
  }

  /** The oldest one, undefined when none waits. */
  get oldest(): WaitingAnswer | undefined {
    return this.#size === 0 ? undefined : this.#ring[this.#head];
  }

  /** Only while not `full`. */
  push(answer: WaitingAnswer): void {
    if (this.#size === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#size) % this.#ring.length] = answer;
    this.#size++;
  }

  /** Takes the oldest one out; only while there is one. */
  shift(): WaitingAnswer {
    const answer = this.#ring[this.#head]!;
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#size--;
    return answer;
  }

  #grow(): void {
    const length = Math.min(this.capacity, 2 * this.#ring.length);
    this.#ring = Array.from({ length }, (_, i) =>
      i < this.#size ? this.#ring[(this.#head + i) % this.#ring.length] : undefined,
    );
    this.#head = 0;
  }
}
