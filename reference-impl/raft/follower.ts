import { sameEntry } from './entry.ts';
import type { RaftLog } from './log.ts';
import type { MemberState } from './member.ts';
import { type Answer, type PushRequest, type PushResponse, RaftCode } from './messages.ts';

const waitingAppendsMax = 1000;

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
  readonly #commit: (index: number) => void;
  readonly #committed: () => number;
  readonly #waiting = new Map<number, WaitingAppend>();

  constructor(member: MemberState, log: RaftLog, commit: (index: number) => void, committed: () => number) {
    this.#member = member;
    this.#log = log;
    this.#commit = commit;
    this.#committed = committed;
  }

  /** Answers a push, and whatever was waiting for it. */
  push(token: number, request: PushRequest, nowMs: number): Answer[] {
    const member = this.#member;
    if (member.role !== 'FOLLOWER') return [this.#answer(token, request, RaftCode.NOT_FOLLOWER)];
    if (request.term !== member.currTerm) return [this.#answer(token, request, RaftCode.INCONSISTENT_TERM)];
    if (request.leaderId !== member.leaderId) return [this.#answer(token, request, RaftCode.INCONSISTENT_LEADER)];
    switch (request.type) {
      case 'COMMIT':
        this.#commit(Math.min(request.commitIndex, this.#log.endIndex));
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
    if (entry === undefined || entry.index > this.#log.endIndex + 1) return RaftCode.INCONSISTENT_STATE;
    const own = this.#log.entry(entry.index);
    const same = own !== undefined && sameEntry(own, entry);
    // Stricter: a log that ends in this term came from this leader, so a late TRUNCATE must not cut acknowledged entries.
    if (same && this.#log.endTerm === this.#member.currTerm) return RaftCode.SUCCESS;
    // Stricter: what is committed stays.
    if (same ? entry.index < this.#committed() : entry.index <= this.#committed()) return RaftCode.INCONSISTENT_STATE;
    if (!this.#log.accepts(entry)) return RaftCode.INCONSISTENT_STATE;
    this.#log.replaceFrom(entry);
    this.#commit(Math.min(request.commitIndex, this.#log.endIndex));
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
      if (ok) this.#commit(Math.min(request.commitIndex, this.#log.endIndex));
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
