import type { ClusterBroker } from '../cluster.ts';
import { namedCluster } from '../cluster.ts';
import { type AdminCommand, type AdminContext, optional } from '../command.ts';
import { configText } from '../config-text.ts';
import { option } from '../options.ts';

/** getBrokerConfig: 26 to one broker, or to every broker of a cluster (106), each master before its slaves. */
export const getBrokerConfig: AdminCommand = {
  name: 'getBrokerConfig',
  description: 'Get broker config by cluster or special broker.',
  javaClass: 'GetBrokerConfigCommand',
  releases: ['old', 'new'],
  options: () => [option('b', 'brokerAddr', 'get which broker'), option('c', 'clusterName', 'get which cluster')],
  async run(context) {
    const address = optional(context, 'b');
    const clusterName = optional(context, 'c');
    if (address !== null) return printConfig(context, address, address);
    if (clusterName === null) return;
    const brokers = await namedCluster(context, clusterName);
    for (const broker of brokers) await printConfig(context, broker.address, headingOf(broker, brokers));
  },
};

async function printConfig({ operator, print }: AdminContext, address: string, heading: string): Promise<void> {
  print(`${configText(heading, await operator.config('broker', address))}\n`);
}

/** NO_MASTER: a set that has none at the moment. */
function headingOf({ brokerName, brokerId, address }: ClusterBroker, brokers: readonly ClusterBroker[]): string {
  if (brokerId === 0) return `Master: ${address}`;
  const master = brokers.find((broker) => broker.brokerName === brokerName && broker.brokerId === 0);
  return `My Master: ${master?.address ?? 'NO_MASTER'}=====Slave: ${address}`;
}
