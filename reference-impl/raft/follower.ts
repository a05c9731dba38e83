import { type Entry, sameEntry } from './entry.ts';
import type { RaftLog } from './log.ts';
import type { MemberState } from './member.ts';
import type { LogKind } from './options.ts';
import { type Answer, type PushRequest, type PushResponse, RaftCode } from './messages.ts';

const waitingAppendsMax = 1000;

/** The commit index of the node that this is a side of. */
export interface CommitIndex {
  readonly value: number;
  /** Never lowers it. */
  raiseTo(index: number): void;
  /** Entries behind `index` are gone, committed or not. */
  cutTo(index: number): void;
}

interface WaitingAppend {
  readonly token: number;
  readonly request: PushRequest;
  readonly sinceMs: number;
}

/**
 * The follower's side of replication. Appends may arrive ahead of their predecessors and wait for them, bounded in number
 * and time. Source: `DLedgerEntryPusher.EntryHandler`, 0.3.1.2; the two refusals marked "stricter" are ours.
 */
export class Follower {
  readonly #member: MemberState;
  readonly #log: RaftLog;
  readonly #commitIndex: CommitIndex;
  readonly #kind: LogKind;
  readonly #waiting = new Map<number, WaitingAppend>();

  constructor(member: MemberState, log: RaftLog, kind: LogKind, commitIndex: CommitIndex) {
    this.#member = member;
    this.#kind = kind;
    this.#log = log;
    this.#commitIndex = commitIndex;
  }

  /** Answers a push, and whatever was waiting for it. */
  push(token: number, request: PushRequest, nowMs: number): Answer[] {
    const member = this.#member;
    if (member.role !== 'FOLLOWER') return [this.#answer(token, request, RaftCode.NOT_FOLLOWER)];
    if (request.term !== member.currTerm) return [this.#answer(token, request, RaftCode.INCONSISTENT_TERM)];
    if (request.leaderId !== member.leaderId) return [this.#answer(token, request, RaftCode.INCONSISTENT_LEADER)];
    switch (request.type) {
      case 'COMMIT':
        this.#commit(request);
        return [this.#answer(token, request, RaftCode.SUCCESS)];
      case 'COMPARE':
        return [...this.dropWaiting(), this.#answer(token, request, this.#compare(request))];
      case 'TRUNCATE':
        return [...this.dropWaiting(), this.#answer(token, request, this.#truncate(request))];
      default:
        return this.#append(token, request, nowMs);
    }
  }

  /** Refuses appends whose predecessors did not come in time: the leader then compares again. */
  expire(nowMs: number, afterMs: number): Answer[] {
    const answers: Answer[] = [];
    for (const [index, { token, request, sinceMs }] of this.#waiting) {
      if (nowMs - sinceMs <= afterMs) continue;
      this.#waiting.delete(index);
      answers.push(this.#answer(token, request, RaftCode.INCONSISTENT_STATE));
    }
    return answers;
  }

  /** Refuses every waiting append with a code that leaders ignore. */
  dropWaiting(): Answer[] {
    const answers = [...this.#waiting.values()].map(({ token, request }) =>
      this.#answer(token, request, RaftCode.INCONSISTENT_INDEX),
    );
    this.#waiting.clear();
    return answers;
  }

  #compare(request: PushRequest): number {
    const wanted = request.entries[0];
    const own = wanted && this.#log.entry(wanted.index);
    return wanted && own && sameEntry(wanted, own) ? RaftCode.SUCCESS : RaftCode.INCONSISTENT_STATE;
  }

  #truncate(request: PushRequest): number {
    const entry = request.entries[0];
    if (entry === undefined) return RaftCode.INCONSISTENT_STATE;
    if (entry.index > this.#log.endIndex + 1) return this.#beginAnew(entry, request);
    const own = this.#log.entry(entry.index);
    const same = own !== undefined && sameEntry(own, entry);
    // Stricter: a log that ends in this term came from this leader, so a late TRUNCATE must not cut acknowledged entries.
    if (same && this.#log.endTerm === this.#member.currTerm) return RaftCode.SUCCESS;
    // Stricter, where nothing else can be committed: what is committed stays.
    const kept = same ? entry.index : entry.index - 1;
    if (kept < this.#commitIndex.value && this.#kind === 'STATE_MACHINE') return RaftCode.INCONSISTENT_STATE;
    if (!this.#log.accepts(entry)) return RaftCode.INCONSISTENT_STATE;
    this.#log.replaceFrom(entry);
    this.#commitIndex.cutTo(kept);
    this.#commit(request);
    return RaftCode.SUCCESS;
  }

  /** The leader's log begins behind the end of this one: old segments are gone there, so nothing here is of use. */
  #beginAnew(entry: Entry, request: PushRequest): number {
    if (this.#kind === 'STATE_MACHINE') return RaftCode.INCONSISTENT_STATE;
    this.#log.beginAnew(entry);
    this.#commit(request);
    return RaftCode.SUCCESS;
  }

  #append(token: number, request: PushRequest, nowMs: number): Answer[] {
    const first = request.entries[0];
    if (first === undefined) return [this.#answer(token, request, RaftCode.INCONSISTENT_STATE)];
    if (first.index <= this.#log.endIndex) {
      const same = request.entries.every((entry) => {
        const own = this.#log.entry(entry.index);
        return own !== undefined && sameEntry(own, entry);
      });
      return [this.#answer(token, request, same ? RaftCode.SUCCESS : RaftCode.INCONSISTENT_STATE)];
    }
    if (this.#waiting.has(first.index)) return [this.#answer(token, request, RaftCode.REPEATED_PUSH)];
    if (this.#waiting.size >= waitingAppendsMax) {
      return [this.#answer(token, request, RaftCode.PUSH_REQUEST_IS_FULL)];
    }
    this.#waiting.set(first.index, { token, request, sinceMs: nowMs });
    return this.#writeWaiting();
  }

  #writeWaiting(): Answer[] {
    const answers: Answer[] = [];
    for (;;) {
      const next = this.#waiting.get(this.#log.endIndex + 1);
      if (next === undefined) return answers;
      this.#waiting.delete(this.#log.endIndex + 1);
      const { token, request } = next;
      const ok = this.#write(request);
      if (ok) this.#commit(request);
      answers.push(this.#answer(token, request, ok ? RaftCode.SUCCESS : RaftCode.INCONSISTENT_STATE));
      if (!ok) return answers;
    }
  }

  #write(request: PushRequest): boolean {
    for (const entry of request.entries) {
      const follows = entry.index === this.#log.endIndex + 1 && entry.term >= this.#log.endTerm;
      if (!follows || !this.#log.accepts(entry)) return false;
      this.#log.append(entry);
    }
    return true;
  }

  #commit({ commitIndex }: PushRequest): void {
    this.#commitIndex.raiseTo(Math.min(commitIndex, this.#log.endIndex));
  }

  #answer(token: number, request: PushRequest, code: number): Answer {
    const response: PushResponse = {
      kind: 'push',
      code,
      term: this.#member.currTerm,
      index: request.entries[0]?.index ?? -1,
      count: request.entries.length,
      beginIndex: this.#log.beginIndex,
      endIndex: this.#log.endIndex,
    };
    return { token, response };
  }
}
