import type { AdminCommand } from '../command.ts';
import { configText } from '../config-text.ts';

/** getNamesrvConfig: 319 to every NameServer of -n. */
export const getNamesrvConfig: AdminCommand = {
  name: 'getNamesrvConfig',
  description: 'Get configs of name server.',
  javaClass: 'GetNamesrvConfigCommand',
  releases: ['old', 'new'],
  options: () => [],
  async run({ operator, namesrvAddrs, print }) {
    for (const address of namesrvAddrs) print(configText(address, await operator.config('namesrv', address)));
  },
};
