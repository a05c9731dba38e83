import type { Release } from '../../base/release.ts';
import type { Connection } from '../../remoting/types.ts';
import { type ClientChannel, type ClientIdentity, renewChannel } from './channel.ts';
import { expiredIn } from './consumer-registry.ts';

interface ProducerGroup {
  readonly channels: Map<Connection, ClientChannel>;
}

/** Producers online, by group. Old keeps a group whose last producer left, new forgets it. */
export class ProducerRegistry {
  readonly #release: Release;
  readonly #groups = new Map<string, ProducerGroup>();

  constructor(release: Release) {
    this.#release = release;
  }

  /** Members of a group, undefined when it is unknown. */
  get(group: string): readonly ClientChannel[] | undefined {
    const known = this.#groups.get(group);
    return known && [...known.channels.values()];
  }

  all(): [string, ClientChannel[]][] {
    return Array.from(this.#groups, ([group, { channels }]) => [group, [...channels.values()]]);
  }

  register(group: string, identity: ClientIdentity, nowMs: number): void {
    let known = this.#groups.get(group);
    if (known === undefined) {
      known = { channels: new Map() };
      this.#groups.set(group, known);
    }
    renewChannel(known.channels, identity, nowMs);
  }

  unregister(group: string, connection: Connection): void {
    const known = this.#groups.get(group);
    if (known === undefined || !known.channels.delete(connection)) return;
    if (known.channels.size === 0 && this.#release === 'new') this.#groups.delete(group);
  }

  /** Takes a closed connection out of every group. */
  drop(connection: Connection): void {
    for (const group of this.#groups.keys()) this.unregister(group, connection);
  }

  expired(nowMs: number): Connection[] {
    return expiredIn(this.#groups.values(), nowMs);
  }
}
