import { SwitchlabError, errorText } from '../base/errors.ts';
import type { Clock, Timer } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type Entry, entryHeaderBytes, segmentFillerBytes } from '../raft/entry.ts';
import type { Outgoing, RaftInput, RaftRequest, RaftResponse } from '../raft/messages.ts';
import { RaftNode, type RaftStatus, type Ready } from '../raft/node.ts';
import type { RaftOptions } from '../raft/options.ts';
import type { DLedgerStore } from './dledger-store.ts';

export interface RaftDriverOptions {
  readonly raft: RaftOptions;
  readonly store: DLedgerStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Sends a request to a member; null when no answer came. */
  readonly send: (to: string, request: RaftRequest) => Promise<RaftResponse | null>;
  /** Takes each committed entry once, in order, from the first entry of the log on. */
  readonly apply: (entry: Entry) => void;
}

interface Proposed {
  readonly lastIndex: number;
  readonly term: number;
  readonly resolve: () => void;
  readonly reject: (error: SwitchlabError) => void;
}

const tickMs = 10;
const checkpointMs = 3000;
/** DLedger's entry buffers. */
const entryBytesMax = 4194304;

/** Runs a `RaftNode` on a real clock, disk and network, by its contract: what must persist, persists before anything is sent. */
export class RaftDriver {
  readonly #options: RaftDriverOptions;
  readonly #node: RaftNode;
  readonly #timers: Timer[] = [];
  readonly #waitingPeers = new Map<number, (response: RaftResponse) => void>();
  #proposed: Proposed[] = [];
  #token = 0;
  #draining = false;
  #drained: Promise<void> = Promise.resolve();
  #stopped = false;
  #lastStatus: RaftStatus;
  #statusListeners: (() => void)[] = [];

  constructor(options: RaftDriverOptions) {
    this.#options = options;
    this.#node = new RaftNode(options.raft, options.store.hardState, options.store);
    this.#lastStatus = this.#node.status;
  }

