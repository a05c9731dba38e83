/** Spellings that pages, issues and logs have, and the key that RocketMQ reads. */
export const misspelled: ReadonlyMap<string, string> = new Map([
  ['slaveActingMaster', 'enableSlaveActingMaster'],
  ['haMaxTimeSlaveNotCatchUp', 'haMaxTimeSlaveNotCatchup'],
  ['isProcessReadEvent', 'processReadEvent'],
  ['controllerDLedgerGroup', 'controllerDLegerGroup'],
  ['controllerDledgerGroup', 'controllerDLegerGroup'],
  ['controllerDLedgerPeers', 'controllerDLegerPeers'],
  ['controllerDledgerPeers', 'controllerDLegerPeers'],
  ['controllerDLedgerSelfId', 'controllerDLegerSelfId'],
  ['controllerDledgerSelfId', 'controllerDLegerSelfId'],
  ['enableDLedgerCommitLog', 'enableDLegerCommitLog'],
  ['dLedgerGroup', 'dLegerGroup'],
  ['dLedgerPeers', 'dLegerPeers'],
  ['dLedgerSelfId', 'dLegerSelfId'],
  ['controllerHeartBeatTimeoutMillis', 'controllerHeartBeatTimeoutMills'],
  ['controllerHeartbeatTimeoutMills', 'controllerHeartBeatTimeoutMills'],
  ['storePathEpoch', 'storePathEpochFile'],
  ['storePathEpochFileCheckpoint', 'storePathEpochFile'],
  ['storePathBrokerIdentityFile', 'storePathBrokerIdentity'],
  ['controllerAddrs', 'controllerAddr'],
  ['controllerAddress', 'controllerAddr'],
  ['enableUncleanElectMaster', 'enableElectUncleanMaster'],
  ['allAckInSyncStateSets', 'allAckInSyncStateSet'],
]);

/** Keys of controller mode that came after 5.0.0, and the release that brought them. */
export const keyBegins: ReadonlyMap<string, string> = new Map([
  ['fetchControllerAddrByDnsLookup', '5.1.0'],
  ['storePathBrokerIdentity', '5.1.1'],
  ['controllerType', '5.2.0'],
  ['jRaftElectionTimeoutMs', '5.2.0'],
  ['jRaftScanWaitTimeoutMs', '5.2.0'],
  ['jRaftSnapshotIntervalSecs', '5.2.0'],
  ['jRaftGroupId', '5.2.0'],
  ['jRaftServerId', '5.2.0'],
  ['jRaftInitConf', '5.2.0'],
  ['jRaftControllerRPCAddr', '5.2.0'],
]);

/**
 * Fields of the configuration classes that no key sets. A process that persists its configuration, as after
 * `updateBrokerConfig`, writes them into its file with all others; with these values nobody means anything by them.
 */
const fieldsOnly: ReadonlyMap<string, RegExp> = new Map([
  ['isBrokerContainer', /^false$/],
  ['isEnableBatchPush', /^false$/],
  ['isInBrokerContainer', /^false$/],
  ['isProcessReadEvent', /^false$/],
  ['isScanAvailableNameSrv', /^true$/],
  ['jraftConfig', /@[\da-f]+$/],
  ['timerCheckMetricsWhen', /^05$/],
  ['timerEnableDisruptor', /^false$/],
  ['timerStopDequeue', /^false$/],
  ['timerWarmEnable', /^false$/],
]);

/** A line that RocketMQ writes itself and does not read. */
export function isPersistedField(key: string, value: string): boolean {
  return fieldsOnly.get(key)?.test(value) === true;
}

/** Keys of a broker's file that become system properties of the address-server lookup; no configuration class has them. */
export const addressServerKeys: ReadonlySet<string> = new Set(['rmqAddressServerDomain', 'rmqAddressServerSubGroup']);
