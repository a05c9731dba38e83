import { clusterAddresses } from '../cluster.ts';
import { cell } from '../columns.ts';
import { type AdminCommand, type AdminContext, optional } from '../command.ts';
import { option, type OptionSpec } from '../options.ts';

/** brokerStatus: 28 to one broker, or to every broker of a cluster. */
export const brokerStatus: AdminCommand = {
  name: 'brokerStatus',
  description: 'Fetch broker runtime status data.',
  javaClass: 'BrokerStatusSubCommand',
  releases: ['old', 'new'],
  options(release) {
    const where: OptionSpec[] = [
      option('b', 'brokerAddr', 'Broker address'),
      option('c', 'clusterName', 'which cluster'),
    ];
    return release === 'new' ? where.map((spec) => Object.assign(spec, { group: 'where' })) : where;
  },
  async run(context) {
    const address = optional(context, 'b');
    const clusterName = optional(context, 'c');
    if (address !== null) return printStatus(context, address, false);
    if (clusterName === null) return;
    for (const each of await clusterAddresses(context, clusterName)) {
      await printStatus(context, each, true).catch(context.warn);
    }
  },
};

async function printStatus({ operator, print }: AdminContext, address: string, withAddress: boolean): Promise<void> {
  const table = await operator.brokerRuntimeInfo(address);
  const prefix = withAddress ? `${cell(address, -24)} ` : '';
  for (const key of Object.keys(table).sort()) print(`${prefix}${cell(key, -32)}: ${table[key]}\n`);
}
