import { splitAddresses } from '../../base/address.ts';
import { type AdminCommand, given } from '../command.ts';
import { configText } from '../config-text.ts';
import { requiredOption } from '../options.ts';

/** getControllerConfig: 1010 to every controller of -a. */
export const getControllerConfig: AdminCommand = {
  name: 'getControllerConfig',
  description: 'Get controller config.',
  javaClass: 'GetControllerConfigSubCommand',
  releases: ['new'],
  options: () => [
    requiredOption('a', 'controllerAddress', 'Controller address list, eg: 192.168.0.1:9878;192.168.0.2:9878'),
  ],
  async run(context) {
    for (const address of splitAddresses(given(context, 'a'))) {
      context.print(configText(address, await context.operator.config('controller', address)));
    }
  },
};
