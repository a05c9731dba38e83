// A controller group with its brokers over a simulated network and simulated disks, under a seed: the same seed replays the
// same run. The controllers are the real ones; brokers, time, network and disks are simulated.
import { errorText } from '../../base/errors.ts';
import { seededRandom, type Random } from '../../base/random.ts';
import { SimulatedBroker } from './broker.ts';
import { SimulatedController } from './controller.ts';
import { type CountName, type Counts, noCounts } from './counts.ts';
import { type DefectName, type Defect, defects } from './defects.ts';
import { Faults } from './faults.ts';
import { SimulatedNetwork } from '../../remoting/simulation/network.ts';
import { Safety } from './safety.ts';
import { SimulatedTool } from './tool.ts';
import { VirtualTime } from '../../base/simulation/virtual-time.ts';
import type { World } from './world.ts';

/** One schedule in so many has faults from the first moment on. */
const coldStartEvery = 4;
const faultsForMs = 8000;
const calmAtLeastMs = 1000;
const calmAtMostMs = 10_000;
const turnMs = 100;
const delayMaxMs = 25;
const lossRateMax = 0.15;
const notesMax = 60;
const noteCharactersMax = 200;
/** Sizes of the group, each as likely as it is often here. */
const sizes = [1, 3, 3, 3, 3, 3, 5, 5];
/** How many brokers each set has. */
const brokerSets = new Map([
  ['broker-a', 3],
  ['broker-b', 2],
]);

/** What a schedule went through; `violation` is null when everything held. */
export interface Outcome {
  readonly seed: number;
  readonly violation: string | null;
  readonly atMs: number;
  /** The last things that happened. */
  readonly notes: readonly string[];
  readonly counts: Readonly<Counts>;
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
  readonly #faults: Faults;
  readonly #notes: string[] = [];
  readonly #counts: Counts = noCounts();

  constructor(seed: number, defect: Defect) {
    this.#random = seededRandom(seed);
    this.#time = new VirtualTime(this.#random);
    const count = (name: CountName) => void this.#counts[name]++;
    this.#network = new SimulatedNetwork(this.#time, this.#random, {
      delayMaxMs,
      onFrame: (fate) => count(`frames${fate}`),
    });
    const size = sizes[this.#random.int(sizes.length)]!;
    const ids = Array.from({ length: size }, (_, i) => `n${i}`);
    const world: World = {
      time: this.#time,
      network: this.#network,
      random: this.#random,
      safety: this.#safety,
      defect,
      peers: ids.map((id, i) => `${id}-controller:${9870 + i}`).join(';'),
      brokerIds: (name) => this.#brokersOf(name).flatMap(({ brokerId }) => brokerId ?? []),
      readsThroughLog: this.#random.int(3) === 0,
      note: (text) => {
        this.#notes.push(`${String(this.#time.nowMs).padStart(6)} ms  ${text.slice(0, noteCharactersMax)}`);
        if (this.#notes.length > notesMax) this.#notes.shift();
      },
      count,
    };
    this.#controllers = ids.map((id) => new SimulatedController(world, id));
    this.#counts.controllers = size;
    const addresses = this.#controllers.map(({ address }) => address);
    this.#brokers = [...brokerSets].flatMap(([name, length]) =>
      Array.from({ length }, (_, i) => new SimulatedBroker(world, name, i + 1, addresses)),
    );
    this.#faults = new Faults(world, this.#controllers, this.#brokers, new SimulatedTool(world, addresses));
  }

  outcome(seed: number): Outcome {
    const { violation, leaderCount, committedCount, agreedCount, changeCount, forgottenCount, masters } = this.#safety;
    const mastersElected = masters.filter((id) => id !== null).length;
    const counts = {
      ...this.#counts,
      raftLeaders: leaderCount,
      entriesCommitted: committedCount,
      eventsAgreed: agreedCount,
      mastersElected,
      electionsWithoutMaster: masters.length - mastersElected,
      syncStateSetChanges: changeCount - mastersElected,
      brokersForgotten: forgottenCount,
    };
    return { seed, violation, atMs: this.#time.nowMs, notes: this.#notes, counts };
  }

  /** Calm until all brokers are in place, mostly; then faults, then calm in which everything must come to agree. Ends at the first violation. */
  async run(): Promise<void> {
    try {
      this.#bootAll();
      if (this.#random.int(coldStartEvery) > 0) await this.#calm(0);
      await this.#faulty();
      this.#network.lossRate = 0;
      this.#network.heal();
      this.#bootAll();
      await this.#calm(calmAtLeastMs);
    } catch (thrown) {
      if (thrown instanceof Error) this.#notes.push(String(thrown.stack));
      this.#safety.require(false, `thrown: ${errorText(thrown)}`);
    }
  }

  async #faulty(): Promise<void> {
    this.#network.lossRate = this.#random.next() * lossRateMax;
    const endMs = this.#time.nowMs + faultsForMs;
    while (this.#time.nowMs < endMs && this.#safety.violation === null) {
      await this.#turn();
      this.#faults.next();
    }
  }

  async #calm(atLeastMs: number): Promise<void> {
    const fromMs = this.#time.nowMs;
    while (this.#safety.violation === null) {
      await this.#turn();
      const calmMs = this.#time.nowMs - fromMs;
      const missing = this.#missing();
      if (missing === null && calmMs >= atLeastMs) return;
      this.#safety.require(calmMs < calmAtMostMs, `progress: after ${calmMs} ms of calm ${missing}`);
    }
  }

  async #turn(): Promise<void> {
    await this.#time.passTo(this.#time.nowMs + turnMs);
    for (const controller of this.#controllers) controller.showCommitted();
  }

  #bootAll(): void {
    for (const one of [...this.#controllers, ...this.#brokers]) if (one.process === null) one.boot();
  }

  #brokersOf(name: string): SimulatedBroker[] {
    return this.#brokers.filter((broker) => broker.name === name);
  }

  /** What a healed group has not reached yet. */
  #missing(): string | null {
    const leader = this.#controllers.find(({ status }) => status?.serving);
    if (leader === undefined) return 'nobody leads';
    const { agreedCount } = this.#safety;
    for (const { id, applied } of this.#controllers) {
      if (applied !== agreedCount) return `${id} has applied ${applied} of ${agreedCount} events`;
    }
    for (const [name, size] of brokerSets) {
      const set = leader.replicas?.set(name);
      const state = `${name} is ${JSON.stringify(set && { ...set, brokers: [...set.brokers] })}`;
      if (set?.masterBrokerId == null || set.syncStateSet.length !== size) return `${state}, not complete`;
      for (const broker of this.#brokersOf(name)) {
        const { address, brokerId, masterEpoch } = broker;
        if (masterEpoch !== set.masterEpoch) return `${address} knows epoch ${masterEpoch}; ${state}`;
        if (!broker.hadAddress(set.brokers.get(brokerId ?? -1)?.address ?? '')) {
          return `${address} is not known by it; ${state}`;
        }
      }
    }
    return null;
  }
}
