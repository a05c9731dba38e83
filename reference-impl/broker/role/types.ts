import type { AddressBook } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import type { LabDefect } from '../../base/defect.ts';
import type { Disk } from '../../base/disk.ts';
import type { Log } from '../../base/log.ts';
import type { Release } from '../../base/release.ts';
import type { BrokerConfig } from '../../config/broker.ts';
import type { HaNetwork } from '../../ha/network.ts';
import type { AutoSwitchHaService, ClassicHaService, ReplicaStatus } from '../../ha/types.ts';
import type { RemotingClient, RemotingCommand } from '../../remoting/types.ts';
import type { MessageStore } from '../../store/types.ts';

/** `BrokerRole` of MessageStoreConfig. A controller-mode master is always SYNC_MASTER. */
export type BrokerRoleName = 'ASYNC_MASTER' | 'SYNC_MASTER' | 'SLAVE';

/** What a role is made of. It owns its HA service; store and client belong to the broker. */
export interface RoleDependencies {
  readonly release: Release;
  /** Default of these three: the system's. */
  readonly clock?: Clock;
  readonly disk?: Disk;
  readonly haNetwork?: HaNetwork;
  /** Settings as they are now. */
  readonly config: () => Readonly<BrokerConfig>;
  readonly store: MessageStore;
  readonly client: Pick<RemotingClient, 'invoke' | 'invokeOneway'>;
  readonly addressBook: AddressBook;
  readonly log: Log;
  /** Null except in the lab. */
  readonly defect: LabDefect | null;
}

/** What a role needs of the broker it lives in. The broker core implements it. */
export interface RoleHost {
  /** `brokerIP1:listenPort`, as announced. */
  readonly brokerAddress: string;
  /** Registers with every NameServer now; resolves when each answered or failed. */
  registerToNamesrv(): Promise<void>;
  /**
   * The role of a new epoch is taken: a master makes its topics whole, then the table gets the epoch as its stateVersion.
   */
  roleTaken(masterEpoch: number): void;
}

/** A code and what it says. */
export interface Refusal {
  readonly code: number;
  readonly remark: string;
}

/** Answers to sends that no majority took. */
export interface MajorityAnswers {
  readonly timeoutMs: number;
  readonly late: Refusal;
  readonly roleChanged: Refusal;
}

/**
 * The role of one broker and what follows from it: may it register, may it store, how far is the log replicated.
 * Three kinds: by configuration (classic HA), by controller (auto-switch HA), by a DLedger group.
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
  /** Null when a DLedger group replicates. */
  readonly ha: ClassicHaService | AutoSwitchHaService | null;
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
  /** Null unless every send, WAIT=false or not, waits for a majority: then how it is answered when that fails. */
  readonly majority: MajorityAnswers | null;
  /** Runs when replicatedOffset may have moved: the broker answers waiting sends. */
  onProgress(listener: () => void): void;
  /** Runs after the role, the fence or the master changed. */
  onChange(listener: () => void): void;
  /** A NameServer answered a registration: addresses of the master of this set, null when it named none. */
  masterFromNamesrv(masterAddress: string | null, haServerAddress: string | null): void;

  /**
   * Opens the HA port and takes the role. In controller mode it resolves once the role is known, at the latest after a few
   * seconds: the role is then looked for in the background, for ever. Rejects with PORT_IN_USE.
   */
  start(host: RoleHost): Promise<void>;
  stop(): Promise<void>;
}

/** The role of a broker in controller mode. */
export interface ControlledBrokerRole extends BrokerRole {
  readonly ha: AutoSwitchHaService;
  /** NOTIFY_BROKER_ROLE_CHANGED (1008) came. Throws BODY_MALFORMED. */
  roleChanged(notification: RemotingCommand): void;
}
