// A replica set over a simulated network and simulated disks, under a seed: the same seed replays the same run. Stores,
// replication, roles, acknowledgements and the decisions of the controller are the real ones.
import { errorText } from '../../base/errors.ts';
import { type Random, seededRandom } from '../../base/random.ts';
import { VirtualTime } from '../../base/simulation/virtual-time.ts';
import { controllerElectMaster } from '../../remoting/commands/controller-elect-master.ts';
import { encodeHeader } from '../../remoting/header.ts';
import { SimulatedNetwork } from '../../remoting/simulation/network.ts';
import { SimulatedController } from './controller.ts';
import { type Defect, type DefectName, defects } from './defects.ts';
import { startNameServer } from './name-server.ts';
import { Producer } from './producer.ts';
import { SimulatedReplica } from './replica.ts';
import { Safety } from './safety.ts';
import { SimulatedStreams } from './streams.ts';
import {
  brokerName,
  clusterName,
  controllerAddress,
  type Coverage,
  namesrvAddress,
  queueCount,
  topic,
  type World,
} from './world.ts';

/** A store takes a time stamp of 0 for none. */
const startMs = 1_000_000;
const faultsForMs = 4500;
const faultEveryMs = 75;
/** Traffic goes on for a while after everything is healed. */
const trafficForMs = 500;
const healingMaxMs = 20_000;
const callTimeoutMs = 400;
/** Of a new leader among the controllers. */
const electionMaxMs = 600;
const frozenMaxMs = 1500;
const notesMax = 80;
const changesMax = 12;

