#!/usr/bin/env node
import type { Running } from '../base/running.ts';
import { type ControllerConfig, controllerConfig, controllerFileKeys, controllerTables } from '../config/controller.ts';
import { type NamesrvConfig, namesrvConfig, namesrvFileKeys, namesrvTables } from '../config/namesrv.ts';
import { type RoleContext, runRole } from './run-role.ts';

/** One file configures both: the NameServer, and the controller that it may embed. */
interface ProcessConfig {
  readonly namesrv: Readonly<NamesrvConfig>;
  /** Null unless enableControllerInNamesrv. */
  readonly controller: Readonly<ControllerConfig> | null;
}

await runRole<ProcessConfig, NamesrvConfig & ControllerConfig>({
  name: 'mqnamesrv',
  fileKeys: { ...controllerFileKeys, ...namesrvFileKeys },
  configFileKey: 'configStorePath',
  printsWithoutHome: true,
  config(release, given) {
    const namesrv = namesrvConfig(release, given);
    // The -c file is the NameServer's: a controller in it would write its own port there.
    const { configStorePath: _, ...own } = given;
    return { namesrv, controller: namesrv.enableControllerInNamesrv ? controllerConfig(own) : null };
  },
  printed: ({ namesrv, controller }) => [
    ...Object.values(namesrvTables).map((table) => [table, namesrv] as const),
    ...(controller === null ? [] : [[controllerTables.ControllerConfig, controller] as const]),
  ],
  start,
  bootText({ config, release, configFile }, running) {
    const address = release === 'new' ? `, address ${running.addresses.remoting}` : '';
    return [
      ...(configFile === '' ? [] : [`load config properties file OK, ${configFile}`]),
      `The Name Server boot success. serializeType=JSON${address}`,
      ...(config.controller === null ? [] : ['The ControllerManager boot success. serializeType=JSON']),
    ].join('\n');
  },
});

async function start({ config, ...context }: RoleContext<ProcessConfig>): Promise<Running> {
  const { startNamesrv } = await import('../namesrv/start.ts');
  const namesrv = await startNamesrv({ ...context, config: config.namesrv });
  if (config.controller === null) return namesrv;
  const { startController } = await import('../controller/start.ts');
  const controller = await startController({ ...context, config: config.controller });
  return {
    addresses: { ...namesrv.addresses, ...controller.addresses },
    async stop() {
      await Promise.all([controller.stop(), namesrv.stop()]);
    },
  };
}
