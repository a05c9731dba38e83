// What must hold after every step, whatever the network, the disks and the crashes do:
//   election safety       one leader per Raft term
//   leader completeness   a leader has every entry that was committed in an earlier term
//   log matching          entries of equal index and term are equal, and so is everything before them
//   state-machine safety  an index holds one committed entry for ever; members apply one sequence of events, each of them a
//                         part of it from the beginning, and get equal states
//   masters               one master per (brokerName, masterEpoch), elected from inside the SyncStateSet; epochs only grow
//   SyncStateSet          changed only by the master of the epoch that knows the set it changes
//   identity              a broker id belongs to one broker
//   answers               what a controller says is agreed, and stays so; a read through the log knows all that was agreed
//                         when it was asked
import type { Entry } from '../../raft/entry.ts';
import { sameEntry } from '../../raft/entry.ts';
import { type ControllerEvent, decodeEvent, encodeEvent } from '../state/events.ts';
import type { BrokerSet } from '../state/replicas.ts';

/** How far a set is: nothing of it ever falls. */
export type Progress = Pick<BrokerSet, 'nextBrokerId' | 'masterEpoch' | 'syncStateSetEpoch'>;

/** The SyncStateSet that a master asked for, and got. */
export interface Grant {
  readonly brokerName: string;
  readonly masterBrokerId: number | null;
  readonly masterEpoch: number | null;
  readonly syncStateSetEpoch: number;
  readonly syncStateSet: readonly number[];
  readonly newSyncStateSetEpoch: number | null;
}

interface Stored {
  readonly entry: Entry;
  readonly previousTerm: number;
}

interface Committed {
  readonly entry: Entry;
  /** At the latest. */
  readonly inTerm: number;
}

interface Agreed {
  readonly event: string;
  readonly state: string;
}

interface Change {
  readonly before: BrokerSet;
  readonly after: BrokerSet;
}

const progressNames = ['nextBrokerId', 'masterEpoch', 'syncStateSetEpoch'] as const;

export class Safety {
  /** The first thing that went wrong. */
  violation: string | null = null;
  readonly #leaders = new Map<number, string>();
  readonly #stored = new Map<string, Stored>();
  readonly #committed: Committed[] = [];
  readonly #agreed: Agreed[] = [];
  readonly #events = new Set<string>();
  #forgotten = 0;
  /** Of each set, after the last agreed event. */
  readonly #progress = new Map<string, Progress>();
  /** By broker name and masterEpoch: the master, null when an election found none. */
  readonly #masters = new Map<string, number | null>();
  /** By broker name and the SyncStateSet epoch that came of it. */
  readonly #changes = new Map<string, Change>();
  readonly #holders = new Map<string, string>();

  get leaderCount(): number {
    return this.#leaders.size;
  }

  get committedCount(): number {
    return this.#committed.length;
  }

  /** Events that at least one member applied. */
  get agreedCount(): number {
    return this.#agreed.length;
  }

  /** Elections by their masters, null for one that found nobody. */
  get masters(): (number | null)[] {
    return [...this.#masters.values()];
  }

  get changeCount(): number {
    return this.#changes.size;
  }

  get forgottenCount(): number {
    return this.#forgotten;
  }

  /** What is agreed about a set so far; undefined when nothing is. */
  progress(brokerName: string): Progress | undefined {
    return this.#progress.get(brokerName);
  }

  require(condition: boolean, broken: string): void {
    if (!condition) this.violation ??= broken;
  }

  /** @param entryAt the log of the leader */
  leads(memberId: string, term: number, entryAt: (index: number) => Entry | undefined): void {
    const known = this.#leaders.get(term);
    this.require((known ?? memberId) === memberId, `election safety: ${known} and ${memberId} lead term ${term}`);
    if (known !== undefined) return;
    this.#leaders.set(term, memberId);
    for (const [index, { entry, inTerm }] of this.#committed.entries()) {
      if (inTerm >= term) continue;
      const own = entryAt(index);
      const there = own !== undefined && sameEntry(own, entry);
      this.require(there, `leader completeness: ${memberId} leads term ${term} without committed entry ${index}`);
    }
  }

  /** An entry is in the log of a member. */
  stored(memberId: string, entry: Entry, previousTerm: number): void {
    const key = `${entry.index}/${entry.term}`;
    const known = this.#stored.get(key);
    if (known === undefined) this.#stored.set(key, { entry, previousTerm });
    else {
      const same = sameEntry(known.entry, entry) && known.previousTerm === previousTerm;
      this.require(same, `log matching: ${memberId} has another entry ${entry.index} of term ${entry.term}`);
    }
  }

  /** A member, now in `currTerm`, holds an entry for committed; every member shows them in order. */
  committed(memberId: string, entry: Entry, currTerm: number): void {
    const { index } = entry;
    const known = this.#committed[index];
    if (known === undefined) this.#committed[index] = { entry, inTerm: currTerm };
    else {
      const what = `${memberId} committed another entry ${index}`;
      this.require(sameEntry(known.entry, entry), `state-machine safety: ${what}`);
    }
  }

  /** A member applied its event number `position`, which left its set from `before` as `after`. */
  applied(
    memberId: string,
    position: number,
    event: ControllerEvent,
    before: BrokerSet | undefined,
    after: BrokerSet | undefined,
  ): void {
    const seen: Agreed = { event: JSON.stringify(event), state: stateText(after) };
    const agreed = this.#agreed[position];
    if (agreed !== undefined) {
      const same = agreed.event === seen.event && agreed.state === seen.state;
      const what = `event ${position} is ${agreed.event}, then ${agreed.state}`;
      this.require(same, `state-machine safety: ${what}; ${memberId} applied ${seen.event}, then ${seen.state}`);
      return;
    }
    this.#agreed.push(seen);
    this.#events.add(seen.event);
    if (event.eventType === 'CLEAN_BROKER_DATA_EVENT') this.#forgotten++;
    if (after !== undefined) this.#progress.set(event.brokerName, after);
    if (before !== undefined && after !== undefined) this.#changed(event, before, after);
  }

  #changed(event: ControllerEvent, before: BrokerSet, after: BrokerSet): void {
    const name = event.brokerName;
    this.require(reaches(after, before), `epochs only grow: ${stateText(before)} became ${stateText(after)}`);
    if (event.eventType === 'ELECT_MASTER_EVENT') this.#elected(name, before, after);
    if (after.syncStateSetEpoch !== before.syncStateSetEpoch) {
      this.#changes.set(`${name}/${after.syncStateSetEpoch}`, { before, after });
    }
    const { masterBrokerId, syncStateSet } = after;
    const inside = masterBrokerId === null || syncStateSet.includes(masterBrokerId);
    this.require(inside, `the master is not in its own SyncStateSet: ${stateText(after)}`);
  }

