import { type DataVersion, sameDataVersion } from '../remoting/bodies/data-version.ts';
import { MASTER_ID } from '../remoting/bodies/broker-data.ts';
import type { TopicConfig } from '../remoting/bodies/topic-config.ts';
import type { RegisterBrokerBody } from '../remoting/commands/register-broker.ts';
import {
  type BrokerSet,
  deleteQueueData,
  liveKey,
  type MinBrokerIdChange,
  minBrokerId,
  Perm,
  type RouteTable,
  setQueueData,
} from './route-table.ts';

/** One REGISTER_BROKER (103), decoded. */
export interface Registration {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerAddr: string;
  readonly brokerId: number;
  readonly haServerAddr: string | null;
  readonly zoneName: string | null;
  /** Null from an old broker. */
  readonly enableActingMaster: boolean | null;
  readonly heartbeatTimeoutMillis: number | null;
  readonly body: RegisterBrokerBody;
  readonly connectionId: number;
}

/** What a registration answers and causes. */
export interface Registered {
  /** Addresses of the master of the set, for a slave with a living one. */
  readonly masterAddr: string | null;
  readonly haServerAddr: string | null;
  readonly minBrokerIdChange: MinBrokerIdChange | null;
}

/** Silence after which a broker that asked for nothing else counts as gone. */
export const brokerExpiredMs = 120_000;

const nothing: Registered = { masterAddr: null, haServerAddr: null, minBrokerIdChange: null };

/**
 * Takes a broker into the table. Null means "register broker failed": release new refuses an id that it does not know yet
 * with exactly one topic, which is what a topic change sends when it overtakes the first registration.
 * Source: `RouteInfoManager.registerBroker`, 4.9.7 and 5.3.3.
 * @param deletesTopics remove the topics of this broker that the registration does not name
 */
export function registerBroker(
  table: RouteTable,
  registration: Registration,
  nowMs: number,
  deletesTopics: boolean,
): Registered | null {
  const { clusterName, brokerName, brokerAddr, brokerId, body } = registration;
  const isNew = table.release === 'new';
  addToCluster(table, clusterName, brokerName);
  const known = table.brokerAddrTable.get(brokerName);
  const set = known ?? addSet(table, clusterName, brokerName);
  if (isNew) {
    set.enableActingMaster = registration.enableActingMaster ?? false;
    set.zoneName = registration.zoneName;
  }
  const minIdFell = brokerId < (minBrokerId(set) ?? 0);
  dropOtherIds(set, brokerAddr, brokerId);
  if (isNew && isOutdated(table, set, registration)) {
    table.brokerLiveTable.delete(liveKey(table, clusterName, brokerAddr));
    return nothing;
  }
  if (isNew && !set.brokerAddrs.has(brokerId) && body.topicConfigTable.size === 1) return null;

  const first = known === undefined || (set.brokerAddrs.get(brokerId) ?? '') === '';
  set.brokerAddrs.set(brokerId, brokerAddr);
  takeTopics(table, set, registration, first, deletesTopics);
  const key = liveKey(table, clusterName, brokerAddr);
  table.brokerLiveTable.set(key, {
    clusterName,
    brokerAddr,
    haServerAddr: registration.haServerAddr,
    dataVersion: body.dataVersion,
    heartbeatTimeoutMs: (isNew ? registration.heartbeatTimeoutMillis : null) ?? brokerExpiredMs,
    connectionId: registration.connectionId,
    lastUpdateMs: nowMs,
  });
  if (body.filterServerList.length === 0) table.filterServerTable.delete(key);
  else table.filterServerTable.set(key, body.filterServerList);
  return {
    ...masterOf(table, set, brokerId),
    minBrokerIdChange: minIdFell ? joined(set, registration.haServerAddr) : null,
  };
}

function addToCluster(table: RouteTable, clusterName: string, brokerName: string): void {
  const names = table.clusterAddrTable.get(clusterName);
  if (names === undefined) table.clusterAddrTable.set(clusterName, new Set([brokerName]));
  else names.add(brokerName);
}

function addSet(table: RouteTable, cluster: string, brokerName: string): BrokerSet {
  const set = { cluster, brokerName, brokerAddrs: new Map(), enableActingMaster: false, zoneName: null };
  table.brokerAddrTable.set(brokerName, set);
  return set;
}

