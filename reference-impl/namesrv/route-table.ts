import type { Release } from '../base/release.ts';
import type { DataVersion } from '../remoting/bodies/data-version.ts';
import type { TopicQueueMappingInfo } from '../remoting/bodies/topic-queue-mapping-info.ts';
import type { QueueData } from '../remoting/commands/get-routeinfo-by-topic.ts';

/**
 * What a NameServer knows of brokers and topics (`RouteInfoManager`), all of it in memory. The functions of this folder
 * change it in place; they do no I/O and take the time as a value. Answers are encoded before the next change.
 */
export interface RouteTable {
  readonly release: Release;
  /** Queues by topic and broker name. */
  readonly topicQueueTable: Map<string, Map<string, QueueData>>;
  /** Replica sets by name; names are global, whatever the cluster. */
  readonly brokerAddrTable: Map<string, BrokerSet>;
  /** Broker names by cluster. */
  readonly clusterAddrTable: Map<string, Set<string>>;
  /** Brokers by `liveKey`. */
  readonly brokerLiveTable: Map<string, LiveBroker>;
  /** Filter servers by `liveKey`; current brokers have none. */
  readonly filterServerTable: Map<string, readonly string[]>;
  /** Static topics by topic and broker name (new). */
  readonly topicQueueMappingInfoTable: Map<string, Map<string, TopicQueueMappingInfo>>;
}

/** One replica set. A `BrokerData` that changes. */
export interface BrokerSet {
  readonly cluster: string;
  readonly brokerName: string;
  readonly brokerAddrs: Map<number, string>;
  enableActingMaster: boolean;
  zoneName: string | null;
}

/** One registered broker, bound to the connection of its last registration. */
export interface LiveBroker {
  readonly clusterName: string;
  readonly brokerAddr: string;
  readonly haServerAddr: string | null;
  readonly dataVersion: DataVersion;
  readonly heartbeatTimeoutMs: number;
  readonly connectionId: number;
  lastUpdateMs: number;
}

/** A change of the smallest id in a set, for the brokers that want to know (905). */
export interface MinBrokerIdChange {
  readonly minBrokerId: number;
  readonly minBrokerAddr: string;
  readonly offlineBrokerAddr: string | null;
  readonly haBrokerAddr: string | null;
  /** Addresses of the brokers to tell. */
  readonly notify: readonly string[];
}

/** Bits of `perm`. */
export const Perm = { WRITE: 2, READ: 4 } as const;

export function createRouteTable(release: Release): RouteTable {
  return {
    release,
    topicQueueTable: new Map(),
    brokerAddrTable: new Map(),
    clusterAddrTable: new Map(),
    brokerLiveTable: new Map(),
    filterServerTable: new Map(),
    topicQueueMappingInfoTable: new Map(),
  };
}

/** Old tells brokers apart by address, new by cluster and address. */
export function liveKey(table: RouteTable, clusterName: string, brokerAddr: string): string {
  return table.release === 'old' ? brokerAddr : `${clusterName}\n${brokerAddr}`;
}

/** Smallest id of a set that has a broker, else undefined. */
export function minBrokerId(set: BrokerSet): number | undefined {
  return set.brokerAddrs.size === 0 ? undefined : Math.min(...set.brokerAddrs.keys());
}

export function setQueueData(table: RouteTable, topic: string, data: QueueData): void {
  const queues = table.topicQueueTable.get(topic);
  if (queues === undefined) table.topicQueueTable.set(topic, new Map([[data.brokerName, data]]));
  else queues.set(data.brokerName, data);
}

/** Takes a broker's queues out of a topic; a topic without queues goes too. */
export function deleteQueueData(table: RouteTable, topic: string, brokerName: string): void {
  const queues = table.topicQueueTable.get(topic);
  if (queues?.delete(brokerName) && queues.size === 0) table.topicQueueTable.delete(topic);
}

/** Renews the time of a broker that showed up (904, 322). */
export function touchBroker(table: RouteTable, clusterName: string, brokerAddr: string, nowMs: number): void {
  const live = table.brokerLiveTable.get(liveKey(table, clusterName, brokerAddr));
  if (live !== undefined) live.lastUpdateMs = nowMs;
}
