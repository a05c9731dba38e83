// What must hold after every step, whatever the network, the disks and the crashes do:
//   history    what was acknowledged or shown to consumers stays where it is: one value per physical offset, for ever
//   members    everybody in the controller's SyncStateSet has the whole history, so whoever is elected has it, too
//   masters    one per epoch; the records of an epoch begin where its master said; confirm offsets of masters only grow
//   epochs     every list ascends and lies within its log; no frame holds bytes of two epochs
//   learners   are in no SyncStateSet and never master
import type { BrokerSet } from '../../controller/state/replicas.ts';
import { type MasterFrame, masterFrameFormat } from '../auto-switch-frames.ts';
import { FrameReader } from '../frame-reader.ts';
import type { SimulatedReplica, Sent } from './replica.ts';

/** What was seen of a replica, as long as it lives. */
interface Seen {
  maxPhyOffset: number;
  confirmOffset: number;
  /** End of the whole records before it: what consumers see. */
  shownOffset: number;
  wasMaster: boolean;
}

interface Master {
  readonly number: number;
  readonly startOffset: number;
}

export interface SafetyOptions {
  readonly replicas: readonly SimulatedReplica[];
  readonly set: () => BrokerSet | undefined;
  /** Only what is durable counts as what a member has. */
  readonly losesPower: boolean;
}

export class Safety {
  /** The first thing that went wrong. */
  violation: string | null = null;
  readonly acknowledgedSends: Sent[] = [];
  #options: SafetyOptions = { replicas: [], set: () => undefined, losesPower: false };
  /** The log up to the last byte that was acknowledged or confirmed. */
  #history = Buffer.alloc(0);
  readonly #masters = new Map<number, Master>();
  readonly #seen = new WeakMap<object, Seen>();

  watch(options: SafetyOptions): void {
    this.#options = options;
  }

  get historyBytes(): number {
    return this.#history.length;
  }

  require(condition: boolean, broken: string): void {
    if (!condition) this.violation ??= broken;
  }

  /** The controller agreed to an event. */
  agreed(): void {
    const set = this.#options.set();
    if (set === undefined) return;
    for (const replica of this.#options.replicas.filter(({ learner }) => learner)) {
      const id = idOf(set, replica);
      const apart = id === null || (id !== set.masterBrokerId && !set.syncStateSet.includes(id));
      this.require(apart, `learners: ${replica.address} is in ${JSON.stringify(set.syncStateSet)}`);
    }
    this.#membersHaveAll('after the SyncStateSet changed');
  }

