import type { Clock, Timer } from '../clock.ts';
import type { Random } from '../random.ts';

/** One life of a simulated process. A crash ends it for ever; whatever was under way in it never happens. */
export interface SimulatedProcess {
  alive: boolean;
  /** Frozen until then: what falls due meanwhile happens late. */
  frozenUntilMs: number;
}

/** Null: the world itself, which neither dies nor freezes. A function is asked when the time has come. */
type Owner = SimulatedProcess | null | (() => SimulatedProcess | null);

interface Due {
  readonly owner: Owner;
  /** Null once cancelled. */
  run: (() => void) | null;
}

/** Everything falls on a multiple of this. */
const instantMs = 5;

/**
 * Time that passes only when everything due is done. What is due at one instant happens in an order that the seed decides;
 * promises of a process settle before the next thing happens to it, as in a real event loop.
 */
export class VirtualTime {
  nowMs: number;
  readonly #random: Random;
  readonly #due = new Map<number, Due[]>();

  constructor(random: Random, startMs = 0) {
    this.#random = random;
    this.nowMs = startMs;
  }

  /** Runs `run` after at least one instant, unless its owner dies first. */
  after(delayMs: number, owner: Owner, run: () => void): Timer {
    const due: Due = { owner, run };
    this.#add(this.nowMs + Math.max(instantMs, delayMs), due);
    return {
      cancel() {
        due.run = null;
      },
    };
  }

  #add(earliestMs: number, due: Due): void {
    const atMs = Math.ceil(earliestMs / instantMs) * instantMs;
    const others = this.#due.get(atMs);
    if (others === undefined) this.#due.set(atMs, [due]);
    else others.push(due);
  }

  async passTo(endMs: number): Promise<void> {
    while (this.nowMs < endMs) {
      this.nowMs += instantMs;
      const due = this.#due.get(this.nowMs);
      if (due === undefined) continue;
      this.#due.delete(this.nowMs);
      await this.#run(shuffled(due, this.#random));
    }
  }

  async #run(due: readonly Due[]): Promise<void> {
    const busy = new Set<SimulatedProcess | null>();
    for (const one of due) {
      if (one.run === null) continue;
      const owner = typeof one.owner === 'function' ? one.owner() : one.owner;
      if (owner !== null && !owner.alive) continue;
      if (owner !== null && owner.frozenUntilMs > this.nowMs) {
        this.#add(owner.frozenUntilMs, one);
        continue;
      }
      if (busy.has(owner)) {
        await settled();
        busy.clear();
      }
      busy.add(owner);
      try {
        // Not again through `one`: what ran in between may have cancelled it.
        one.run?.();
      } catch (thrown) {
        // Died in the middle of it: what it would have done after that never happens.
        if (owner === null || owner.alive) throw thrown;
      }
    }
    await settled();
  }

  /** The clock of a process. */
  clockOf(owner: SimulatedProcess): Clock {
    return {
      nowMs: () => this.nowMs,
      after: (delayMs, callback) => this.after(delayMs, owner, callback),
      every: (periodMs, callback, firstMs = periodMs) => {
        const run = () => {
          next = this.after(periodMs, owner, run);
          callback();
        };
        let next = this.after(firstMs, owner, run);
        return { cancel: () => next.cancel() };
      },
    };
  }
}

/** Every promise that can settle without time passing has settled: Node takes the next tick when no promise job is left. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

function shuffled<T>(items: T[], random: Random): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
