import type { Connection } from '../../remoting/types.ts';

/** What a heartbeat (904) says. */
export interface Heartbeat {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerId: number;
  readonly brokerAddress: string;
  readonly timeoutMs: number;
  /** Last epoch of the broker's epoch file, and the end of its log in it. */
  readonly epoch: number;
  readonly maxOffset: number;
  readonly confirmOffset: number;
  /** Smaller is preferred. */
  readonly electionPriority: number;
}

export interface LiveBroker extends Heartbeat {
  readonly lastMs: number;
  /** The connection of the first heartbeat: when it closes, the broker counts as gone. */
  readonly connection: Connection;
}

/** More brokers than this are not kept: the heartbeat of the next one is refused. */
export const brokersMax = 10000;

/**
 * The brokers that this controller hears. Each member of the group keeps its own table, which is not replicated: brokers
 * send to all of them. Source: `DefaultBrokerHeartbeatManager`, 5.3.3.
 */
export class LiveBrokers {
  readonly #brokers = new Map<string, LiveBroker>();

  /** Takes a heartbeat; `FIRST` when the broker was unknown, `FULL` when it stays so. */
  heard(heartbeat: Heartbeat, connection: Connection, nowMs: number): 'FIRST' | 'KNOWN' | 'FULL' {
    const key = keyOf(heartbeat.clusterName, heartbeat.brokerName, heartbeat.brokerId);
    const known = this.#brokers.get(key);
    if (known === undefined) {
      if (this.#brokers.size >= brokersMax) return 'FULL';
      this.#brokers.set(key, { ...heartbeat, lastMs: nowMs, connection });
      return 'FIRST';
    }
    // Heartbeats overtake each other on different connections: the log position moves only forward.
    const forward =
      heartbeat.epoch > known.epoch || (heartbeat.epoch === known.epoch && heartbeat.maxOffset > known.maxOffset);
    const { epoch, maxOffset, confirmOffset } = forward ? heartbeat : known;
    const { timeoutMs, electionPriority } = heartbeat;
    const fresh = { timeoutMs, electionPriority, epoch, maxOffset, confirmOffset, lastMs: nowMs };
    this.#brokers.set(key, { ...known, ...fresh });
    return 'KNOWN';
  }

  /** The broker when its last heartbeat is not too old. */
  living(clusterName: string, brokerName: string, brokerId: number, nowMs: number): LiveBroker | undefined {
    const broker = this.#brokers.get(keyOf(clusterName, brokerName, brokerId));
    return broker !== undefined && broker.lastMs + broker.timeoutMs >= nowMs ? broker : undefined;
  }

  /** Living brokers of each set. */
  counts(nowMs: number): { readonly clusterName: string; readonly brokerName: string; readonly count: number }[] {
    const living = [...this.#brokers.values()].filter(({ lastMs, timeoutMs }) => lastMs + timeoutMs >= nowMs);
    const sets = Map.groupBy(living, ({ clusterName, brokerName }) => JSON.stringify([clusterName, brokerName]));
    return [...sets.values()].map((brokers) => {
      const [{ clusterName, brokerName }] = brokers as [LiveBroker];
      return { clusterName, brokerName, count: brokers.length };
    });
  }

  /** When the first of them is silent for too long if nobody sends any more; null without brokers. */
  get nextExpiryMs(): number | null {
    let next: number | null = null;
    for (const { lastMs, timeoutMs } of this.#brokers.values()) {
      if (next === null || lastMs + timeoutMs < next) next = lastMs + timeoutMs;
    }
    return next === null ? null : next + 1;
  }

  /** Removes and returns the brokers that are silent for too long. */
  expire(nowMs: number): LiveBroker[] {
    return this.#remove(({ lastMs, timeoutMs }) => lastMs + timeoutMs < nowMs);
  }

  /** Removes and returns the brokers that were first heard on a connection. */
  closed(connection: Connection): LiveBroker[] {
    return this.#remove((broker) => broker.connection === connection);
  }

  #remove(wanted: (broker: LiveBroker) => boolean): LiveBroker[] {
    const removed: LiveBroker[] = [];
    for (const [key, broker] of this.#brokers) {
      if (!wanted(broker)) continue;
      this.#brokers.delete(key);
      removed.push(broker);
    }
    return removed;
  }
}

function keyOf(clusterName: string, brokerName: string, brokerId: number): string {
  return JSON.stringify([clusterName, brokerName, brokerId]);
}