  /** A replica recovered its store. */
  booted(replica: SimulatedReplica): void {
    this.#look(replica);
    if (this.#members().includes(replica)) this.#hasAll(replica, 'after its start');
  }

  /** A replica takes the role of the master. */
  serves(replica: SimulatedReplica): void {
    const { role, store } = replica;
    if (role === null || store === null) return;
    const { masterEpoch } = role;
    const startOffset = role.ha.epochs.findLast(({ epoch }) => epoch === masterEpoch)?.startOffset ?? -1;
    const known = this.#masters.get(masterEpoch);
    const one = known === undefined || known.number === replica.number;
    this.require(one, `masters: replica-${known?.number} and ${replica.address} are masters of epoch ${masterEpoch}`);
    // One that lost its power may begin again earlier: nobody has bytes that it had not flushed.
    const atMost = known?.startOffset ?? startOffset;
    const same = startOffset !== -1 && (this.#options.losesPower ? startOffset <= atMost : startOffset === atMost);
    this.require(
      same,
      `masters: epoch ${masterEpoch} of ${replica.address} starts at ${startOffset}, not ${known?.startOffset}`,
    );
    this.#masters.set(masterEpoch, { number: replica.number, startOffset });
    this.#look(replica);
    // An outdated answer can make one master of an epoch that is over: nobody acknowledges what it stores.
    if (masterEpoch !== this.#options.set()?.masterEpoch) return;
    this.#hasAll(replica, `as master of epoch ${masterEpoch}`);
    // One that comes back in its own epoch shows what its checkpoint remembers until its replicas are there, as RocketMQ.
    const shown = known !== undefined || store.confirmOffset >= this.#history.length;
    this.require(shown, `history: ${replica.address} shows ${store.confirmOffset} of ${this.#history.length}`);
  }

  /** Written, flushed or confirm offset of a replica moved, or its log was cut. */
  moved(replica: SimulatedReplica): void {
    const { store } = replica;
    if (store === null) return;
    const before = this.#seen.get(store);
    const seen = this.#look(replica);
    if (before === undefined || seen === null) return;
    if (seen.maxPhyOffset < before.maxPhyOffset && this.#members().includes(replica)) {
      this.#hasAll(replica, 'after its log was cut');
    }
    const shownBefore = Math.min(before.shownOffset, seen.shownOffset);
    if (seen.shownOffset > shownBefore) this.#shows(replica, shownBefore, seen.shownOffset);
    const grows = !before.wasMaster || !seen.wasMaster || seen.confirmOffset >= before.confirmOffset;
    this.require(grows, `masters: confirm offset of ${replica.address} fell to ${seen.confirmOffset}`);
  }

  #look(replica: SimulatedReplica): Seen | null {
    const { store, role } = replica;
    if (store === null || role === null) return null;
    const { maxPhyOffset, confirmOffset } = store;
    const before = this.#seen.get(store)?.shownOffset ?? 0;
    const shownOffset = wholeRecords(replica, before > confirmOffset ? 0 : before, confirmOffset);
    const seen = { maxPhyOffset, confirmOffset, shownOffset, wasMaster: replica.leads };
    this.#seen.set(store, seen);
    let last = { epoch: -1, startOffset: -1 };
    for (const entry of role.ha.epochs) {
      const ascends = entry.epoch > last.epoch && entry.startOffset > last.startOffset;
      this.require(
        ascends,
        `epochs: the list of ${replica.address} does not ascend: ${JSON.stringify(role.ha.epochs)}`,
      );
      last = entry;
    }
    return seen;
  }

  /** A slave shows what its master told it; a master makes it. */
  #shows(replica: SimulatedReplica, from: number, to: number): void {
    if (replica.leads && to > this.#history.length) this.#settle(replica, to, `shown by ${replica.address}`);
    const known = Math.min(to, this.#history.length);
    const bytes = replica.logBytes(from, known, false);
    const same = from >= known || (bytes !== null && bytes.equals(this.#history.subarray(from, known)));
    this.require(same, `history: ${replica.address} shows other bytes in ${from} to ${known}`);
    this.require(to <= known, `history: ${replica.address} shows ${to}, no master showed more than ${known}`);
  }

  /** A producer is told that its message is safe. */
  acknowledged(replica: SimulatedReplica, sent: Sent): void {
    this.acknowledgedSends.push(sent);
    const { endOffset } = sent.results.at(-1)!;
    const master = this.#masters.get(sent.masterEpoch);
    const one = master === undefined || master.number === replica.number;
    this.require(one, `masters: ${replica.address} acknowledges ${sent.key} of epoch ${sent.masterEpoch}`);
    const from = sent.results[0]!.physicalOffset;
    const common = this.#history.subarray(from, endOffset);
    const same = replica.logBytes(from, from + common.length, false)?.equals(common) === true;
    this.require(same, `history: ${replica.address} acknowledges ${sent.key} in another log`);
    if (endOffset > this.#history.length) this.#settle(replica, endOffset, `acknowledged by ${replica.address}`);
  }

  /** The log of `replica` up to `end` is history from now on. */
  #settle(replica: SimulatedReplica, end: number, how: string): void {
    const from = this.#history.length;
    const bytes = replica.logBytes(from, end, false);
    this.require(bytes !== null, `history: ${replica.address} has no bytes up to ${end}, ${how}`);
    if (bytes === null) return;
    this.#history = Buffer.concat([this.#history, bytes]);
    for (const member of this.#members()) {
      const has = member.logBytes(from, end, this.#options.losesPower)?.equals(bytes) === true;
      this.require(has, `members: ${member.address} is in the SyncStateSet and lacks ${from} to ${end}, ${how}`);
    }
  }

  /** Ids of the replicas that may be in the SyncStateSet. */
  get fullBrokerIds(): number[] {
    const set = this.#options.set();
    if (set === undefined) return [];
    const full = this.#options.replicas.filter(({ learner }) => !learner);
    return full.map((replica) => idOf(set, replica)).filter((id) => id !== null);
  }

  #members(): SimulatedReplica[] {
    const set = this.#options.set();
    if (set === undefined) return [];
    return this.#options.replicas.filter((replica) => set.syncStateSet.includes(idOf(set, replica) ?? -1));
  }

  #membersHaveAll(when: string): void {
    for (const member of this.#members()) this.#hasAll(member, when);
  }

  #hasAll(replica: SimulatedReplica, when: string): void {
    const end = this.#history.length;
    const has = replica.logBytes(0, end, this.#options.losesPower)?.equals(this.#history) === true;
    this.require(has, `members: ${replica.address} lacks a part of the history of ${end} bytes ${when}`);
  }

  /** Reads what masters send on one connection; `epochs` are those of the sender. */
  frames(replica: SimulatedReplica): (chunk: Uint8Array) => void {
    const reader = new FrameReader(masterFrameFormat);
    const sink = { header: (frame: MasterFrame) => this.#sends(replica, frame), body() {} };
    return (chunk) => reader.feed(Buffer.from(chunk), sink);
  }

  #sends(replica: SimulatedReplica, frame: MasterFrame): void {
    if (frame.kind === 'handshake' || frame.bodySize === 0) return;
    const end = frame.offset + frame.bodySize;
    const epochs = replica.role?.ha.epochs ?? [];
    const entry = epochs.find(({ startOffset, endOffset }) => startOffset <= frame.offset && end <= endOffset);
    const named = entry?.epoch === frame.epoch && entry.startOffset === frame.epochStartOffset;
    const what = `${frame.offset} to ${end} as epoch ${frame.epoch}`;
    this.require(named, `epochs: ${replica.address} sends ${what}, its list is ${JSON.stringify(epochs)}`);
  }

  /** After healing: null when everybody has the same, else what is missing. */
  difference(): string | null {
    const set = this.#options.set();
    const { replicas } = this.#options;
    const master = replicas.find(
      (replica) => set !== undefined && replica.isMaster && idOf(set, replica) === set.masterBrokerId,
    );
    if (set === undefined || master === undefined || master.role === null || master.store === null) return 'no master';
    const full = replicas.filter(({ learner }) => !learner);
    if (set.syncStateSet.length !== full.length) return `SyncStateSet ${set.syncStateSet.join()} of ${full.length}`;
    const { maxPhyOffset: end } = master.store;
    const log = master.logBytes(0, end, false);
    const epochs = JSON.stringify(master.role.ha.epochs);
    for (const replica of replicas) {
      const { store, role } = replica;
      if (store === null || role === null) return `${replica.address} is down`;
      if (store.maxPhyOffset !== end) return `${replica.address} has ${store.maxPhyOffset} of ${end} bytes`;
      if (!replica.logBytes(0, end, false)?.equals(log!)) return `${replica.address} has other bytes`;
      if (store.confirmOffset !== end) return `${replica.address} shows ${store.confirmOffset} of ${end} bytes`;
      const own = JSON.stringify(role.ha.epochs);
      if (own !== epochs) return `${replica.address} has the epochs ${own}, its master ${epochs}`;
      if (replica.epochFile !== master.epochFile) return `${replica.address} has another epoch file`;
    }
    return null;
  }

  /** After healing, besides `difference`: everything acknowledged is readable everywhere, once. */
  requireReadable(topic: string, queueCount: number): void {
    for (const replica of this.#options.replicas) {
      const { store, role } = replica;
      if (store === null || role === null) continue;
      this.#hasAll(replica, 'in the end');
      const readable = new Map<string, string[]>();
      for (let queueId = 0; queueId < queueCount; queueId++) {
        const end = store.maxOffsetInQueue(topic, queueId);
        for (let offset = 0; offset < end; offset++) {
          const [record] = store.getMessages(topic, queueId, offset, 1, null).records;
          const key = /p\d+-\d+\.\d+/.exec(record?.toString('latin1') ?? '')?.[0] ?? 'nothing';
          readable.set(key, [...(readable.get(key) ?? []), `${queueId}/${offset}`]);
        }
      }
      for (const { key, queueId, results, masterEpoch } of this.acknowledgedSends) {
        results.forEach(({ queueOffset, physicalOffset }, i) => {
          const places = readable.get(`${key}.${i}`) ?? [];
          const there = places.length === 1 && places[0] === `${queueId}/${queueOffset}`;
          this.require(
            there,
            `history: ${key}.${i} was ${queueId}/${queueOffset}, ${replica.address} has ${places.join()}`,
          );
          const { epoch } = role.ha.epochs.findLast(({ startOffset }) => startOffset <= physicalOffset) ?? {};
          const at = `at ${physicalOffset}, is in ${JSON.stringify(role.ha.epochs)} of ${replica.address}`;
          this.require(epoch === masterEpoch, `epochs: ${key} of epoch ${masterEpoch}, ${at}`);
        });
      }
      for (const [key, places] of readable) {
        this.require(places.length === 1, `history: ${replica.address} has ${key} at ${places.join()}`);
      }
      for (const { epoch, startOffset } of role.ha.epochs) {
        const known = this.#masters.get(epoch)?.startOffset ?? startOffset;
        this.require(known === startOffset, `epochs: ${epoch} starts at ${startOffset}, not at ${known}`);
      }
    }
  }
}

/** End of the last whole record between `from`, a record's start, and `to`. A record begins with its size, and so does a BLANK. */
function wholeRecords(replica: SimulatedReplica, from: number, to: number): number {
  let end = from;
  for (;;) {
    const size = end + 4 > to ? 0 : (replica.logBytes(end, end + 4, false)?.readInt32BE(0) ?? 0);
    if (size <= 0 || end + size > to) return end;
    end += size;
  }
}

function idOf(set: BrokerSet, replica: SimulatedReplica): number | null {
  for (const [id, { address }] of set.brokers) if (address === replica.address) return id;
  return null;
}
