import type { Random } from '../../base/random.ts';
import type { SimulatedBroker } from './broker.ts';
import type { SimulatedController } from './controller.ts';
import type { SimulatedTool } from './tool.ts';
import type { World } from './world.ts';

const frozenMaxMs = 2000;
const pipelineMax = 6;
/** Tools ask a frozen leader so long before it goes on. */
const asksBeforeMs = 50;

/** A set that no broker belongs to. */
export const pipedBrokerName = 'nobody';

/** What goes wrong in a schedule, and what operators do meanwhile, one thing at a time. */
export class Faults {
  readonly #world: World;
  readonly #random: Random;
  readonly #controllers: readonly SimulatedController[];
  readonly #brokers: readonly SimulatedBroker[];
  readonly #tool: SimulatedTool;
  #proposed = 0;

  constructor(
    world: World,
    controllers: readonly SimulatedController[],
    brokers: readonly SimulatedBroker[],
    tool: SimulatedTool,
  ) {
    this.#world = world;
    this.#random = world.random;
    this.#controllers = controllers;
    this.#brokers = brokers;
    this.#tool = tool;
  }

  /** One turn of the dice. */
  next(): void {
    const controller = this.#oneOf(this.#controllers);
    const leader = this.#controllers.find(({ status }) => status?.role === 'LEADER') ?? controller;
    const broker = this.#oneOf(this.#brokers);
    const dice = this.#random.int(100);
    if (dice < 2) controller.crash(this.#random.int(2) === 0 ? 'LOST' : 'KEPT');
    else if (dice < 3) for (const each of this.#controllers) each.crash('LOST');
    else if (dice < 5) leader.crash('LOST');
    else if (dice < 10) broker.crash();
    else if (dice < 25) this.#restart();
    else if (dice < 35) this.#partition(leader);
    else if (dice < 44) this.#world.network.heal();
    else if (dice < 46) this.#freeze(this.#oneOf(this.#everyone), this.#random.int(frozenMaxMs));
    else if (dice < 48) {
      // Long enough for another one to lead and to elect, while requests wait here.
      const forMs = frozenMaxMs / 2 + this.#random.int(frozenMaxMs);
      this.#freeze(leader, forMs);
      broker.crash();
      this.#world.time.after(forMs - asksBeforeMs, null, () => {
        for (const { name } of this.#brokers) void this.#tool.ask(leader.address, name);
      });
    } else if (dice < 51) void this.#tool.designate(broker);
    else if (dice < 53) void this.#tool.admitGhost(broker.name);
    else if (dice < 55) void this.#tool.forgetGhost(broker.name);
    else if (dice < 75) this.#propose();
  }

  #oneOf<T>(items: readonly T[]): T {
    return items[this.#random.int(items.length)]!;
  }

  get #everyone(): (SimulatedController | SimulatedBroker)[] {
    return [...this.#controllers, ...this.#brokers];
  }

  #restart(): void {
    const down = this.#everyone.filter(({ process }) => process === null);
    if (down.length > 0) this.#oneOf(down).boot();
  }

  #freeze({ process }: SimulatedController | SimulatedBroker, forMs: number): void {
    if (process === null) return;
    this.#world.count('freezes');
    process.frozenUntilMs = this.#world.time.nowMs + forMs;
  }

  /** Cuts two processes, one from all others, or everybody into two halves; sometimes only one way. */
  #partition(leader: SimulatedController): void {
    const addresses = this.#everyone.map(({ address }) => address);
    const dice = this.#random.int(10);
    const some =
      dice < 3
        ? [this.#oneOf(addresses)]
        : dice < 6
          ? [leader.address]
          : addresses.filter(() => this.#random.int(2) === 0);
    const others = dice < 3 ? [this.#oneOf(addresses)] : addresses.filter((address) => !some.includes(address));
    const way = this.#random.int(4);
    this.#world.count(way < 2 ? 'oneWayCuts' : 'partitions');
    if (way !== 0) this.#cut(some, others);
    if (way !== 1) this.#cut(others, some);
  }

  #cut(from: readonly string[], to: readonly string[]): void {
    for (const a of from) for (const b of to) if (a !== b) this.#world.network.cut(a, b);
  }

  /** Events of a set that nobody knows, to whoever holds itself for the leader. Nobody waits: they fill the pipeline. */
  #propose(): void {
    const leaders = this.#controllers.filter(({ status }) => status?.role === 'LEADER');
    if (leaders.length === 0) return;
    const events = Array.from({ length: 1 + this.#random.int(pipelineMax) }, () => {
      const moved = { brokerName: pipedBrokerName, clusterName: 'nowhere', brokerId: ++this.#proposed };
      return {
        eventType: 'UPDATE_BROKER_ADDRESS',
        ...moved,
        brokerAddress: 'x'.repeat(this.#random.int(200)),
      } as const;
    });
    void this.#oneOf(leaders).propose(events);
  }
}
