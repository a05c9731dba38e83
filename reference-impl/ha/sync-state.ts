// Which replicas are in sync, and what they all have. Pure: the service tells it what happened and when.
//
// Members are `agreed` with the controller. Until an answer is certain, everybody who was proposed counts too, and so
// does a replica that is about to be proposed (`joining`): the controller may make any of them master next, so a record
// is acknowledged under allAckInSyncStateSet only when all of them have it.
import type { ProposalAnswer, SyncStateSet } from './types.ts';

/** The settings may change while it is master. */
export interface SyncStateOptions {
  readonly selfBrokerId: number;
  readonly allAckInSyncStateSet: boolean;
  readonly haMaxTimeSlaveNotCatchup: number;
  /** Where the records of this master begin: nobody joins with less. */
  readonly epochStartOffset: number;
  /** What all members are known to have already. */
  readonly confirmOffset: number;
}

/**
 * A replica that joins may be behind by this part of the time after which it would be out again. A proposal that failed
 * is repeated after the same time.
 */
const joinLagDivisor = 10;

interface Replica {
  readonly asyncLearner: boolean;
  /** -1 before the first report. */
  ackOffset: number;
  /** The replica had at `caughtUpMs` everything that the master had then. -Infinity: never. */
  caughtUpMs: number;
  /** The master's end at `markMs`; once acknowledged, `caughtUpMs` becomes `markMs` and a new mark is set. */
  markOffset: number;
  markMs: number;
  lagging: boolean;
  /** Since when acknowledgements wait for it although it is no member; null when they do not. */
  joiningSinceMs: number | null;
  /** It has all that was acknowledged so far: may be proposed. */
  ready: boolean;
}

/** The state of one master's set, from its election to its end. Only `install` and `answered` change what is agreed. */
export class SyncState {
  readonly #options: SyncStateOptions;
  readonly #replicas = new Map<number, Replica>();
  /** Members that never connected to this master, found by `check`. */
  readonly #missing = new Set<number>();
  /** Proposed sets whose answer is not known. */
  #unanswered: ReadonlySet<number>[] = [];
  #inFlight: ReadonlySet<number> | null = null;
  /** After a failure nothing is proposed until then, unless a replica is lost or a newer set becomes known. */
  #heldUntilMs = -Infinity;
  #counted: readonly number[] | null = null;
  #epochStartOffset: number;
  #agreed: SyncStateSet;
  #writtenOffset: number;
  #allAckOffset: number;

  /** @param writtenOffset end of the master's log as written */
  constructor(options: SyncStateOptions, agreed: SyncStateSet, writtenOffset: number) {
    this.#options = options;
    this.#agreed = agreed;
    this.#writtenOffset = writtenOffset;
    this.#epochStartOffset = options.epochStartOffset;
    this.#allAckOffset = Math.min(options.confirmOffset, writtenOffset);
    this.#advance();
  }

  get agreed(): SyncStateSet {
    return this.#agreed;
  }

