import type { BrokerConfig } from '../../config/broker.ts';
import type { HaOptions } from '../../ha/types.ts';
import type { RoleDependencies } from './types.ts';

/**
 * Times that RocketMQ has as constants, ms. Each is capped by the key whose default it equals, so that a lab that
 * shortens its intervals together shortens these too; with RocketMQ's defaults they are RocketMQ's.
 */
export interface RoleIntervals {
  /** A slave dials its master again: `HAClient` waits 5 s. At most haSendHeartbeatInterval. */
  readonly reconnectMs: number;
  /** A broker without a role tries again: `ReplicasManager` waits 5 s. At most syncBrokerMetadataPeriod. */
  readonly retryMs: number;
  /** First look at the SyncStateSet after an election: 3 s. At most checkSyncStateSetPeriod. */
  readonly firstCheckMs: number;
  /** Answer of a controller, as `BrokerOuterAPI` waits. */
  readonly controllerTimeoutMs: number;
}

export function roleIntervals(config: BrokerConfig): RoleIntervals {
  return {
    reconnectMs: Math.min(5000, config.haSendHeartbeatInterval),
    retryMs: Math.min(5000, config.syncBrokerMetadataPeriod),
    firstCheckMs: Math.min(3000, config.checkSyncStateSetPeriod),
    controllerTimeoutMs: 3000,
  };
}

/** The HA settings of a broker; what an update of the configuration can change, as it is at the moment. */
export function haOptions(dependencies: RoleDependencies): HaOptions {
  const { config, addressBook, log, clock, disk, haNetwork: network } = dependencies;
  const current = config();
  return {
    log: log.child({ part: 'ha' }),
    clock,
    disk,
    network,
    addressBook,
    bindAddress: current.bindAddress,
    haListenPort: current.haListenPort,
    get haSendHeartbeatInterval() {
      return config().haSendHeartbeatInterval;
    },
    get haHousekeepingInterval() {
      return config().haHousekeepingInterval;
    },
    get haTransferBatchSize() {
      return config().haTransferBatchSize;
    },
    get maxHaTransferByteInSecond() {
      const { haFlowControlEnable, maxHaTransferByteInSecond } = config();
      return haFlowControlEnable ? maxHaTransferByteInSecond : Infinity;
    },
    get haMaxTimeSlaveNotCatchup() {
      return config().haMaxTimeSlaveNotCatchup;
    },
    get allAckInSyncStateSet() {
      return config().allAckInSyncStateSet;
    },
    syncFromLastFile: current.syncFromLastFile,
    asyncLearner: current.asyncLearner,
    storePathEpochFile: current.storePathEpochFile,
    reconnectMs: roleIntervals(current).reconnectMs,
  };
}
