// A group of members over a simulated network and simulated disks, under a seed: the same seed replays the same run.
// Messages are lost, delayed, reordered and repeated; links are cut one way; members crash between any two disk writes and
// come back with what their disk holds. Every step checks the three safety properties of Raft; of a commit log only what
// it promises: one leader a term, and that nothing acknowledged is lost (see LogKind).
import { assert } from '../base/assert.ts';
import { type Random, seededRandom } from '../base/random.ts';
import { type Entry, sameEntry } from './entry.ts';
import type { HardState } from './member.ts';
import type { RaftInput } from './messages.ts';
import { RaftNode, type Ready } from './node.ts';
import { dledgerTimings, type LogKind, type RaftOptions } from './options.ts';

/** Deliberate faults of a driver, to prove that the checks notice. */
export type PlantedDefect = 'FORGETS_VOTE' | 'LOSES_ACKNOWLEDGED_ENTRIES';

interface Disk {
  hardState: HardState;
  readonly entries: Entry[];
}

interface Member {
  readonly id: string;
  disk: Disk;
  /** Null while crashed. */
  node: RaftNode | null;
  /** Raised at each crash: what was under way to the earlier life is gone. */
  life: number;
  applied: number;
}

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

const tickMs = 50;

export class Simulation {
  readonly #random: Random;
  readonly #members: Member[];
  readonly #defect: PlantedDefect | null;
  readonly #kind: LogKind;
  readonly #cut = new Set<string>();
  readonly #leaders = new Map<number, string>();
  readonly #agreed: Entry[] = [];
  readonly #acknowledged: Entry[] = [];
  #events: Event[] = [];
  #order = 0;
  #token = 0;
  #nowMs = 0;
  #proposed = 0;
  #lossRate = 0;

