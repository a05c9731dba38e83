import type { AutoSwitchHaService, ClassicHaService, ReplicaStatus } from '../../ha/types.ts';

/** `BrokerRole` of MessageStoreConfig. A controller-mode master is always SYNC_MASTER. */
export type BrokerRoleName = 'ASYNC_MASTER' | 'SYNC_MASTER' | 'SLAVE';

/** What a role needs of the broker it lives in. The broker core implements it. */
export interface RoleHost {
  /** `brokerIP1:listenPort`, as announced. */
  readonly brokerAddress: string;
  /** Registers with every NameServer now; resolves when each answered or failed. */
  registerToNamesrv(): Promise<void>;
  /** Raises the topic table's dataVersion with this stateVersion (= master epoch). */
  bumpDataVersion(stateVersion: number): void;
}

/**
 * The role of one broker and what follows from it: may it register, may it store, how far is the log replicated.
 * Two kinds: by configuration (classic HA) and by controller (auto-switch HA).
 */
export interface BrokerRole {
  readonly name: BrokerRoleName;
  /** Id as registered with NameServers: 0 for a master. */
  readonly brokerId: number;
  /** Id given by the controller, null outside controller mode. */
  readonly controllerBrokerId: number | null;
  /** True while no role is known (controller mode): the broker neither registers nor stores (puts answer 14). */
  readonly fenced: boolean;
  /** Remoting address of the master, when this broker is a slave that knows it. */
  readonly masterAddress: string | null;
  /** `brokerIP2:haListenPort`, as announced. */
  readonly haServerAddress: string;
  /** Epoch of the master role, 0 outside controller mode. */
  readonly masterEpoch: number;
  readonly ha: ClassicHaService | AutoSwitchHaService;
  readonly replicas: readonly ReplicaStatus[];

  /**
   * Asked for a message that waits for storage, before it is stored. IN_SYNC_REPLICAS_NOT_ENOUGH: it is not stored (code 1).
   * SLAVE_NOT_AVAILABLE (old SYNC_MASTER only): it **is** stored and answered at once with code 11.
   */
  refusal(): 'IN_SYNC_REPLICAS_NOT_ENOUGH' | 'SLAVE_NOT_AVAILABLE' | null;
  /**
   * Commit log offset up to which replication allows an acknowledgement; Infinity when no send waits for replicas.
   * Only grows while the role lasts.
   */
  readonly replicatedOffset: number;
  /** Runs when replicatedOffset may have moved: the broker answers waiting sends. */
  onProgress(listener: () => void): void;
  /** Runs after the role, the fence or the master changed. */
  onChange(listener: () => void): void;
  /** A NameServer answered a registration: addresses of the master of this set, null when it named none. */
  masterFromNamesrv(masterAddress: string | null, haServerAddress: string | null): void;

  start(host: RoleHost): Promise<void>;
  stop(): Promise<void>;
}
