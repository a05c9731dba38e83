// A controller group with its brokers over a simulated network and simulated disks, under a seed: the same seed replays the
// same run. The controllers are the real ones; brokers, time, network and disks are simulated.
import { errorText } from '../../base/errors.ts';
import { seededRandom, type Random } from '../../base/random.ts';
import { SimulatedBroker } from './broker.ts';
import { SimulatedController } from './controller.ts';
import { type DefectName, type Defect, defects } from './defects.ts';
import { SimulatedNetwork } from './network.ts';
import { Safety } from './safety.ts';
import { VirtualTime } from './virtual-time.ts';
import type { World } from './world.ts';

const faultsForMs = 12_000;
const calmForMs = 8_000;
const faultEveryMs = 100;
const notesMax = 60;
const frozenMaxMs = 2000;

/** What a schedule went through; `violation` is null when everything held. */
export interface Outcome {
  readonly seed: number;
  readonly violation: string | null;
  readonly atMs: number;
  /** The last things that happened. */
  readonly notes: readonly string[];
  readonly leaders: number;
  readonly events: number;
  readonly elections: number;
}

/** Runs the schedule of a seed. */
export async function runSchedule(seed: number, defect: DefectName | null = null): Promise<Outcome> {
  const schedule = new Schedule(seed, defect === null ? {} : defects[defect]);
  await schedule.run();
  return schedule.outcome(seed);
}

class Schedule {
  readonly #random: Random;
  readonly #time: VirtualTime;
  readonly #network: SimulatedNetwork;
  readonly #safety = new Safety();
  readonly #controllers: readonly SimulatedController[];
  readonly #brokers: readonly SimulatedBroker[];
  readonly #notes: string[] = [];

  constructor(seed: number, defect: Defect) {
    this.#random = seededRandom(seed);
    this.#time = new VirtualTime(this.#random);
    this.#network = new SimulatedNetwork(this.#time, this.#random);
    const size = this.#random.int(4) === 0 ? 5 : 3;
    const ids = Array.from({ length: size }, (_, i) => `n${i}`);
    const world: World = {
      time: this.#time,
      network: this.#network,
      random: this.#random,
      safety: this.#safety,
      defect,
      peers: ids.map((id, i) => `${id}-controller:${9870 + i}`).join(';'),
      note: (text) => {
        this.#notes.push(`${String(this.#time.nowMs).padStart(6)} ms  ${text}`);
        if (this.#notes.length > notesMax) this.#notes.shift();
      },
    };
    this.#controllers = ids.map((id) => new SimulatedController(world, id));
    const addresses = this.#controllers.map(({ address }) => address);
    this.#brokers = ['broker-a', 'broker-b'].flatMap((name) =>
      [1, 2, 3].map((port) => new SimulatedBroker(world, name, `${name}:${port}`, 3, addresses)),
    );
  }

  outcome(seed: number): Outcome {
    const { violation, leaderCount, agreedCount, electionCount } = this.#safety;
    const counts = { leaders: leaderCount, events: agreedCount, elections: electionCount };
    return { seed, violation, atMs: this.#time.nowMs, notes: this.#notes, ...counts };
  }

  /** Faults, then calm in which everything must come to agree. Ends at the first violation. */
  async run(): Promise<void> {
    this.#network.lossRate = this.#random.next() * 0.15;
    this.#bootAll();
    for (let ms = 0; ms < faultsForMs && this.#safety.violation === null; ms += faultEveryMs) {
      await this.#time.passTo(this.#time.nowMs + faultEveryMs);
      this.#fault();
    }
    this.#network.lossRate = 0;
    this.#network.heal();
    this.#bootAll();
    for (let ms = 0; ms < calmForMs && this.#safety.violation === null; ms += faultEveryMs) {
      await this.#time.passTo(this.#time.nowMs + faultEveryMs);
    }
    if (this.#safety.violation === null) this.#requireAgreement();
  }

  #bootAll(): void {
    for (const one of [...this.#controllers, ...this.#brokers]) if (one.process === null) this.#boot(one);
  }

  #boot(one: SimulatedController | SimulatedBroker): void {
    try {
      one.boot();
    } catch (thrown) {
      this.#safety.require(false, `start of ${one.address}: ${errorText(thrown)}`);
    }
  }

  #fault(): void {
    const random = this.#random;
    const everyone = [...this.#controllers, ...this.#brokers];
    const one = everyone[random.int(everyone.length)]!;
    const controller = this.#controllers[random.int(this.#controllers.length)]!;
    const leader = this.#controllers.find(({ status }) => status?.role === 'LEADER') ?? controller;
    const dice = random.int(100);
    if (dice < 2) controller.crash(random.int(2) === 0 ? 'LOST' : 'KEPT');
    else if (dice < 3) for (const each of this.#controllers) each.crash('LOST');
    else if (dice < 5) leader.crash('LOST');
    else if (dice < 10) this.#brokers[random.int(this.#brokers.length)]!.crash();
    else if (dice < 25) {
      const down = everyone.filter(({ process }) => process === null);
      if (down.length > 0) this.#boot(down[random.int(down.length)]!);
    } else if (dice < 28) this.#cut([one.address], [everyone[random.int(everyone.length)]!.address]);
    else if (dice < 31) this.#isolate([random.int(2) === 0 ? leader.address : one.address]);
    else if (dice < 33) this.#isolate(everyone.map(({ address }) => address).filter(() => random.int(2) === 0));
    else if (dice < 44) this.#network.heal();
    else if (dice < 47 && one.process !== null) one.process.frozenUntilMs = this.#time.nowMs + random.int(frozenMaxMs);
    else if (dice < 51) void this.#brokers[random.int(this.#brokers.length)]!.designate();
  }

  /** Nothing passes between these and the others, or sometimes only one way. */
  #isolate(some: readonly string[]): void {
    const others = [...this.#controllers, ...this.#brokers]
      .map(({ address }) => address)
      .filter((a) => !some.includes(a));
    const dice = this.#random.int(4);
    if (dice !== 0) this.#cut(some, others);
    if (dice !== 1) this.#cut(others, some);
  }

  #cut(from: readonly string[], to: readonly string[]): void {
    for (const a of from) for (const b of to) if (a !== b) this.#network.cut(a, b);
  }

  #requireAgreement(): void {
    const safety = this.#safety;
    const leader = this.#controllers.find(({ status }) => status?.serving);
    safety.require(leader !== undefined, 'progress: nobody leads although the network is calm');
    for (const { id, applied } of this.#controllers) {
      safety.require(
        applied === safety.agreedCount,
        `progress: ${id} applied ${applied} of ${safety.agreedCount} events`,
      );
    }
    for (const name of ['broker-a', 'broker-b']) {
      const set = leader?.replicas?.set(name);
      const complete = set?.masterBrokerId != null && set.syncStateSet.length === 3;
      safety.require(complete, `progress: ${name} is not complete: ${JSON.stringify(set)}`);
      const lagging = this.#brokers.filter((broker) => broker.name === name && broker.masterEpoch !== set?.masterEpoch);
      safety.require(
        lagging.length === 0,
        `progress: ${lagging.map(({ address }) => address).join()} do not know the master`,
      );
    }
  }
}