  start(): void {
    const { clock, store, raft } = this.#options;
    // A member that is alone waits for nobody: it ticks only to see that it still leads.
    const periodMs = raft.peerIds.length === 1 ? raft.timings.heartBeatTimeIntervalMs / 10 : tickMs;
    this.#timers.push(
      clock.every(periodMs, () => this.#tick()),
      // What is applied is on disk; what is committed may still be on its way there.
      clock.every(checkpointMs, () => store.writeCheckpoint(this.#node.status.appliedIndex)),
    );
    this.#tick();
  }

  get status(): RaftStatus {
    // A member whose disk failed is no member any more.
    return this.#stopped
      ? { ...this.#node.status, role: 'CANDIDATE', leaderId: null, serving: false }
      : this.#node.status;
  }

  /** Runs after the role, the leader or the readiness changed. */
  onStatus(listener: () => void): void {
    this.#statusListeners.push(listener);
  }

  /** Whether the fate of an earlier proposal is open. */
  get undecided(): boolean {
    return this.#proposed.length > 0;
  }

  /** Answers a member's request, after what the answer promises is on disk. */
  request(request: RaftRequest): Promise<RaftResponse> {
    if (this.#stopped) return Promise.reject(failed('the controller is stopped'));
    return new Promise((resolve) => {
      const token = ++this.#token;
      this.#waitingPeers.set(token, resolve);
      this.#step({ kind: 'request', token, request });
    });
  }

  /**
   * Appends bodies as one batch; resolves when all are applied here. Throws CONTROLLER_APPEND_FAILED when this member is
   * not the leader, or ceases to be: the entries may then still be applied by the next one.
   */
  propose(bodies: readonly Uint8Array[]): Promise<void> {
    const bytesMax = Math.min(entryBytesMax, this.#options.raft.segmentBytes - segmentFillerBytes) - entryHeaderBytes;
    const tooLarge = bodies.find((body) => body.length > bytesMax);
    if (tooLarge !== undefined)
      return Promise.reject(failed(`an event of ${tooLarge.length} bytes exceeds ${bytesMax}`));
    if (this.#stopped) return Promise.reject(failed('the controller is stopped'));
    const taken = this.#node.propose(bodies, this.#options.clock.nowMs());
    if (typeof taken === 'string') return Promise.reject(failed(taken));
    const term = this.#node.status.currTerm;
    const applied = new Promise<void>((resolve, reject) => {
      this.#proposed.push({ lastIndex: taken.lastIndex, term, resolve, reject });
    });
    this.#pump();
    return applied;
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    this.#stopped = true;
    await this.#drained;
    this.#failProposals('the controller is stopped');
    this.#options.store.writeCheckpoint(this.#node.status.appliedIndex);
    this.#options.store.close();
  }

  #tick(): void {
    if (this.#stopped) return;
    try {
      this.#node.tick(this.#options.clock.nowMs());
    } catch (thrown) {
      return this.#fail(thrown);
    }
    this.#pump();
    this.#noticeStatus();
  }

  #pump(): void {
    if (this.#draining || this.#stopped) return;
    try {
      const ready = this.#node.ready();
      if (ready === null) return;
      this.#draining = true;
      this.#drained = this.#drain(ready).catch((thrown: unknown) => this.#fail(thrown));
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  async #drain(first: Ready): Promise<void> {
    try {
      for (let ready: Ready | null = first; ready !== null && !this.#stopped; ready = this.#node.ready()) {
        if (ready.hardState !== null || ready.entries.length > 0) await this.#options.store.persist(ready);
        this.#act(ready);
        this.#node.advance();
        this.#noticeStatus();
      }
    } finally {
      this.#draining = false;
    }
  }

  #act({ requests, answers, committed }: Ready): void {
    for (const outgoing of requests) void this.#send(outgoing);
    for (const { token, response } of answers) {
      this.#waitingPeers.get(token)?.(response);
      this.#waitingPeers.delete(token);
    }
    for (const entry of committed) {
      this.#options.apply(entry);
      for (const { lastIndex, term, resolve, reject } of this.#proposed) {
        if (lastIndex !== entry.index) continue;
        if (term === entry.term) resolve();
        else reject(failed('another leader replaced the event'));
      }
      this.#proposed = this.#proposed.filter(({ lastIndex }) => lastIndex > entry.index);
    }
  }

  async #send({ to, seq, request }: Outgoing): Promise<void> {
    const response = await this.#options.send(to, request);
    if (this.#stopped) return;
    this.#step({ kind: 'answer', from: to, seq, response });
  }

  #step(input: RaftInput): void {
    try {
      this.#node.step(input, this.#options.clock.nowMs());
    } catch (thrown) {
      return this.#fail(thrown);
    }
    this.#pump();
  }

  // Going on without the disk, or with a broken invariant, could break what was promised. The process may serve other
  // roles, so it lives.
  #fail(thrown: unknown): void {
    this.#options.log.error({ err: thrown }, 'the controller log failed: this controller takes no part any more');
    this.#stopped = true;
    this.#failProposals(errorText(thrown));
    for (const listener of this.#statusListeners) listener();
  }

  #failProposals(why: string): void {
    for (const { reject } of this.#proposed) reject(failed(why));
    this.#proposed = [];
  }

  #noticeStatus(): void {
    const status = this.#node.status;
    if (status.role !== 'LEADER') this.#failProposals('this controller is no longer the leader');
    const last = this.#lastStatus;
    const same = status.role === last.role && status.leaderId === last.leaderId && status.serving === last.serving;
    if (same && status.currTerm === last.currTerm) return;
    this.#lastStatus = status;
    this.#options.log.info({ ...status }, 'controller role');
    for (const listener of this.#statusListeners) listener();
  }
}

function failed(why: string): SwitchlabError {
  return new SwitchlabError('CONTROLLER_APPEND_FAILED', `Controller event: ${why}.`);
}
