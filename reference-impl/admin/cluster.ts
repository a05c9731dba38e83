import type { AdminContext } from './command.ts';

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

/** Addresses of the masters of one cluster. */
export async function clusterMasters(context: AdminContext, clusterName: string): Promise<string[]> {
  const brokers = await clusterBrokers(context, clusterName);
  return brokers.filter(({ brokerId }) => brokerId === 0).map(({ address }) => address);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
