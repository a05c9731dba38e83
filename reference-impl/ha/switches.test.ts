import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Random, seededRandom } from '../base/random.ts';
import { Relay, Replica, Stage, until } from './replica.fixture.ts';
import type { AutoSwitchHaService, ProposalAnswer, SyncStateSet } from './types.ts';

const ids = [1, 2, 3];
const steps = 60;

interface Put {
  readonly physicalOffset: number;
  readonly endOffset: number;
  readonly record: Buffer;
}

/** One broker of the campaign; `relay` is the way that slaves reach it. */
interface Member {
  replica: Replica<AutoSwitchHaService>;
  readonly relay: Relay;
  /** Epoch of its own master role, null while it is slave. */
  masterEpoch: number | null;
  waiting: Put[];
}

/**
 * Three brokers with real stores and sockets under a controller that loses answers, agrees late and elects any member of
 * the set it holds. What a master acknowledged under allAckInSyncStateSet is the ledger.
 */
class Campaign {
  readonly #stage: Stage;
  readonly #random: Random;
  readonly members = new Map<number, Member>();
  readonly acknowledged: Put[] = [];
  #set: SyncStateSet = { members: new Set(ids), epoch: 1 };
  #masterEpoch = 0;
  #master = 0;
  #count = 0;

  constructor(stage: Stage, seed: number) {
    this.#stage = stage;
    this.#random = seededRandom(seed);
  }

