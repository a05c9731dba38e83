#!/usr/bin/env node
import { SwitchlabError } from '../base/errors.ts';
import { type ControllerConfig, controllerConfig, controllerFileKeys, controllerTables } from '../config/controller.ts';
import { runRole } from './run-role.ts';

await runRole<ControllerConfig>({
  name: 'mqcontroller',
  fileKeys: controllerFileKeys,
  configFileKey: 'configStorePath',
  printsWithoutHome: true,
  config(release, given) {
    if (release === 'old') throw new SwitchlabError('COMMAND_LINE_INVALID', 'Release old has no controller.');
    return controllerConfig(given);
  },
  printed: (config) => Object.values(controllerTables).map((table) => [table, config] as const),
  async start(context) {
    const { startController } = await import('../controller/start.ts');
    return startController(context);
  },
  bootText: ({ configFile }) =>
    [
      ...(configFile === '' ? [] : [`load config properties file OK, ${configFile}`]),
      'The Controller Server boot success. serializeType=JSON',
    ].join('\n'),
});
