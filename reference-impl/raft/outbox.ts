import type { Answer, Outgoing, RaftRequest } from './messages.ts';
import type { RaftOptions } from './options.ts';

/** What waits to be sent with the next `Ready`. */
export class Outbox {
  readonly #options: RaftOptions;
  #requests: Outgoing[] = [];
  #answers: Answer[] = [];
  #seq = 0;

  constructor(options: RaftOptions) {
    this.#options = options;
  }

  /** A number for a request, or for all requests of one round. */
  readonly nextSeq = (): number => ++this.#seq;

  get empty(): boolean {
    return this.#requests.length + this.#answers.length === 0;
  }

  request(outgoing: Outgoing): void {
    this.#requests.push(outgoing);
  }

  /** One request to every other member. */
  broadcast(seq: number, requestTo: (remoteId: string) => RaftRequest): void {
    const { selfId, peerIds } = this.#options;
    for (const to of peerIds) if (to !== selfId) this.request({ to, seq, request: requestTo(to) });
  }

  answer(...answers: readonly Answer[]): void {
    this.#answers.push(...answers);
  }

  take(): { readonly requests: readonly Outgoing[]; readonly answers: readonly Answer[] } {
    const taken = { requests: this.#requests, answers: this.#answers };
    this.#requests = [];
    this.#answers = [];
    return taken;
  }
}
