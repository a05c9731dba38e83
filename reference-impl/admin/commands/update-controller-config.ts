import { splitAddresses } from '../../base/address.ts';
import { type AdminCommand, given } from '../command.ts';
import { configUpdateText, updateConfigs } from '../config-text.ts';
import { requiredOption } from '../options.ts';

/** updateControllerConfig: 1009 to every controller of -a. */
export const updateControllerConfig: AdminCommand = {
  name: 'updateControllerConfig',
  description: 'Update controller config.',
  javaClass: 'UpdateControllerConfigSubCommand',
  releases: ['new'],
  options: () => [
    requiredOption('a', 'controllerAddress', 'Controller address list, eg: 192.168.0.1:9878;192.168.0.2:9878'),
    requiredOption('k', 'key', 'config key'),
    requiredOption('v', 'value', 'config value'),
  ],
  async run(context) {
    const controllers = splitAddresses(given(context, 'a'));
    await updateConfigs(context, 'controller', controllers);
    context.print(`update controller config success!${configUpdateText(context, controllers)}`);
  },
};
