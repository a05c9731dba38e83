// What must hold after every step, whatever the network, the disks and the crashes do:
//   election safety       one leader per Raft term
//   log matching          entries of equal index and term are equal, and so is everything before them
//   state-machine safety  members apply one sequence of events, each of them a part of it from the beginning, and get equal states
//   masters               one master per (brokerName, masterEpoch), elected from inside the SyncStateSet; epochs only grow
//   SyncStateSet          changed only by the master of the epoch that knows the set it changes
//   answers               what a controller says to a broker is agreed, and stays so
import type { Entry } from '../../raft/entry.ts';
import { sameEntry } from '../../raft/entry.ts';
import type { ControllerEvent } from '../state/events.ts';
import type { BrokerSet } from '../state/replicas.ts';

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

interface Agreed {
  readonly event: string;
  readonly state: string;
}

interface Change {
  readonly before: BrokerSet;
  readonly after: BrokerSet;
}

export class Safety {
  /** The first thing that went wrong. */
  violation: string | null = null;
  readonly #leaders = new Map<number, string>();
  readonly #stored = new Map<string, Stored>();
  readonly #agreed: Agreed[] = [];
  /** By broker name and masterEpoch: the master, null when an election found none. */
  readonly #masters = new Map<string, number | null>();
  /** By broker name and the SyncStateSet epoch that came of it. */
  readonly #changes = new Map<string, Change>();
  readonly #holders = new Map<string, string>();

  get leaderCount(): number {
    return this.#leaders.size;
  }

  /** Events that at least one member applied. */
  get agreedCount(): number {
    return this.#agreed.length;
  }

  /** Masters of all sets and epochs. */
  get electionCount(): number {
    return [...this.#masters.values()].filter((id) => id !== null).length;
  }

  require(condition: boolean, broken: string): void {
    if (!condition) this.violation ??= broken;
  }

  leads(memberId: string, term: number): void {
    const known = this.#leaders.get(term) ?? memberId;
    this.#leaders.set(term, known);
    this.require(known === memberId, `election safety: ${known} and ${memberId} lead term ${term}`);
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
      this.require(
        same,
        `state-machine safety: event ${position} is ${agreed.event}, but ${memberId} applied ${seen.event}`,
      );
      return;
    }
    this.#agreed.push(seen);
    if (before !== undefined && after !== undefined) this.#changed(event, before, after);
  }

  #changed(event: ControllerEvent, before: BrokerSet, after: BrokerSet): void {
    const name = event.brokerName;
    const grew = after.masterEpoch >= before.masterEpoch && after.syncStateSetEpoch >= before.syncStateSetEpoch;
    this.require(grew, `epochs only grow: ${stateText(before)} became ${stateText(after)}`);
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
  identified(brokerName: string, brokerId: number, checkCode: string): void {
    const key = `${brokerName}/${brokerId}`;
    const holder = this.#holders.get(key) ?? checkCode;
    this.#holders.set(key, holder);
    this.require(holder === checkCode, `identity: ${brokerName} ${brokerId} belongs to ${holder} and ${checkCode}`);
  }
}

function stateText(set: BrokerSet | undefined): string {
  if (set === undefined) return 'no set';
  return JSON.stringify({ ...set, brokers: [...set.brokers] });
}

function sorted(ids: readonly number[]): string {
  return [...ids].sort((a, b) => a - b).join();
}
