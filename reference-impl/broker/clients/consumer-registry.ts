import type { Connection } from '../../remoting/types.ts';
import { channelExpiredMs, type ClientChannel, type ClientIdentity, renewChannel } from './channel.ts';
import type { ConsumerData } from './heartbeat.ts';
import type { SubscriptionData } from './subscription.ts';

/** One group that has members online. */
export interface ConsumerGroup {
  readonly groupName: string;
  consumeType: string;
  messageModel: string;
  consumeFromWhere: string;
  readonly channels: Map<Connection, ClientChannel>;
  readonly subscriptions: Map<string, SubscriptionData>;
}

/** Consumers online, by group. A group exists while it has a member. */
export class ConsumerRegistry {
  readonly #groups = new Map<string, ConsumerGroup>();

  get(group: string): ConsumerGroup | undefined {
    return this.#groups.get(group);
  }

  all(): IterableIterator<ConsumerGroup> {
    return this.#groups.values();
  }

  /**
   * Takes one group of a heartbeat. True when members or subscriptions changed.
   * @param withoutSub the subscriptions were left out: keep the known ones
   */
  register(data: ConsumerData, identity: ClientIdentity, withoutSub: boolean, nowMs: number): boolean {
    const group = this.#open(data);
    group.consumeType = data.consumeType;
    group.messageModel = data.messageModel;
    group.consumeFromWhere = data.consumeFromWhere;
    const joined = renewChannel(group.channels, identity, nowMs);
    const resubscribed = !withoutSub && replaceSubscriptions(group.subscriptions, data.subscriptions);
    return joined || resubscribed;
  }

  /** True when the client was a member. */
  unregister(group: string, connection: Connection): boolean {
    const known = this.#groups.get(group);
    if (known === undefined || !known.channels.delete(connection)) return false;
    if (known.channels.size === 0) this.#groups.delete(group);
    return true;
  }

  /** Takes a closed connection out of every group; returns the groups it was in. */
  drop(connection: Connection): string[] {
    const left = [...this.#groups.keys()].filter((group) => this.#groups.get(group)!.channels.has(connection));
    for (const group of left) this.unregister(group, connection);
    return left;
  }

  /** Connections without a heartbeat for too long. */
  expired(nowMs: number): Connection[] {
    return expiredIn(this.#groups.values(), nowMs);
  }

  #open(data: ConsumerData): ConsumerGroup {
    const known = this.#groups.get(data.groupName);
    if (known !== undefined) return known;
    const { groupName, consumeType, messageModel, consumeFromWhere } = data;
    const group = {
      groupName,
      consumeType,
      messageModel,
      consumeFromWhere,
      channels: new Map(),
      subscriptions: new Map(),
    };
    this.#groups.set(groupName, group);
    return group;
  }
}

/** Connections of `groups` whose last heartbeat is too old. */
export function expiredIn(groups: Iterable<{ channels: Map<Connection, ClientChannel> }>, nowMs: number): Connection[] {
  return Array.from(groups, ({ channels }) => [...channels.values()])
    .flat()
    .filter((channel) => nowMs - channel.lastUpdateMs > channelExpiredMs)
    .map((channel) => channel.connection);
}

/** A higher subVersion replaces; topics that the newest heartbeat does not name go. */
function replaceSubscriptions(known: Map<string, SubscriptionData>, given: readonly SubscriptionData[]): boolean {
  let changed = false;
  for (const subscription of given) {
    const old = known.get(subscription.topic);
    if (old !== undefined && old.subVersion >= subscription.subVersion) continue;
    if (old === undefined || old.subString !== subscription.subString) changed = true;
    known.set(subscription.topic, subscription);
  }
  const topics = new Set(given.map((subscription) => subscription.topic));
  for (const topic of known.keys()) {
    if (topics.has(topic)) continue;
    known.delete(topic);
    changed = true;
  }
  return changed;
}
