import { type AdminCommand, given, integer } from '../command.ts';
import { requiredOption } from '../options.ts';

/** electMaster: 1005 at -a, then 1002 at the leader with designateElect. */
export const electMaster: AdminCommand = {
  name: 'electMaster',
  description: 'Re-elect the specified broker as master.',
  javaClass: 'ReElectMasterSubCommand',
  releases: ['new'],
  options: () => [
    requiredOption('a', 'controllerAddress', 'The address of controller'),
    requiredOption('b', 'brokerId', 'The id of the broker which requires to become master'),
    requiredOption('bn', 'brokerName', 'The broker name of the replicas that require to be manipulated'),
    requiredOption('c', 'clusterName', 'the clusterName of broker'),
  ],
  async run(context) {
    const clusterName = given(context, 'c');
    const brokerName = given(context, 'bn');
    const elected = await context.operator.electMaster({
      controllerAddress: given(context, 'a').split(';')[0]!,
      clusterName,
      brokerName,
      brokerId: integer(context, 'b'),
    });
    // 5.3.3 has a line for every broker of the set in its text, and prints none.
    context.print(`\n#ClusterName\t${clusterName}`);
    context.print(`\n#BrokerName\t${brokerName}`);
    context.print(`\n#BrokerMasterAddr\t${elected.masterAddress}`);
    context.print(`\n#MasterEpoch\t${elected.masterEpoch}`);
    context.print(`\n#SyncStateSetEpoch\t${elected.syncStateSetEpoch}\n`);
  },
};
