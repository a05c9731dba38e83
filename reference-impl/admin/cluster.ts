import type { AdminContext } from './command.ts';
import { hashOrder } from './java-order.ts';

export interface ClusterBroker {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerId: number;
  readonly address: string;
}

/** Every broker that the NameServer knows, by cluster, name and id; of one cluster when it is given. */
export async function clusterBrokers({ operator }: AdminContext, clusterName: string | null): Promise<ClusterBroker[]> {
  const { clusterAddrTable, brokerAddrTable } = await operator.clusterInfo();
  const brokers: ClusterBroker[] = [];
  for (const [cluster, names] of [...clusterAddrTable].sort(byKey)) {
    if (clusterName !== null && cluster !== clusterName) continue;
    for (const brokerName of [...names].sort()) {
      const addresses = brokerAddrTable.get(brokerName)?.brokerAddrs ?? new Map<number, string>();
      for (const [brokerId, address] of [...addresses].sort(([a], [b]) => a - b)) {
        brokers.push({ clusterName: cluster, brokerName, brokerId, address });
      }
    }
  }
  return brokers;
}

/** Brokers of the cluster that an option names. Without any the real tool says so, on one line with what follows, and goes on. */
export async function namedCluster(context: AdminContext, clusterName: string): Promise<ClusterBroker[]> {
  const brokers = await clusterBrokers(context, clusterName);
  if (brokers.length === 0) context.print(unknownClusterText);
  return brokers;
}

const unknownClusterText =
  '[error] Make sure the specified clusterName exists or the name server connected to is correct.';

/** Addresses of the masters of one cluster. */
export async function clusterMasters(context: AdminContext, clusterName: string): Promise<string[]> {
  const brokers = await namedCluster(context, clusterName);
  return brokers.filter(({ brokerId }) => brokerId === 0).map(({ address }) => address);
}

/** Addresses of every broker of one cluster, in the order in which the real tool takes them. */
export async function clusterAddresses(context: AdminContext, clusterName: string): Promise<string[]> {
  const brokers = await namedCluster(context, clusterName);
  return hashOrder(brokers.map(({ address }) => address));
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
