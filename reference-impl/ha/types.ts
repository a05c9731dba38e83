import type { AddressBook } from '../base/address.ts';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import type { Log } from '../base/log.ts';
import type { MessageStore } from '../store/types.ts';
import type { HaNetwork } from './network.ts';

/** Settings of replication; ms and bytes. Names are those of MessageStoreConfig. */
export interface HaOptions {
  readonly log: Log;
  /** Default of these three: the system's. */
  readonly clock?: Clock;
  readonly disk?: Disk;
  readonly network?: HaNetwork;
  readonly addressBook: AddressBook;
  readonly bindAddress: string;
  /** 0: the system chooses (tests). */
  readonly haListenPort: number;
  readonly haSendHeartbeatInterval: number;
  readonly haHousekeepingInterval: number;
  readonly haTransferBatchSize: number;
  /** Most bytes of the log that one replica gets in a second; Infinity without haFlowControlEnable. */
  readonly maxHaTransferByteInSecond: number;
  readonly haMaxTimeSlaveNotCatchup: number;
  readonly syncFromLastFile: boolean;
  readonly asyncLearner: boolean;
  readonly allAckInSyncStateSet: boolean;
  /** `<root>/epochFileCheckpoint`; unused by classic HA. */
  readonly storePathEpochFile: string;
  /** Wait before a slave dials again after a failure: 5000 in RocketMQ. */
  readonly reconnectMs: number;
}

/** One replica connected to a master. */
export interface ReplicaStatus {
  /** Controller broker id; -1 in classic HA, which knows addresses only. */
  readonly brokerId: number;
  readonly address: string;
  /** -1 before its first report. */
  readonly ackOffset: number;
  readonly transferFromWhere: number;
  readonly transferredByteInSecond: number;
}

/** The slave's side of its connection to the master (`HARuntimeInfo.HAClientRuntimeInfo`); times 0 when never. */
export interface SlaveStatus {
  /** `host:port` of the master's HA listener, or null while unknown or while this broker is master. */
  readonly masterHaAddress: string | null;
  readonly connected: boolean;
  readonly lastReadTimestamp: number;
  readonly lastWriteTimestamp: number;
  readonly transferredByteInSecond: number;
}

/** What both HA services share. The broker owns one, for as long as it runs. */
export interface HaService {
  /** Port actually bound. */
  readonly port: number;
  readonly replicas: readonly ReplicaStatus[];
  readonly slave: SlaveStatus;
  /** Largest offset that at least `count` connected replicas have written, 0 when fewer are connected. */
  offsetAckedBy(count: number): number;
  /** Runs when an acknowledgement, a connection or a set changed: the broker then re-checks its waiting sends. */
  onProgress(listener: () => void): void;
  /** Listens; rejects with PORT_IN_USE. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Master and slave by configuration: no handshake, no truncation (ha.md 1). */
export interface ClassicHaService extends HaService {
  /** Slave side; null stops replicating. */
  setMasterHaAddress(address: string | null): void;
  /** Largest acknowledged offset of any slave; never goes down. */
  readonly push2SlaveMaxOffset: number;
}

/** One entry of the epoch file; `endOffset` is the next start, or Infinity for the last. */
export interface EpochEntry {
  readonly epoch: number;
  readonly startOffset: number;
  readonly endOffset: number;
}

/** A set as agreed with the controller. */
export interface SyncStateSet {
  readonly members: ReadonlySet<number>;
  readonly epoch: number;
}

/**
 * What became of a proposed set: the set that the controller agreed to, a refusal, or nothing that can be relied on.
 * After UNKNOWN the master keeps waiting for the proposed members too, until it learns a newer set.
 */
export type ProposalAnswer = SyncStateSet | 'REFUSED' | 'UNKNOWN';

/** Asks the controller to replace `agreed` by `members`. */
export type Proposer = (members: ReadonlySet<number>, agreed: SyncStateSet) => Promise<ProposalAnswer>;

/** Roles by controller: handshake, epochs, truncation, SyncStateSet (ha.md 2). */
export interface AutoSwitchHaService extends HaService {
  /** Epoch list, oldest first. */
  readonly epochs: readonly EpochEntry[];
  /** Epoch of the last entry, -1 without one. */
  readonly lastEpoch: number;
  /** Agreed set. Empty while this broker is no master. */
  readonly syncStateSet: SyncStateSet;
  /**
   * Offset that every member of agreed and proposed set has acknowledged (this broker counts with its written end).
   * An acknowledgement under allAckInSyncStateSet waits until it reaches the record's end.
   */
  readonly allAckOffset: number;
  /** Becomes master of `masterEpoch`; resolves when the tail is cut and everything is dispatched. False: epoch too old. */
  changeToMaster(selfBrokerId: number, masterEpoch: number, set: SyncStateSet): Promise<boolean>;
  /** Becomes slave; replication starts once `setMasterHaAddress` names the master. */
  changeToSlave(selfBrokerId: number, masterEpoch: number, masterBrokerId: number): Promise<boolean>;
  setMasterHaAddress(address: string | null): void;
  /** Same master, new epoch or set from the controller. Ignored when its epoch is not larger. */
  installSyncStateSet(set: SyncStateSet): void;
  /** Who carries proposals to the controller; one at a time. */
  proposeThrough(proposer: Proposer): void;
  /** Master, every checkSyncStateSetPeriod: proposes without the members that did not catch up in time. */
  checkSyncStateSet(): void;
}

/** What either service needs of the broker's store. */
export interface HaDependencies {
  readonly options: HaOptions;
  readonly store: MessageStore;
}
