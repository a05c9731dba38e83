import { both, newOnly, type KeyTable } from '../key-table.ts';

/** Keys of `NamesrvConfig`. */
export const namesrvKeys = {
  rocketmqHome: both.text(({ env }) => env.ROCKETMQ_HOME ?? ''),
  kvConfigPath: both.text(({ home }) => `${home}/namesrv/kvConfig.json`, 'File of the key-value table.'),
  configStorePath: both.text(
    ({ home }) => `${home}/namesrv/namesrv.properties`,
    'Where updates are written when there was no -c file.',
  ),
  productEnvName: both.text('center'),
  clusterTest: both.bool(false),
  orderMessageEnable: both.bool(false, 'Routes carry the order configuration of their topic.'),
  returnOrderTopicConfigToBroker: newOnly.bool(true, 'Registration answers carry the order configuration.'),
  clientRequestThreadPoolNums: newOnly.int(8, 'threads'),
  defaultThreadPoolNums: newOnly.int(16, 'threads'),
  clientRequestThreadPoolQueueCapacity: newOnly.int(50000),
  defaultThreadPoolQueueCapacity: newOnly.int(10000),
  scanNotActiveBrokerInterval: newOnly.long(5000, 'ms', 'Release 4.9 has no key: it scans every 10 s.'),
  unRegisterBrokerQueueCapacity: newOnly.int(3000, undefined, 'Unregistrations waiting for the next batch.'),
  supportActingMaster: newOnly.bool(false, 'A route without master shows its smallest slave as master.'),
  enableAllTopicList: newOnly.bool(true, 'Answers 206.'),
  enableTopicList: newOnly.bool(true, 'Answers 224.'),
  notifyMinBrokerIdChanged: newOnly.bool(false, 'Tells brokers (905) when the smallest id of their set changes.'),
  enableControllerInNamesrv: newOnly.bool(false, 'Runs a controller in the same process.'),
  needWaitForService: newOnly.bool(false, 'Refuses route queries for waitSecondsForService after the start.'),
  waitSecondsForService: newOnly.int(45, 's'),
  deleteTopicWithBrokerRegistration: newOnly.bool(false, 'A registration removes the topics it does not name.'),
  configBlackList: newOnly.text('configBlackList;configStorePath;kvConfigPath', 'Keys that a request may not change.'),
} satisfies KeyTable;
