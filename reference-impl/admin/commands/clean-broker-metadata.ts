import { type AdminCommand, given, optional } from '../command.ts';
import { IllegalArgument } from '../failure.ts';
import { option, requiredOption, switchOption } from '../options.ts';

/** cleanBrokerMetadata: 1005 at -a, then 1011 at the leader. The list of ids goes as it is: the real tool does not read it. */
export const cleanBrokerMetadata: AdminCommand = {
  name: 'cleanBrokerMetadata',
  description: 'Clean metadata of broker on controller.',
  javaClass: 'CleanControllerBrokerMetaSubCommand',
  releases: ['new'],
  options: () => [
    requiredOption('a', 'controllerAddress', 'The address of controller'),
    option(
      'b',
      'brokerControllerIdsToClean',
      'The brokerController id list which requires to clean metadata. eg: 1;2;3, means that clean broker-1, broker-2 and broker-3',
    ),
    requiredOption('bn', 'brokerName', 'The broker name of the replicas that require to be manipulated'),
    option('c', 'clusterName', 'The clusterName of broker'),
    switchOption('l', 'cleanLivingBroker', 'Whether clean up living brokers,default value is false'),
  ],
  async run(context) {
    const brokerName = given(context, 'bn');
    const clusterName = optional(context, 'c');
    const cleanLivingBroker = context.options.has('l');
    if (!cleanLivingBroker && clusterName === null) {
      throw new IllegalArgument('cleanLivingBroker option is false, clusterName option can not be empty.');
    }
    await context.operator.cleanBrokers({
      controllerAddress: given(context, 'a').split(';')[0]!,
      clusterName,
      brokerName,
      brokerControllerIdsToClean: optional(context, 'b'),
      cleanLivingBroker,
    });
    context.print(`clear broker ${brokerName} metadata from controller success! \n`);
  },
};
