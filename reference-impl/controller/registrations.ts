import type { Connection } from '../remoting/types.ts';

/** Far more brokers than a group of controllers serves; a registration beyond it is not kept. */
const brokersMax = 10_000;

/**
 * Over which connection each broker registered last. What comes over an older one is from an earlier life of that broker: it
 * waited here, or on its way, while the broker died and registered anew. Connections count up as they are accepted. Only in
 * memory: a request on its way to a former leader is refused there.
 */
export class Registrations {
  readonly #connections = new Map<string, number>();

  registered(brokerName: string, brokerId: number, connection: Connection): void {
    const key = keyOf(brokerName, brokerId);
    if (this.#connections.size < brokersMax || this.#connections.has(key)) this.#connections.set(key, connection.id);
  }

  isFormerLife(brokerName: string, brokerId: number, connection: Connection): boolean {
    const registered = this.#connections.get(keyOf(brokerName, brokerId));
    return registered !== undefined && connection.id < registered;
  }
}

function keyOf(brokerName: string, brokerId: number): string {
  return JSON.stringify([brokerName, brokerId]);
}
