import { SwitchlabError, errorText } from '../base/errors.ts';
import type { Clock, Timer } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type Entry, entryHeaderBytes, segmentFillerBytes } from '../raft/entry.ts';
import type { Outgoing, RaftInput, RaftRequest, RaftResponse } from '../raft/messages.ts';
import { type AppendRefusal, RaftNode, type RaftStatus, type Ready } from '../raft/node.ts';
import type { RaftOptions } from '../raft/options.ts';
import type { DurableLog } from './durable-log.ts';
import { LeadershipTransfer, preferredTransferee, type TransferRequest, type TransferResponse } from './transfer.ts';

export interface RaftDriverOptions {
  readonly raft: RaftOptions;
  readonly store: DurableLog;
  readonly clock: Clock;
  readonly log: Log;
  /** Sends a request to a member; null when no answer came. */
  readonly send: (to: string, request: RaftRequest) => Promise<RaftResponse | null>;
  /** Takes each committed entry once, in order, from the first entry of the log on. Never called for a commit log. */
  readonly apply: (entry: Entry) => void;
  /** Of a commit log: everything up to `index` is committed and stored. It can go back (see LogKind). */
  readonly applied?: (index: number) => void;
  /** Default: at once. A commit log works once a turn of the event loop, on everything that came in it. */
  readonly schedule?: (work: () => void) => void;
  /** Passes a change of leaders on to the member that shall lead. Without it nobody gives way. */
  readonly sendTransfer?: (to: string, request: TransferRequest) => Promise<TransferResponse | null>;
  /** Members that shall lead rather than others (`preferredLeaderId`). */
  readonly preferredLeaderIds?: readonly string[];
}

interface Proposed {
  readonly lastIndex: number;
  readonly term: number;
  readonly resolve: () => void;
  readonly reject: (error: SwitchlabError) => void;
}

const tickMs = 10;
const checkpointMs = 3000;
const preferenceMs = 1000;
/** DLedger's entry buffers. */
const entryBytesMax = 4194304;

/** Runs a `RaftNode` on a real clock, disk and network, by its contract: what must persist, persists before anything is sent. */
export class RaftDriver {
  readonly #options: RaftDriverOptions;
  readonly #node: RaftNode;
  readonly #timers: Timer[] = [];
  readonly #schedule: ((work: () => void) => void) | null;
  readonly #transfer: LeadershipTransfer;
  readonly #waitingPeers = new Map<number, (response: RaftResponse) => void>();
  #proposed: Proposed[] = [];
  #token = 0;
  #draining = false;
  #scheduled = false;
  #drained: Promise<void> = Promise.resolve();
  #stopped = false;
  /** Applied index that `applied` was told last. */
  #toldIndex = -1;
  #lastStatus: RaftStatus;
  #statusListeners: (() => void)[] = [];

  constructor(options: RaftDriverOptions) {
    const { raft, store } = options;
    this.#options = options;
    this.#schedule = options.schedule ?? null;
    this.#node = new RaftNode(raft, store.hardState, store, store.appliedAtStart);
    this.#toldIndex = store.appliedAtStart;
    this.#transfer = new LeadershipTransfer({
      node: this.#node,
      ...raft,
      clock: options.clock,
      voteMs: raft.timings.requestTimeoutMs,
      send: options.sendTransfer ?? (() => Promise.resolve(null)),
    });
    this.#lastStatus = this.#node.status;
  }

  start(): void {
    const { clock, raft } = this.#options;
    // A member that is alone waits for nobody: it ticks only to see that it still leads.
    const periodMs = raft.peerIds.length === 1 ? raft.timings.heartBeatTimeIntervalMs / 10 : tickMs;
    this.#timers.push(
      clock.every(periodMs, () => this.#tick()),
      // What is applied is on disk; what is committed may still be on its way there.
      clock.every(checkpointMs, () => this.#writeCheckpoint()),
      clock.every(preferenceMs, () => this.#preferLeader()),
    );
    this.#tick();
  }

  #writeCheckpoint(): void {
    if (this.#stopped) return;
    try {
      this.#options.store.writeCheckpoint(this.#node.status.appliedIndex);
    } catch (thrown) {
      this.#fail(thrown);
    }
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
    if (this.#stopped) return Promise.reject(failed('this member is stopped'));
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
    if (this.#stopped) return Promise.reject(failed('this member is stopped'));
    const taken = this.#node.propose(bodies, this.#options.clock.nowMs());
    if (typeof taken === 'string') return Promise.reject(failed(taken));
    const term = this.#node.status.currTerm;
    const applied = new Promise<void>((resolve, reject) => {
      this.#proposed.push({ lastIndex: taken.lastIndex, term, resolve, reject });
    });
    this.#pump();
    return applied;
  }

  /** A tool or the leader asks for a change of leaders. */
  transfer(request: TransferRequest): Promise<TransferResponse> | TransferResponse {
    return this.#transfer.handle(request);
  }

  #preferLeader(): void {
    const { raft, preferredLeaderIds: preferred = [] } = this.#options;
    const transferee = preferredTransferee(this.#node, raft.selfId, preferred);
    if (transferee !== null) void this.#transfer.giveWay(transferee, this.#node.status.currTerm);
  }

  /** Index and term of the next entry, if this member may append `count` of them now. */
  next(count: number): { readonly index: number; readonly term: number } | AppendRefusal {
    if (this.#stopped) return 'NOT_LEADER';
    const index = this.#node.nextIndex(count);
    return typeof index === 'string' ? index : { index, term: this.#node.status.currTerm };
  }

  /** Appends an entry that was built for `next`. It is sent in the same turn; `applied` tells when it is committed. */
  append(entry: Entry): void {
    this.#node.append(entry);
    this.#pump();
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    this.#stopped = true;
    await this.#drained;
    this.#failProposals('this member is stopped');
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
    if (this.#schedule === null) return this.#work();
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(() => {
      this.#scheduled = false;
      this.#node.push(this.#options.clock.nowMs());
      this.#work();
    });
  }

  #work(): void {
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
        const stored = ready.hardState === null && ready.entries.length === 0 ? undefined : this.#persist(ready);
        if (stored !== undefined) await stored;
        this.#act(ready);
        this.#node.advance();
        this.#noticeStatus();
      }
    } finally {
      this.#draining = false;
    }
  }

  #persist(ready: Ready): Promise<void> | void {
    return this.#options.store.persist(ready);
  }

  #act({ requests, answers, committed, appliedIndex }: Ready): void {
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
    if (this.#options.raft.kind === 'STATE_MACHINE' || appliedIndex === this.#toldIndex) return;
    this.#toldIndex = appliedIndex;
    this.#options.applied?.(appliedIndex);
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
    this.#options.log.error({ err: thrown }, 'the DLedger log failed: this member takes no part any more');
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
    if (status.role !== 'LEADER') this.#failProposals('this member is no longer the leader');
    const last = this.#lastStatus;
    const same = status.role === last.role && status.leaderId === last.leaderId && status.serving === last.serving;
    if (same && status.currTerm === last.currTerm) return;
    this.#lastStatus = status;
    this.#options.log.info({ ...status }, 'DLedger role');
    for (const listener of this.#statusListeners) listener();
  }
}

function failed(why: string): SwitchlabError {
  return new SwitchlabError('CONTROLLER_APPEND_FAILED', `Controller event: ${why}.`);
}
