#!/usr/bin/env node
import { type BrokerConfig, brokerConfig, brokerFileKeys, brokerTables, brokerWarnings } from '../config/broker.ts';
import { brokerImportantKeys } from '../config/keys/important.ts';
import { runRole } from './run-role.ts';

await runRole<BrokerConfig>({
  name: 'mqbroker',
  fileKeys: brokerFileKeys,
  configFileKey: 'brokerConfigPath',
  printsWithoutHome: false,
  config: brokerConfig,
  printed: (config) => Object.values(brokerTables).map((table) => [table, config] as const),
  importantKeys: brokerImportantKeys,
  warnings: brokerWarnings,
  async start(context) {
    const { startBroker } = await import('../broker/start.ts');
    return startBroker(context);
  },
  bootText({ config }) {
    const namesrv = config.namesrvAddr === '' ? '' : ` and name server is ${config.namesrvAddr}`;
    return `The broker[${config.brokerName}, ${config.brokerIP1}:${config.listenPort}] boot success. serializeType=JSON${namesrv}`;
  },
});