/** An address has one id: a slave that became master leaves its old id. */
function dropOtherIds(set: BrokerSet, brokerAddr: string, brokerId: number): void {
  for (const [id, addr] of set.brokerAddrs) if (addr === brokerAddr && id !== brokerId) set.brokerAddrs.delete(id);
}

/** Another address holds the id with a later epoch: in controller mode, a master that was replaced. */
function isOutdated(
  table: RouteTable,
  set: BrokerSet,
  { clusterName, brokerAddr, brokerId, body }: Registration,
): boolean {
  const holder = set.brokerAddrs.get(brokerId);
  if (holder === undefined || holder === brokerAddr) return false;
  const live = table.brokerLiveTable.get(liveKey(table, clusterName, holder));
  return live !== undefined && live.dataVersion.stateVersion > body.dataVersion.stateVersion;
}

/**
 * Topics come from the master; in release new also from the prime slave, the smallest id when there is no master.
 * Topics that the registration does not name stay, unless `deletesTopics`.
 */
function takeTopics(
  table: RouteTable,
  set: BrokerSet,
  { clusterName, brokerAddr, brokerId, enableActingMaster, body }: Registration,
  first: boolean,
  deletesTopics: boolean,
): void {
  const { dataVersion, topicConfigTable, topicQueueMappingInfoMap } = body;
  const isPrimeSlave =
    table.release === 'new' && enableActingMaster !== null && brokerId !== MASTER_ID && brokerId === minBrokerId(set);
  if (brokerId !== MASTER_ID && !isPrimeSlave) return;
  if (deletesTopics && topicQueueMappingInfoMap.size === 0) deleteOtherTopics(table, set.brokerName, topicConfigTable);
  const changed = first || isDataVersionChanged(table, clusterName, brokerAddr, dataVersion);
  for (const topic of topicConfigTable.values()) {
    const missing = table.release === 'new' && !table.topicQueueTable.get(topic.topicName)?.has(set.brokerName);
    if (!changed && !missing) continue;
    const { readQueueNums, writeQueueNums, topicSysFlag } = topic;
    const perm = isPrimeSlave && set.enableActingMaster ? topic.perm & ~Perm.WRITE : topic.perm;
    const data = { brokerName: set.brokerName, perm, readQueueNums, topicSysFlag, writeQueueNums };
    setQueueData(table, topic.topicName, data);
  }
  if (!changed) return;
  for (const [topic, info] of topicQueueMappingInfoMap) {
    const infos = table.topicQueueMappingInfoTable.get(topic);
    if (infos === undefined) table.topicQueueMappingInfoTable.set(topic, new Map([[info.bname, info]]));
    else infos.set(info.bname, info);
  }
}

function deleteOtherTopics(table: RouteTable, brokerName: string, kept: ReadonlyMap<string, TopicConfig>): void {
  for (const topic of table.topicQueueTable.keys()) if (!kept.has(topic)) deleteQueueData(table, topic, brokerName);
}

/** True unless the broker is known with exactly this version. */
export function isDataVersionChanged(
  table: RouteTable,
  clusterName: string,
  brokerAddr: string,
  dataVersion: DataVersion,
): boolean {
  const live = table.brokerLiveTable.get(liveKey(table, clusterName, brokerAddr));
  return live === undefined || !sameDataVersion(live.dataVersion, dataVersion);
}

function masterOf(table: RouteTable, set: BrokerSet, brokerId: number): Omit<Registered, 'minBrokerIdChange'> {
  const masterAddr = brokerId === MASTER_ID ? undefined : set.brokerAddrs.get(MASTER_ID);
  const live =
    masterAddr === undefined ? undefined : table.brokerLiveTable.get(liveKey(table, set.cluster, masterAddr));
  return live === undefined ? nothing : { masterAddr: live.brokerAddr, haServerAddr: live.haServerAddr };
}

/** The others of the set learn of the smaller id and of its HA address. */
function joined(set: BrokerSet, haBrokerAddr: string | null): MinBrokerIdChange {
  const min = minBrokerId(set)!;
  const notify = [...set.brokerAddrs]
    .filter(([id]) => id !== min || set.brokerAddrs.size === 1)
    .map(([, addr]) => addr);
  return { minBrokerId: min, minBrokerAddr: set.brokerAddrs.get(min)!, offlineBrokerAddr: null, haBrokerAddr, notify };
}
