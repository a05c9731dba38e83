import { type BrokerData, MASTER_ID } from '../remoting/bodies/broker-data.ts';
import type { QueueData, TopicRouteData } from '../remoting/commands/get-routeinfo-by-topic.ts';
import { type BrokerSet, liveKey, minBrokerId, Perm, type RouteTable } from './route-table.ts';

/** The route of this topic exists so that brokers see the true members of their set. */
const syncBrokerMemberPrefix = 'rmq_sys_SYNC_BROKER_MEMBER_';

/**
 * The route of a topic, null when no broker of it is known. A set whose master is gone is shown with its slaves.
 * Source: `RouteInfoManager.pickupTopicRouteData`, 4.9.7 and 5.3.3.
 * @param supportActingMaster show the smallest slave as master of a read-only set without one (new)
 */
export function pickRoute(table: RouteTable, topic: string, supportActingMaster: boolean): TopicRouteData | null {
  const queues = table.topicQueueTable.get(topic);
  if (queues === undefined) return null;
  const sets = [...queues.keys()].map((name) => table.brokerAddrTable.get(name)).filter((set) => set !== undefined);
  if (sets.length === 0) return null;
  const acting = supportActingMaster && !topic.startsWith(syncBrokerMemberPrefix);
  const brokerDatas = sets.map((set) => (acting ? withActingMaster(set, queues.get(set.brokerName)!) : set));
  return {
    brokerDatas,
    queueDatas: [...queues.values()],
    filterServerTable: filterServers(table, sets),
    orderTopicConf: null,
    topicQueueMappingByBroker: table.topicQueueMappingInfoTable.get(topic) ?? null,
  };
}

function withActingMaster(set: BrokerSet, queues: QueueData): BrokerData {
  const min = minBrokerId(set);
  const wanted = set.enableActingMaster && min !== undefined && min !== MASTER_ID && (queues.perm & Perm.WRITE) === 0;
  if (!wanted) return set;
  const others = [...set.brokerAddrs].filter(([id]) => id !== min);
  return { ...set, brokerAddrs: new Map([[MASTER_ID, set.brokerAddrs.get(min)!], ...others]) };
}

function filterServers(table: RouteTable, sets: readonly BrokerSet[]): Map<string, readonly string[]> {
  const servers = new Map<string, readonly string[]>();
  if (table.filterServerTable.size === 0) return servers;
  for (const { cluster, brokerAddrs } of sets) {
    for (const addr of brokerAddrs.values()) {
      const list = table.filterServerTable.get(liveKey(table, cluster, addr));
      if (list !== undefined) servers.set(addr, list);
    }
  }
  return servers;
}

/** Keeps the sets of one zone, and those without a master: these must stay readable. May leave nothing. */
export function filterByZone(route: TopicRouteData, zoneName: string): TopicRouteData {
  const kept = route.brokerDatas.filter(
    ({ brokerAddrs, zoneName: zone }) => !brokerAddrs.has(MASTER_ID) || zone?.toLowerCase() === zoneName.toLowerCase(),
  );
  const dropped = route.brokerDatas.filter((data) => !kept.includes(data));
  const addresses = new Set(dropped.flatMap(({ brokerAddrs }) => [...brokerAddrs.values()]));
  return {
    ...route,
    brokerDatas: kept,
    queueDatas: route.queueDatas.filter(({ brokerName }) => !dropped.some((data) => data.brokerName === brokerName)),
    filterServerTable: new Map([...route.filterServerTable].filter(([addr]) => !addresses.has(addr))),
  };
}
