import type { Clock, Timer } from '../../base/clock.ts';
import type { Release } from '../../base/release.ts';
import { notifyConsumerIdsChanged } from '../../remoting/commands/notify-consumer-ids-changed.ts';
import { encodeHeader } from '../../remoting/header.ts';
import type { Connection } from '../../remoting/types.ts';
import { channelScanMs, type ClientIdentity } from './channel.ts';
import { ConsumerRegistry } from './consumer-registry.ts';
import type { ConsumerData } from './heartbeat.ts';
import { ProducerRegistry } from './producer-registry.ts';

/** Clients online: who they are, and telling consumers when their group changed. */
export class Clients {
  readonly consumers = new ConsumerRegistry();
  readonly producers: ProducerRegistry;
  readonly #release: Release;
  readonly #clock: Clock;
  /** Whether members of `group` hear of changes. */
  readonly #notifies: (group: string) => boolean;
  readonly #watched = new WeakSet<Connection>();
  #scan: Timer | undefined;

  constructor(release: Release, clock: Clock, notifies: (group: string) => boolean) {
    this.#release = release;
    this.#clock = clock;
    this.#notifies = notifies;
    this.producers = new ProducerRegistry(release);
  }

  start(): void {
    this.#scan = this.#clock.every(channelScanMs, () => this.#closeExpired());
  }

  stop(): void {
    this.#scan?.cancel();
  }

  /** Takes one consumer group of a heartbeat. @param withoutSub see `ConsumerRegistry.register` */
  registerConsumer(data: ConsumerData, identity: ClientIdentity, withoutSub: boolean): void {
    this.#watch(identity.connection);
    const changed = this.consumers.register(data, identity, withoutSub, this.#clock.nowMs());
    if (changed) this.#notify(data.groupName);
  }

  registerProducer(group: string, identity: ClientIdentity): void {
    this.#watch(identity.connection);
    this.producers.register(group, identity, this.#clock.nowMs());
  }

  unregisterConsumer(group: string, connection: Connection): void {
    if (this.consumers.unregister(group, connection)) this.#notify(group);
  }

  #watch(connection: Connection): void {
    if (this.#watched.has(connection)) return;
    this.#watched.add(connection);
    connection.onClose(() => {
      this.producers.drop(connection);
      for (const group of this.consumers.drop(connection)) this.#notify(group);
    });
  }

  /** Every member hears, the one that caused the change too. New tells no broadcasting group: nobody shares its queues. */
  #notify(name: string): void {
    const group = this.consumers.get(name);
    if (group === undefined || !this.#notifies(name)) return;
    if (this.#release === 'new' && group.messageModel === 'BROADCASTING') return;
    const { code, request } = notifyConsumerIdsChanged;
    const extFields = encodeHeader(request, { consumerGroup: name });
    for (const connection of group.channels.keys()) connection.oneway({ code, extFields });
  }

  #closeExpired(): void {
    const nowMs = this.#clock.nowMs();
    for (const connection of [...this.consumers.expired(nowMs), ...this.producers.expired(nowMs)]) connection.close();
  }
}