/** What a schedule went through; `violation` is null when everything held. */
export interface Outcome {
  readonly seed: number;
  readonly violation: string | null;
  readonly atMs: number;
  /** The last things that happened. */
  readonly notes: readonly string[];
  readonly coverage: Readonly<Coverage>;
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
  readonly #world: World;
  readonly #controller: SimulatedController;
  readonly #replicas: readonly SimulatedReplica[];
  readonly #producers: readonly Producer[];
  readonly #notes: string[] = [];
  readonly #coverage: Coverage = {
    switches: 0,
    crashes: 0,
    powerLosses: 0,
    tornWrites: 0,
    truncations: 0,
    cuts: 0,
    acknowledged: 0,
    refused: 0,
    unknown: 0,
  };

  constructor(seed: number, defect: Defect) {
    const random = seededRandom(seed);
    this.#random = random;
    this.#time = new VirtualTime(random, startMs);
    this.#network = new SimulatedNetwork(this.#time, random, { timeoutMaxMs: callTimeoutMs });
    this.#world = {
      time: this.#time,
      network: this.#network,
      streams: new SimulatedStreams(this.#time, random, this.#network),
      random,
      safety: this.#safety,
      defect,
      losesPower: defect.losesPower ?? random.int(3) === 0,
      coverage: this.#coverage,
      note: (text) => this.#note(text),
    };
    const size = 2 + random.int(3);
    const learner = size > 2 && random.int(3) === 0 ? size : -1;
    this.#controller = new SimulatedController(this.#world);
    this.#replicas = Array.from(
      { length: size },
      (_, i) => new SimulatedReplica(this.#world, i + 1, i + 1 === learner),
    );
    this.#safety.watch({
      replicas: this.#replicas,
      set: () => this.#controller.set,
      losesPower: this.#world.losesPower,
    });
    this.#world.streams.onServed = (stream) => {
      const replica = this.#replicas.find(({ address }) => address === stream.address)!;
      return this.#safety.frames(replica);
    };
    startNameServer(this.#world);
    this.#producers = [1, 2].map((number) => new Producer(this.#world, number, this.#replicas));
  }

  outcome(seed: number): Outcome {
    const { violation } = this.#safety;
    return { seed, violation, atMs: this.#time.nowMs - startMs, notes: this.#notes, coverage: this.#coverage };
  }

  #note(text: string): void {
    this.#notes.push(`${String(this.#time.nowMs - startMs).padStart(6)} ms  ${text}`);
    if (this.#notes.length > notesMax) this.#notes.shift();
  }

  /** Faults, then calm in which everything must come to be equal. Ends at the first violation. */
  async run(): Promise<void> {
    this.#network.lossRate = this.#random.int(4) === 0 ? 0.01 : this.#random.next() * 0.12;
    this.#bootAll();
    const quiet = this.#random.int(600);
    for (let ms = 0; ms < faultsForMs && !this.#failed; ms += faultEveryMs) {
      await this.#pass();
      if (ms > quiet) this.#fault();
    }
    this.#network.lossRate = 0;
    this.#network.heal();
    this.#note('healed');
    this.#bootAll();
    await this.#heal();
    if (!this.#failed) this.#safety.requireReadable(topic, queueCount);
  }

  async #heal(): Promise<void> {
    const before = this.#coverage.acknowledged;
    let missing: string | null = null;
    for (let ms = 0; ms < healingMaxMs && !this.#failed; ms += faultEveryMs) {
      await this.#pass();
      // A process may have died of what was planned for it before.
      this.#bootAll();
      if (ms < trafficForMs) continue;
      const serves = this.#coverage.acknowledged > before;
      if (serves) for (const producer of this.#producers) producer.end();
      missing = serves ? this.#safety.difference() : 'nothing is acknowledged';
      if (ms >= 2 * trafficForMs && missing === null) return;
    }
    this.#safety.require(false, `progress: ${missing}`);
  }

  get #failed(): boolean {
    return this.#safety.violation !== null;
  }

  async #pass(): Promise<void> {
    try {
      await this.#time.passTo(this.#time.nowMs + faultEveryMs);
    } catch (thrown) {
      this.#safety.require(false, `broken: ${thrown instanceof Error ? thrown.stack : errorText(thrown)}`);
    }
  }

  #bootAll(): void {
    if (this.#controller.process === null) this.#controller.boot();
    for (const replica of this.#replicas) if (replica.process === null) this.#boot(replica);
  }

  #boot(replica: SimulatedReplica): void {
    this.#note(`${replica.address} starts`);
    replica.boot().catch((thrown: unknown) => {
      this.#safety.require(
        replica.process === null,
        `start of ${replica.address}: ${thrown instanceof Error ? thrown.stack : errorText(thrown)}`,
      );
    });
  }

  #fault(): void {
    const random = this.#random;
    const { losesPower } = this.#world;
    const one = this.#pick(this.#replicas);
    const master = this.#replicas.find(({ isMaster }) => isMaster) ?? one;
    const target = random.int(2) === 0 ? master : one;
    const power = losesPower && random.int(2) === 0 ? 'LOST' : 'KEPT';
    const dice = random.int(100);
    if (dice < 4) target.crash(power);
    else if (dice < 9) target.crashAtChange(1 + random.int(changesMax));
    else if (dice < 11) void target.stop().catch((thrown: unknown) => this.#broken(target, thrown));
    else if (dice < 12) for (const replica of this.#replicas) replica.crash(power);
    else if (dice < 27) {
      const down = this.#replicas.filter(({ process }) => process === null);
      if (down.length > 0) this.#boot(this.#pick(down));
    } else if (dice < 30) this.#failOver();
    else if (dice < 37) this.#cut([target.address], [this.#pick(this.#everyone)]);
    else if (dice < 40) this.#cut([this.#pick(this.#everyone)], [target.address]);
    else if (dice < 44) this.#isolate([target.address]);
    else if (dice < 45) this.#isolate(this.#everyone.filter(() => random.int(2) === 0));
    else if (dice < 57) this.#network.heal();
    else if (dice < 60 && target.process !== null)
      target.process.frozenUntilMs = this.#time.nowMs + random.int(frozenMaxMs);
    else if (dice < 66) this.#designate(this.#pick(this.#replicas.filter(({ learner }) => !learner)));
  }

  #failOver(): void {
    this.#controller.crash();
    this.#time.after(this.#random.int(electionMaxMs), null, () => {
      if (this.#controller.process === null) this.#controller.boot();
    });
  }

  get #everyone(): string[] {
    return [...this.#replicas.map(({ address }) => address), controllerAddress, namesrvAddress];
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random.int(items.length)]!;
  }

  #broken(replica: SimulatedReplica, thrown: unknown): void {
    const text = thrown instanceof Error ? thrown.stack : errorText(thrown);
    if (replica.process !== null) this.#safety.require(false, `end of ${replica.address}: ${text}`);
  }

  /** A tool asks for another master. */
  #designate(replica: SimulatedReplica): void {
    const set = this.#controller.set;
    const brokerId = [...(set?.brokers ?? [])].find(([, { address }]) => address === replica.address)?.[0];
    if (brokerId === undefined) return;
    const process = { alive: true, frozenUntilMs: 0 };
    const client = this.#network.client(this.#network.listen('tool:1', process));
    const header = { clusterName, brokerName, brokerId, designateElect: true };
    const request = {
      code: controllerElectMaster.code,
      extFields: encodeHeader(controllerElectMaster.request, header),
    };
    client.invoke(controllerAddress, request, callTimeoutMs).catch(() => {}); // A tool that is not answered gives up.
  }

  /** Nothing passes between these and the others, or sometimes only one way. */
  #isolate(some: readonly string[]): void {
    const others = this.#everyone.filter((address) => !some.includes(address));
    const dice = this.#random.int(4);
    if (dice !== 0) this.#cut(some, others);
    if (dice !== 1) this.#cut(others, some);
  }

  #cut(from: readonly string[], to: readonly string[]): void {
    this.#coverage.cuts++;
    for (const a of from) for (const b of to) if (a !== b) this.#network.cut(a, b);
  }
}