  #elected(name: string, before: BrokerSet, after: BrokerSet): void {
    const { masterBrokerId, masterEpoch } = after;
    const key = `${name}/${masterEpoch}`;
    const known = this.#masters.get(key);
    const one = known === undefined || known === masterBrokerId;
    this.require(one, `one master per epoch: ${name} has ${known} and ${masterBrokerId} in epoch ${masterEpoch}`);
    this.#masters.set(key, masterBrokerId);
    const first = before.masterEpoch === 0;
    const inside = masterBrokerId === null || first || before.syncStateSet.includes(masterBrokerId);
    this.require(inside, `election outside the SyncStateSet: ${stateText(before)} became ${stateText(after)}`);
  }

  /** A controller told somebody who is master. */
  told(memberId: string, brokerName: string, masterEpoch: number, masterBrokerId: number): void {
    const agreed = this.#masters.get(`${brokerName}/${masterEpoch}`);
    const what = `${memberId} says that ${masterBrokerId} is master of ${brokerName} in epoch ${masterEpoch}`;
    this.require(agreed === masterBrokerId, `answers: ${what}, agreed is ${agreed ?? 'nobody'}`);
  }

  /** A controller told a master that its SyncStateSet is agreed. */
  granted(memberId: string, grant: Grant): void {
    const { brokerName, newSyncStateSetEpoch, syncStateSetEpoch } = grant;
    const change = this.#changes.get(`${brokerName}/${newSyncStateSetEpoch}`);
    const what = `${memberId} granted ${JSON.stringify(grant)}`;
    if (change === undefined) return this.require(false, `answers: ${what}, which is not agreed`);
    const { before, after } = change;
    const byMaster = grant.masterBrokerId === before.masterBrokerId && grant.masterEpoch === before.masterEpoch;
    this.require(byMaster, `SyncStateSet: ${what} to another than the master of ${stateText(before)}`);
    this.require(
      syncStateSetEpoch === before.syncStateSetEpoch,
      `SyncStateSet: ${what} on top of ${stateText(before)}`,
    );
    const same = sorted(grant.syncStateSet) === sorted(after.syncStateSet);
    this.require(same, `answers: ${what}, agreed is ${stateText(after)}`);
  }

  /** A controller told a broker that an id is its own. */
  identified(memberId: string, brokerName: string, brokerId: number, checkCode: string): void {
    const key = `${brokerName}/${brokerId}`;
    const holder = this.#holders.get(key) ?? checkCode;
    this.#holders.set(key, holder);
    const what = `${memberId} gave id ${brokerId} of ${brokerName} to ${checkCode}`;
    this.require(holder === checkCode, `identity: ${what}, but it is that of ${holder}`);
  }

  /** A controller told whoever proposed an event that it is agreed. */
  acknowledged(memberId: string, event: ControllerEvent): void {
    const text = JSON.stringify(decodeEvent(encodeEvent(event)));
    this.require(this.#events.has(text), `answers: ${memberId} acknowledged ${text}, which is not agreed`);
  }

  /** A controller that reads through the log answered with `seen`; when it was asked, `since` was agreed. */
  read(memberId: string, brokerName: string, seen: Partial<Progress>, since: Progress): void {
    const what = `${memberId} read ${JSON.stringify(seen)} of ${brokerName}`;
    const { nextBrokerId, masterEpoch, syncStateSetEpoch } = since;
    const agreed = JSON.stringify({ nextBrokerId, masterEpoch, syncStateSetEpoch });
    this.require(reaches(seen, since), `stale read: ${what}, but ${agreed} was agreed before it was asked`);
  }
}

/** Whether nothing in `later` is behind `earlier`; what is left out does not count. */
function reaches(later: Partial<Progress>, earlier: Progress): boolean {
  return progressNames.every((name) => (later[name] ?? Infinity) >= earlier[name]);
}

function stateText(set: BrokerSet | undefined): string {
  if (set === undefined) return 'no set';
  return JSON.stringify({ ...set, brokers: [...set.brokers] });
}

function sorted(ids: readonly number[]): string {
  return [...ids].sort((a, b) => a - b).join();
}