  /** Everybody whose acknowledgement counts beside this broker. */
  get counted(): readonly number[] {
    if (this.#counted === null) {
      const joining = [...this.#replicas].filter(([, replica]) => replica.joiningSinceMs !== null).map(([id]) => id);
      const all = new Set([...this.#agreed.members, ...this.#unanswered.flatMap((set) => [...set]), ...joining]);
      all.delete(this.#options.selfBrokerId);
      this.#counted = [...all];
    }
    return this.#counted;
  }

  /** Never goes down: what everybody counted has. */
  get allAckOffset(): number {
    return this.#allAckOffset;
  }

  /** What consumers may see: all that is written, or under allAckInSyncStateSet what everybody has. */
  get confirmOffset(): number {
    return this.#options.allAckInSyncStateSet ? this.#allAckOffset : this.#writtenOffset;
  }

  /** The master's log is written up to `writtenOffset`. */
  written(writtenOffset: number): void {
    this.#writtenOffset = writtenOffset;
    this.#advance();
  }

  connected(brokerId: number, asyncLearner: boolean, nowMs: number): void {
    this.#missing.delete(brokerId);
    this.#replicas.set(brokerId, {
      asyncLearner,
      ackOffset: -1,
      caughtUpMs: -Infinity,
      markOffset: this.#writtenOffset,
      markMs: nowMs,
      lagging: false,
      joiningSinceMs: null,
      ready: false,
    });
    this.#recount();
  }

  /** Its last connection is gone: it leaves the wanted set at once. */
  disconnected(brokerId: number): void {
    this.#replicas.delete(brokerId);
    this.#missing.add(brokerId);
    this.#heldUntilMs = -Infinity;
    this.#recount();
  }

  /** A replica has written its log up to `ackOffset`. */
  acknowledged(brokerId: number, ackOffset: number, nowMs: number): void {
    const replica = this.#replicas.get(brokerId);
    if (replica === undefined) return;
    replica.ackOffset = ackOffset;
    if (ackOffset >= replica.markOffset) {
      replica.caughtUpMs = ackOffset >= this.#writtenOffset ? nowMs : replica.markMs;
      replica.markOffset = this.#writtenOffset;
      replica.markMs = nowMs;
      replica.lagging = false;
    }
    this.#advance();
    this.#considerJoin(brokerId, replica, nowMs);
  }

  /** Every check period: members that lag too long or never came leave the wanted set. */
  check(nowMs: number): void {
    for (const member of this.#agreed.members) {
      const replica = this.#replicas.get(member);
      if (replica === undefined) this.#missing.add(member);
      else replica.lagging = nowMs - this.#lastCaughtUp(replica, nowMs) > this.#options.haMaxTimeSlaveNotCatchup;
    }
    this.#missing.delete(this.#options.selfBrokerId);
  }

  /** Often: a joining replica must not hold up acknowledgements when it stops keeping up. */
  expireJoins(nowMs: number): void {
    for (const [brokerId, replica] of this.#replicas) {
      const slow = replica.joiningSinceMs !== null && nowMs - this.#lastCaughtUp(replica, nowMs) > this.#joinLagMs;
      if (slow && nowMs - replica.joiningSinceMs! > this.#joinLagMs && !this.#isProposed(brokerId)) {
        replica.joiningSinceMs = null;
        replica.ready = false;
        this.#recount();
      }
    }
  }

  /** The same master begins a new epoch at `epochStartOffset`; the set comes through `install`. */
  beginEpoch(epochStartOffset: number): void {
    this.#epochStartOffset = epochStartOffset;
  }

  /** A set from the controller; ignored unless its epoch is larger. Every older proposal is void: their epoch is gone. */
  install(set: SyncStateSet, nowMs: number): boolean {
    if (set.epoch <= this.#agreed.epoch) return false;
    this.#agreed = set;
    this.#heldUntilMs = -Infinity;
    this.#unanswered = this.#inFlight === null ? [] : [this.#inFlight];
    for (const replica of this.#replicas.values()) {
      replica.joiningSinceMs = null;
      replica.ready = false;
    }
    this.#recount();
    for (const [brokerId, replica] of this.#replicas) this.#considerJoin(brokerId, replica, nowMs);
    return true;
  }

  /**
   * The next set to ask for, or null while one is asked for or nothing is wanted. The caller sends it and reports
   * through `answered`.
   */
  nextProposal(nowMs: number): ReadonlySet<number> | null {
    if (this.#inFlight !== null || nowMs < this.#heldUntilMs) return null;
    const wanted = this.#wanted();
    if (sameMembers(wanted, this.#agreed.members)) return null;
    this.#inFlight = wanted;
    if (!this.#unanswered.some((set) => sameMembers(set, wanted))) this.#unanswered.push(wanted);
    this.#recount();
    return wanted;
  }

  /** The answer to the proposal in flight. */
  answered(answer: ProposalAnswer, nowMs: number): void {
    const asked = this.#inFlight;
    this.#inFlight = null;
    if (typeof answer === 'string') this.#heldUntilMs = nowMs + this.#joinLagMs;
    if (answer === 'UNKNOWN') return;
    if (answer === 'REFUSED' || !this.install(answer, nowMs)) {
      // Not installed: a newer set became known while this one was asked for.
      this.#unanswered = this.#unanswered.filter((set) => set !== asked);
      this.#recount();
    }
  }

  get #joinLagMs(): number {
    return this.#options.haMaxTimeSlaveNotCatchup / joinLagDivisor;
  }

  #isProposed(brokerId: number): boolean {
    return this.#unanswered.some((set) => set.has(brokerId));
  }

  #lastCaughtUp(replica: Replica, nowMs: number): number {
    if (replica.ackOffset >= this.#writtenOffset) return nowMs;
    // Until it has caught up for the first time it has the whole period, counted from its connection.
    return replica.caughtUpMs === -Infinity ? replica.markMs : replica.caughtUpMs;
  }

  #wanted(): ReadonlySet<number> {
    const wanted = new Set([this.#options.selfBrokerId]);
    for (const member of this.#agreed.members) {
      if (!this.#missing.has(member) && !this.#replicas.get(member)?.lagging) wanted.add(member);
    }
    for (const [brokerId, replica] of this.#replicas) if (replica.ready) wanted.add(brokerId);
    return wanted;
  }

  /**
   * Two steps, so that a replica can join under load: once it is close, acknowledgements under allAckInSyncStateSet wait for
   * it too, so what is acknowledged stands still until it has that; then it is proposed.
   */
  #considerJoin(brokerId: number, replica: Replica, nowMs: number): void {
    if (replica.ready || replica.asyncLearner || this.#agreed.members.has(brokerId)) return;
    if (replica.ackOffset < this.#epochStartOffset) return;
    const close = nowMs - this.#lastCaughtUp(replica, nowMs) <= this.#joinLagMs && replica.caughtUpMs !== -Infinity;
    if (replica.joiningSinceMs === null && close) {
      replica.joiningSinceMs = nowMs;
      this.#recount();
    }
    if (replica.joiningSinceMs === null) return;
    replica.ready = replica.ackOffset >= this.confirmOffset;
  }

  #recount(): void {
    this.#counted = null;
    this.#advance();
  }

  #advance(): void {
    let all = this.#writtenOffset;
    for (const brokerId of this.counted) {
      all = Math.min(all, this.#replicas.get(brokerId)?.ackOffset ?? -1);
    }
    this.#allAckOffset = Math.max(this.#allAckOffset, all);
  }
}

function sameMembers(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((member) => b.has(member));
}
