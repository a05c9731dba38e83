import { newOnly, type KeyTable } from '../key-table.ts';

/** Keys of `JraftConfig`: the jRaft kernel of the controller. Known, so that files name them correctly; not built. */
export const jraftKeys = {
  jRaftElectionTimeoutMs: newOnly.int(1000),
  jRaftScanWaitTimeoutMs: newOnly.int(1000),
  jRaftSnapshotIntervalSecs: newOnly.int(3600),
  jRaftGroupId: newOnly.text('jRaft-Controller'),
  jRaftServerId: newOnly.text('localhost:9880'),
  jRaftInitConf: newOnly.text('localhost:9880,localhost:9881,localhost:9882'),
  jRaftControllerRPCAddr: newOnly.text('localhost:9770,localhost:9771,localhost:9772'),
} satisfies KeyTable;
