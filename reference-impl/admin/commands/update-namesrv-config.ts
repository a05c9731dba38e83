import type { AdminCommand } from '../command.ts';
import { configUpdateText, updateConfigs } from '../config-text.ts';
import { requiredOption } from '../options.ts';

/** updateNamesrvConfig: 318 to every NameServer of -n. */
export const updateNamesrvConfig: AdminCommand = {
  name: 'updateNamesrvConfig',
  description: 'Update configs of name server.',
  javaClass: 'UpdateNamesrvConfigCommand',
  releases: ['old', 'new'],
  options: () => [requiredOption('k', 'key', 'config key'), requiredOption('v', 'value', 'config value')],
  async run(context) {
    await updateConfigs(context, 'namesrv', context.namesrvAddrs);
    context.print(`update name server config success!${configUpdateText(context, context.namesrvAddrs)}`);
  },
};
