import { type AdminCommand, given } from '../command.ts';
import { requiredOption } from '../options.ts';

/** getControllerMetaData: 1005. */
export const getControllerMetaData: AdminCommand = {
  name: 'getControllerMetaData',
  description: "Get controller cluster's metadata.",
  javaClass: 'GetControllerMetaDataSubCommand',
  releases: ['new'],
  options: () => [requiredOption('a', 'controllerAddress', 'the address of controller')],
  async run(context) {
    const controller = given(context, 'a').split(';')[0]!;
    const metadata = await context.operator.controllerMetadata(controller);
    context.print(`\n#ControllerGroup\t${metadata.group}`);
    context.print(`\n#ControllerLeaderId\t${metadata.controllerLeaderId}`);
    context.print(`\n#ControllerLeaderAddress\t${metadata.controllerLeaderAddress}`);
    for (const peer of metadata.peers) context.print(`\n#Peer:\t${peer}`);
    context.print('\n');
  },
};