  constructor(seed: number, size: number, defect: PlantedDefect | null = null, kind: LogKind = 'STATE_MACHINE') {
    this.#kind = kind;
    this.#random = seededRandom(seed);
    this.#defect = defect;
    const ids = Array.from({ length: size }, (_, i) => `n${i}`);
    this.#members = ids.map((id) => ({
      id,
      disk: { hardState: { currTerm: 0, currVoteFor: null }, entries: [] },
      node: null,
      life: 0,
      applied: -1,
    }));
    for (const member of this.#members) this.#boot(member);
  }

  /** Entries that every member which applied that far applied alike. */
  get agreedCount(): number {
    return this.#agreedLog().length;
  }

  get acknowledgedCount(): number {
    return this.#acknowledged.length;
  }

  /** What every member agrees to at the end. */
  #agreedLog(): readonly Entry[] {
    return this.#kind === 'COMMIT_LOG' ? this.#members[0]!.disk.entries : this.#agreed;
  }

  get leaderCount(): number {
    return this.#leaders.size;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Faults and proposals for `forMs`, then calm for a minute. Throws when safety breaks, or when calm brings no progress. */
  run(forMs: number): void {
    this.#lossRate = this.#random.next() * 0.2;
    const end = this.#nowMs + forMs;
    while (this.#nowMs < end) this.#turn(true, true);
    this.#heal();
    const before = this.#proposed;
    const calmEnd = this.#nowMs + 60_000;
    while (this.#nowMs < calmEnd) this.#turn(false, true);
    const quietEnd = this.#nowMs + 10_000;
    while (this.#nowMs < quietEnd) this.#turn(false, false);
    this.#checkLogs();
    assert(this.#proposed > before, 'no leader took a proposal although the network was calm');
    const agreed = this.#agreedLog();
    for (const entry of this.#acknowledged) {
      const kept = agreed[entry.index];
      assert(kept !== undefined && sameEntry(kept, entry), `acknowledged entry ${entry.index} is lost`);
    }
    for (const { id, applied, disk } of this.#members) {
      assert(applied === agreed.length - 1, `${id} applied ${applied} of ${agreed.length - 1}`);
      assert(disk.entries.length === agreed.length, `${id} has ${disk.entries.length} of ${agreed.length} entries`);
    }
  }

  #turn(faults: boolean, proposals: boolean): void {
    this.#nowMs += tickMs;
    this.#events.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
    while (this.#events[0] !== undefined && this.#events[0].atMs <= this.#nowMs) this.#events.shift()!.run();
    for (const member of this.#members) {
      member.node?.tick(this.#nowMs);
      this.#drain(member);
    }
    if (faults) this.#fault();
    if (proposals && this.#random.int(20) === 0) this.#propose();
  }

  #fault(): void {
    const member = this.#members[this.#random.int(this.#members.length)]!;
    const other = this.#members[this.#random.int(this.#members.length)]!;
    const dice = this.#random.int(1000);
    if (dice < 6) this.#crash(member);
    else if (dice < 20 && member.node === null) this.#boot(member);
    else if (dice < 28) this.#cut.add(`${member.id}>${other.id}`);
    else if (dice < 34) this.#isolate(member);
    else if (dice < 46) this.#cut.clear();
  }

  #isolate({ id }: Member): void {
    for (const other of this.#members) this.#cut.add(`${id}>${other.id}`).add(`${other.id}>${id}`);
  }

  #heal(): void {
    this.#lossRate = 0;
    this.#cut.clear();
    for (const member of this.#members) if (member.node === null) this.#boot(member);
  }

  #propose(): void {
    const member = this.#members[this.#random.int(this.#members.length)]!;
    if (member.node === null) return;
    const body = Uint8Array.from([this.#proposed >> 8, this.#proposed & 255]);
    const taken = member.node.propose([body], this.#nowMs);
    if (typeof taken === 'object') this.#proposed++;
    this.#drain(member);
  }

  #boot(member: Member): void {
    const { entries } = member.disk;
    const options: RaftOptions = {
      group: 'grp',
      selfId: member.id,
      peerIds: this.#members.map(({ id }) => id),
      segmentBytes: 512,
      timings: dledgerTimings,
      random: this.#random,
      kind: this.#kind,
    };
    const stored = {
      beginIndex: 0,
      get endIndex() {
        return entries.length - 1;
      },
      entry: (index: number) => entries[index],
    };
    // A commit log remembers what was committed, as its checkpoint does: not all of it.
    const known = Math.min(member.applied, entries.length - 1);
    member.applied = this.#kind === 'COMMIT_LOG' ? this.#random.int(known + 2) - 1 : -1;
    member.node = new RaftNode(options, member.disk.hardState, stored, member.applied);
  }

  #crash(member: Member): void {
    member.node = null;
    member.life++;
    if (this.#defect === 'FORGETS_VOTE') member.disk.hardState = { ...member.disk.hardState, currVoteFor: null };
    if (this.#defect === 'LOSES_ACKNOWLEDGED_ENTRIES') member.disk.entries.splice(-2);
  }

  #drain(member: Member): void {
    for (;;) {
      const ready = member.node?.ready() ?? null;
      if (ready === null) return;
      // A crash may come before the disk write, between its parts, or before anything is sent.
      const crashAt = this.#lossRate > 0 && this.#random.int(400) === 0 ? this.#random.int(3) : -1;
      if (crashAt === 0) return this.#crash(member);
      this.#persist(member.disk, ready, crashAt === 1 ? this.#random.int(ready.entries.length + 1) : Infinity);
      if (crashAt >= 0) return this.#crash(member);
      this.#act(member, ready);
      member.node!.advance();
      this.#checkLeader(member);
    }
  }

  #persist(disk: Disk, { hardState, entries }: Ready, count: number): void {
    if (hardState !== null) disk.hardState = hardState;
    for (const entry of entries.slice(0, count)) disk.entries.splice(entry.index, Infinity, entry);
  }

  #act(member: Member, ready: Ready): void {
    for (const { to, seq, request } of ready.requests) {
      const target = this.#members.find(({ id }) => id === to)!;
      const life = member.life;
      const answer = (input: RaftInput) => {
        if (member.life === life) this.#step(member, input);
      };
      this.#transmit(`${member.id}>${to}`, () => {
        const token = ++this.#token;
        this.#pending.set(token, (response) =>
          this.#transmit(`${to}>${member.id}`, () => answer({ kind: 'answer', from: to, seq, response })),
        );
        this.#step(target, { kind: 'request', token, request });
      });
      const { requestTimeoutMs } = dledgerTimings;
      this.#at(requestTimeoutMs, () => answer({ kind: 'answer', from: to, seq, response: null }));
    }
    for (const { token, response } of ready.answers) {
      this.#pending.get(token)?.(response);
      this.#pending.delete(token);
    }
    for (const entry of ready.committed) this.#apply(member, entry);
    if (this.#kind === 'COMMIT_LOG') this.#applyTo(member, ready.appliedIndex);
  }

  /** A commit log: the leader acknowledges what was appended in its own term. */
  #applyTo(member: Member, appliedIndex: number): void {
    const { role, currTerm } = member.node!.status;
    for (let index = member.applied + 1; index <= appliedIndex; index++) {
      const entry = member.disk.entries[index]!;
      if (role === 'LEADER' && entry.term === currTerm) this.#acknowledged.push(entry);
    }
    member.applied = appliedIndex;
  }

  readonly #pending = new Map<number, (response: Extract<RaftInput, { kind: 'answer' }>['response']) => void>();

  #step(member: Member, input: RaftInput): void {
    member.node?.step(input, this.#nowMs);
    this.#drain(member);
  }

  #transmit(link: string, deliver: () => void): void {
    if (this.#cut.has(link) || this.#random.next() < this.#lossRate) return;
    const copies = this.#random.int(20) === 0 ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const late = this.#lossRate > 0 && this.#random.int(30) === 0;
      this.#at(1 + this.#random.int(late ? 5000 : 100), deliver);
    }
  }

  #at(delayMs: number, run: () => void): void {
    this.#events.push({ atMs: this.#nowMs + delayMs, order: this.#order++, run });
  }

  #apply(member: Member, entry: Entry): void {
    assert(entry.index === member.applied + 1, `${member.id} applied ${entry.index} after ${member.applied}`);
    member.applied = entry.index;
    const agreed = this.#agreed[entry.index];
    if (agreed === undefined) this.#agreed.push(entry);
    else assert(sameEntry(agreed, entry), `state machine safety: ${member.id} applied another entry ${entry.index}`);
    if (member.node!.status.role === 'LEADER') this.#acknowledged.push(entry);
  }

  #checkLeader(member: Member): void {
    const { role, currTerm } = member.node!.status;
    if (role !== 'LEADER') return;
    const known = this.#leaders.get(currTerm);
    assert(
      known === undefined || known === member.id,
      `election safety: ${known} and ${member.id} lead term ${currTerm}`,
    );
    this.#leaders.set(currTerm, member.id);
  }

  /** Log matching: where two logs have an entry of equal index and term, everything up to it is equal. */
  #checkLogs(): void {
    for (const a of this.#members) {
      for (const b of this.#members) {
        let matching = false;
        for (let i = Math.min(a.disk.entries.length, b.disk.entries.length) - 1; i >= 0; i--) {
          const [x, y] = [a.disk.entries[i]!, b.disk.entries[i]!];
          matching ||= x.term === y.term;
          assert(!matching || sameEntry(x, y), `log matching: ${a.id} and ${b.id} differ at ${i}`);
        }
      }
    }
  }
}