  async run(): Promise<void> {
    for (const id of ids) {
      const member = {
        relay: await Relay.to(this.#stage, () => this.#of(id).replica.address),
        waiting: [],
        masterEpoch: null,
      };
      this.members.set(id, { ...member, replica: await this.#open(id) });
    }
    await this.#elect(1, ids);
    for (let i = 0; i < steps; i++) await this.#step();
    await this.#heal();
  }

  get master(): Member {
    return this.#of(this.#master);
  }

  #of(id: number): Member {
    return this.members.get(id)!;
  }

  async #open(id: number): Promise<Replica<AutoSwitchHaService>> {
    const replica = await Replica.autoSwitch(this.#stage, id);
    replica.ha.proposeThrough((members, agreed) => this.#proposed(id, members, agreed));
    const settle = () => this.#settle(id, replica);
    replica.ha.onProgress(settle);
    replica.store.onProgress(settle);
    return replica;
  }

  #settle(id: number, replica: Replica<AutoSwitchHaService>): void {
    const member = this.members.get(id);
    if (member?.replica !== replica || member.masterEpoch === null) return;
    const isSafe = (put: Put) => put.endOffset <= replica.ha.allAckOffset;
    this.acknowledged.push(...member.waiting.filter(isSafe));
    member.waiting = member.waiting.filter((put) => !isSafe(put));
  }

  async #proposed(id: number, members: ReadonlySet<number>, agreed: SyncStateSet): Promise<ProposalAnswer> {
    const epoch = this.#of(id).masterEpoch;
    const fate = this.#random.int(6);
    if (fate === 0) return 'UNKNOWN';
    await pause(this.#random.int(4));
    if (epoch !== this.#masterEpoch || agreed.epoch !== this.#set.epoch || !members.has(id)) return 'REFUSED';
    this.#set = { members, epoch: this.#set.epoch + 1 };
    return fate === 1 ? 'UNKNOWN' : this.#set;
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const any = ids[random.int(ids.length)]!;
    const dice = random.int(12);
    if (dice < 5) this.#put(any, 1 + random.int(6));
    else if (dice === 5) this.#of(any).relay.frozen = !this.#of(any).relay.frozen && random.int(2) === 0;
    else if (dice === 6) this.#of(any).relay.bytesToClient = random.int(400);
    else if (dice === 7) this.master.replica.ha.installSyncStateSet(this.#set);
    else if (dice === 8) await this.#restart(any);
    else if (dice < 11)
      await this.#elect(
        [...this.#set.members][random.int(this.#set.members.size)]!,
        ids.filter(() => random.int(3) > 0),
      );
    else this.master.replica.ha.checkSyncStateSet();
    await pause(random.int(15));
    const { relay } = this.#of(any);
    if (relay.bytesToClient <= 0) relay.bytesToClient = Infinity;
  }

  /** Producers may still reach a master that does not know of its successor. */
  #put(id: number, count: number): void {
    const member = this.#of(id);
    if (member.masterEpoch === null) return;
    for (let i = 0; i < count; i++) {
      const { physicalOffset, endOffset } = member.replica.put(
        `message ${this.#count++} by ${id} in ${member.masterEpoch}`,
      );
      member.replica.store.writeNow();
      const record = Buffer.from(member.replica.store.readRaw(physicalOffset, endOffset - physicalOffset)!);
      member.waiting.push({ physicalOffset, endOffset, record });
    }
    this.#settle(id, member.replica);
  }

  /** @param told who hears of it now; the others go on as they were */
  async #elect(id: number, told: readonly number[]): Promise<void> {
    this.#masterEpoch++;
    this.#master = id;
    this.#set = { members: new Set([id]), epoch: this.#set.epoch + 1 };
    const { replica } = this.master;
    this.master.masterEpoch = null;
    this.master.waiting = [];
    assert.ok(await replica.ha.changeToMaster(id, this.#masterEpoch, this.#set));
    this.master.masterEpoch = this.#masterEpoch;
    for (const other of told) await this.#tell(other);
  }

  async #tell(id: number): Promise<void> {
    const member = this.#of(id);
    if (id === this.#master) return;
    member.masterEpoch = null;
    member.waiting = [];
    assert.ok(await member.replica.ha.changeToSlave(id, this.#masterEpoch, this.#master));
    member.replica.ha.setMasterHaAddress(this.master.relay.address);
  }

  async #restart(id: number): Promise<void> {
    const member = this.#of(id);
    const epoch = member.masterEpoch;
    member.masterEpoch = null;
    member.waiting = [];
    await member.replica.close();
    member.replica = await this.#open(id);
    if (id !== this.#master) return this.#tell(id);
    if (epoch !== this.#masterEpoch) return;
    assert.ok(await member.replica.ha.changeToMaster(id, this.#masterEpoch, this.#set));
    member.masterEpoch = epoch;
  }

  async #heal(): Promise<void> {
    for (const { relay } of this.members.values()) {
      relay.frozen = false;
      relay.bytesToClient = Infinity;
    }
    await this.#elect([...this.#set.members][0]!, ids);
    const { ha, store } = this.master.replica;
    // A proposal whose answer was lost may have been agreed to: the poll tells.
    const poll = setInterval(() => ha.installSyncStateSet(this.#set), 20);
    await until(
      () => ha.syncStateSet.members.size === ids.length && ha.allAckOffset === store.writtenOffset,
      () => [[...ha.syncStateSet.members], ha.allAckOffset, store.writtenOffset, ha.replicas],
      15_000,
    ).finally(() => clearInterval(poll));
    // On a busy machine no step may have left time for a single one.
    const before = this.acknowledged.length;
    this.#put(this.#master, 1);
    await until(
      () => this.acknowledged.length > before && ha.allAckOffset === store.writtenOffset,
      () => ha.replicas,
    );
  }
}

async function campaign(t: TestContext, seed: number): Promise<void> {
  const run = new Campaign(new Stage(t), seed);
  await run.run();
  t.diagnostic(`${run.acknowledged.length} records acknowledged`);
  const { bytes, store, ha } = run.master.replica;
  assert.equal(bytes.length, store.writtenOffset);
  for (const { physicalOffset, endOffset, record } of run.acknowledged) {
    assert.ok(
      bytes.subarray(physicalOffset, endOffset).equals(record),
      `acknowledged record at ${physicalOffset} is gone`,
    );
  }
  for (const { replica } of run.members.values()) {
    assert.ok(replica.bytes.equals(bytes), `log of ${replica.id} differs`);
    const epochs = JSON.stringify(ha.epochs);
    await until(
      () => JSON.stringify(replica.ha.epochs) === epochs,
      () => [replica.ha.epochs, epochs],
    );
  }
}

const seeds = process.env.SWITCHES_SEED === undefined ? [1, 2, 3, 4, 5, 6] : [Number(process.env.SWITCHES_SEED)];
for (const seed of seeds) {
  test(`no acknowledged record is lost, all logs agree: seed ${seed}`, (t) => campaign(t, seed));
}
