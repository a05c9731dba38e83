import { assert } from '../base/assert.ts';

export type MemberRole = 'CANDIDATE' | 'FOLLOWER' | 'LEADER';

/** What must be on disk before anything else of the same `Ready` happens. */
export interface HardState {
  readonly currTerm: number;
  /** Whom this member voted for in currTerm. */
  readonly currVoteFor: string | null;
}

/** Role, term and vote of one member. A term grows in two steps: `knownMaxTerm` first, `nextTerm` before the next vote. */
export class MemberState {
  role: MemberRole = 'CANDIDATE';
  leaderId: string | null = null;
  currTerm: number;
  currVoteFor: string | null;
  knownMaxTerm: number;

  constructor(stored: HardState) {
    this.currTerm = stored.currTerm;
    this.currVoteFor = stored.currVoteFor;
    this.knownMaxTerm = stored.currTerm;
  }

  /** To the largest term heard of, or to the next one; forgets the vote. */
  nextTerm(): void {
    assert(this.role === 'CANDIDATE', 'only a candidate enters a new term');
    this.currTerm = Math.max(this.knownMaxTerm, this.currTerm + 1);
    this.currVoteFor = null;
  }

  /** Steps down, remembering `term`; the own term stays as it is. */
  becomeCandidate(term: number): void {
    this.role = 'CANDIDATE';
    this.leaderId = null;
    this.knownMaxTerm = Math.max(this.knownMaxTerm, term);
  }

  becomeFollower(term: number, leaderId: string): void {
    assert(term === this.currTerm, 'follows only in its own term');
    this.role = 'FOLLOWER';
    this.leaderId = leaderId;
  }

  becomeLeader(term: number, selfId: string): void {
    assert(term === this.currTerm, 'leads only in its own term');
    this.role = 'LEADER';
    this.leaderId = selfId;
  }
}
