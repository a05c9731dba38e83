import { clusterAddresses, clusterMasters } from '../cluster.ts';
import { type AdminCommand, given, optional } from '../command.ts';
import { option, requiredOption } from '../options.ts';

/** updateBrokerConfig: 25 to one broker, or to every master of a cluster (106), with -a to its slaves too. */
export const updateBrokerConfig: AdminCommand = {
  name: 'updateBrokerConfig',
  description: "Update broker's config.",
  javaClass: 'UpdateBrokerConfigSubCommand',
  releases: ['old', 'new'],
  anyOf: ['b', 'c'],
  options: (release) => [
    option('b', 'brokerAddr', 'update which broker'),
    option('c', 'clusterName', 'update which cluster'),
    ...(release === 'new' ? [option('a', 'updateAllBroker', 'update all brokers include slave')] : []),
    requiredOption('k', 'key', 'config key'),
    requiredOption('v', 'value', 'config value'),
  ],
  async run(context) {
    const { operator, options, print, warn } = context;
    const update = async (address: string) => {
      await operator.updateConfig('broker', address, given(context, 'k'), given(context, 'v'));
      print(`update broker config success, ${address}\n`);
    };
    const address = optional(context, 'b');
    if (address !== null) return update(address);
    const addresses = options.has('a') ? clusterAddresses : clusterMasters;
    for (const each of await addresses(context, given(context, 'c'))) await update(each).catch(warn);
  },
};
