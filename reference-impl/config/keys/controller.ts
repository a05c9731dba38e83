import { newOnly, type KeyTable } from '../key-table.ts';

/** Keys of `ControllerConfig`; release 4.9 has none of them. */
export const controllerKeys = {
  rocketmqHome: newOnly.text(({ env }) => env.ROCKETMQ_HOME ?? ''),
  configStorePath: newOnly.text(
    ({ home }) => `${home}/controller/controller.properties`,
    'Where updates are written when there was no -c file.',
  ),
  controllerType: newOnly.text('DLedger', 'Raft kernel: DLedger or jRaft.'),
  scanNotActiveBrokerInterval: newOnly.long(5000, 'ms', 'How often the controller looks for silent brokers.'),
  controllerThreadPoolNums: newOnly.int(16, 'threads'),
  controllerRequestThreadPoolQueueCapacity: newOnly.int(50000),
  controllerDLegerGroup: newOnly.text('', 'Raft group; the same on every member.'),
  controllerDLegerPeers: newOnly.text('', 'Members, as "n0-host:port;n1-host:port"; the port serves everything.'),
  controllerDLegerSelfId: newOnly.text('', 'The own id among controllerDLegerPeers.'),
  mappedFileSize: newOnly.int(1073741824, 'bytes', 'Size of a Raft log segment.'),
  controllerStorePath: newOnly.text('', 'Folder of the Raft log; default DLedgerController in the home folder.'),
  electMasterMaxRetryCount: newOnly.int(3, undefined, 'Tries of one election that the controller started.'),
  enableElectUncleanMaster: newOnly.bool(
    false,
    'Elects outside the SyncStateSet too: acknowledged messages may be lost.',
  ),
  processReadEvent: newOnly.bool(false, 'Commits an empty entry before an answer that changes nothing.'),
  notifyBrokerRoleChanged: newOnly.bool(
    true,
    'Tells brokers (1008) of a new master instead of waiting for their question.',
  ),
  scanInactiveMasterInterval: newOnly.long(5000, 'ms', 'How often the leader looks for sets without a living master.'),
  metricsExporterType: newOnly.oneOf(['DISABLE', 'OTLP_GRPC', 'PROM', 'LOG'], 'DISABLE'),
  metricsPromExporterPort: newOnly.int(5557, 'port'),
  configBlackList: newOnly.text('configBlackList;configStorePath', 'Keys that a request may not change.'),
  metricsGrpcExporterTarget: newOnly.text(''),
  metricsGrpcExporterHeader: newOnly.text(''),
  metricGrpcExporterTimeOutInMills: newOnly.long(3000),
  metricGrpcExporterIntervalInMills: newOnly.long(60000),
  metricLoggingExporterIntervalInMills: newOnly.long(10000),
  metricsPromExporterHost: newOnly.text(''),
  metricsLabel: newOnly.text(''),
  metricsInDelta: newOnly.bool(false),
} satisfies KeyTable;
