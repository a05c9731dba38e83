import { MASTER_ID } from '../remoting/bodies/broker-data.ts';
import {
  type BrokerSet,
  deleteQueueData,
  type LiveBroker,
  liveKey,
  type MinBrokerIdChange,
  minBrokerId,
  Perm,
  type RouteTable,
} from './route-table.ts';

/** A broker that leaves: it says so (104), its connection closed, or it was silent. */
export interface Leaving {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerAddr: string;
  readonly brokerId: number;
}

/**
 * Takes brokers out of the table and says which sets have another smallest id now. A set without brokers goes with its
 * queues. A set that lost its master keeps its topics; with acting master they lose the write permission (new).
 * Source: `RouteInfoManager.unregisterBroker`, 4.9.7 and 5.3.3.
 */
export function unregisterBrokers(table: RouteTable, leaving: readonly Leaving[]): MinBrokerIdChange[] {
  const changes = new Map<string, MinBrokerIdChange>();
  const removed = new Set<string>();
  const reduced = new Set<BrokerSet>();
  for (const one of leaving) {
    const key = liveKey(table, one.clusterName, one.brokerAddr);
    table.brokerLiveTable.delete(key);
    table.filterServerTable.delete(key);
    const set = table.brokerAddrTable.get(one.brokerName);
    if (set === undefined) continue;
    const wasMin = minBrokerId(set) === one.brokerId;
    removeAddress(table, set, one);
    if (set.brokerAddrs.size > 0) {
      reduced.add(set);
      if (wasMin && set.enableActingMaster) changes.set(set.brokerName, lost(set, one.brokerAddr));
    } else {
      removeSet(table, set, one.clusterName);
      removed.add(set.brokerName);
      reduced.delete(set);
      changes.delete(set.brokerName);
    }
  }
  cleanTopics(table, removed, reduced);
  return [...changes.values()];
}

/** Brokers whose last registration came over this connection. */
export function brokersOfConnection(table: RouteTable, connectionId: number): LiveBroker[] {
  return [...table.brokerLiveTable.values()].filter((live) => live.connectionId === connectionId);
}

/** Brokers that were silent for longer than they may. */
export function silentBrokers(table: RouteTable, nowMs: number): LiveBroker[] {
  return [...table.brokerLiveTable.values()].filter((live) => live.lastUpdateMs + live.heartbeatTimeoutMs < nowMs);
}

/** Names a living broker as one that leaves; without a name when it is in no set any more. */
export function leavingBroker(table: RouteTable, { clusterName, brokerAddr }: LiveBroker): Leaving {
  for (const { cluster, brokerName, brokerAddrs } of table.brokerAddrTable.values()) {
    if (table.release === 'new' && cluster !== clusterName) continue;
    for (const [brokerId, addr] of brokerAddrs) {
      if (addr === brokerAddr) return { clusterName, brokerName, brokerAddr, brokerId };
    }
  }
  return { clusterName, brokerName: '', brokerAddr, brokerId: -1 };
}

/** Old removes the id that the request names, new the address. */
function removeAddress(table: RouteTable, set: BrokerSet, { brokerAddr, brokerId }: Leaving): void {
  if (table.release === 'old') set.brokerAddrs.delete(brokerId);
  else for (const [id, addr] of set.brokerAddrs) if (addr === brokerAddr) set.brokerAddrs.delete(id);
}

function removeSet(table: RouteTable, { brokerName }: BrokerSet, clusterName: string): void {
  table.brokerAddrTable.delete(brokerName);
  const names = table.clusterAddrTable.get(clusterName);
  if (names?.delete(brokerName) && names.size === 0) table.clusterAddrTable.delete(clusterName);
}

function cleanTopics(table: RouteTable, removed: ReadonlySet<string>, reduced: ReadonlySet<BrokerSet>): void {
  const readOnly = [...reduced].filter((set) => set.enableActingMaster && !set.brokerAddrs.has(MASTER_ID));
  if (removed.size === 0 && readOnly.length === 0) return;
  for (const [topic, queues] of table.topicQueueTable) {
    for (const { brokerName } of readOnly) {
      const data = queues.get(brokerName);
      if (data !== undefined) queues.set(brokerName, { ...data, perm: data.perm & ~Perm.WRITE });
    }
    for (const brokerName of removed) deleteQueueData(table, topic, brokerName);
  }
}

/** Everybody who is left learns who left and who has the smallest id now. */
function lost(set: BrokerSet, offlineBrokerAddr: string): MinBrokerIdChange {
  const min = minBrokerId(set)!;
  return {
    minBrokerId: min,
    minBrokerAddr: set.brokerAddrs.get(min)!,
    offlineBrokerAddr,
    haBrokerAddr: null,
    notify: [...set.brokerAddrs.values()],
  };
}
