import type { ControllerEvent } from './events.ts';

/** A broker as its set knows it. */
export interface BrokerIdentity {
  readonly address: string;
  /** What the broker gave when it applied for its id: the same code again is the same broker. */
  readonly registerCheckCode: string;
}

/** The brokers of one set, by controller id. */
export interface BrokerReplicas {
  readonly clusterName: string;
  /** Grows by one per id given. Not the largest id plus one: a broker may apply for any free id. */
  readonly nextBrokerId: number;
  readonly brokers: ReadonlyMap<number, BrokerIdentity>;
}

/** Who leads one set. */
export interface SyncState {
  readonly masterBrokerId: number | null;
  /** Raised by every election event, successful or not; 0 as long as there was none. */
  readonly masterEpoch: number;
  readonly syncStateSet: readonly number[];
  readonly syncStateSetEpoch: number;
}

export type BrokerSet = BrokerReplicas & SyncState;

const firstBrokerId = 1;
const neverElected: SyncState = { masterBrokerId: null, masterEpoch: 0, syncStateSet: [], syncStateSetEpoch: 0 };

/**
 * The replicated state: what every member of the controller group computes from the same events. Epochs are not in the
 * events but counted here, so the counting is part of the protocol. Sets are known by broker name alone, whatever their
 * cluster. Source: `ReplicasInfoManager`, 5.3.3.
 */
export class ReplicasInfo {
  readonly #replicas = new Map<string, BrokerReplicas>();
  readonly #syncStates = new Map<string, SyncState>();

  get brokerNames(): string[] {
    return [...this.#replicas.keys()].filter((name) => this.#syncStates.has(name));
  }

  /** Undefined for an unknown set. */
  set(brokerName: string): BrokerSet | undefined {
    const replicas = this.#replicas.get(brokerName);
    const state = this.#syncStates.get(brokerName);
    return replicas && state && { ...replicas, ...state };
  }

  nextBrokerId(brokerName: string): number {
    return this.#replicas.get(brokerName)?.nextBrokerId ?? firstBrokerId;
  }

  apply(event: ControllerEvent): void {
    switch (event.eventType) {
      case 'ALTER_SYNC_STATE_SET_EVENT':
        return this.#changeState(event.brokerName, (state) => ({
          ...state,
          syncStateSet: ascending(event.newSyncStateSet),
          syncStateSetEpoch: state.syncStateSetEpoch + 1,
        }));
      case 'APPLY_BROKER_ID_EVENT':
        return this.#addBroker(event);
      case 'ELECT_MASTER_EVENT':
        return this.#changeState(event.brokerName, (state) => elected(state, event));
      case 'CLEAN_BROKER_DATA_EVENT':
        return this.#clean(event.brokerName, event.brokerIdSetToClean ?? []);
      case 'UPDATE_BROKER_ADDRESS':
        return this.#changeAddress(event.brokerName, event.brokerId, event.brokerAddress);
    }
  }

  #changeState(brokerName: string, change: (state: SyncState) => SyncState): void {
    const state = this.set(brokerName);
    if (state !== undefined) this.#syncStates.set(brokerName, change(this.#syncStates.get(brokerName)!));
  }

  #addBroker(event: ControllerEvent & { eventType: 'APPLY_BROKER_ID_EVENT' }): void {
    const { brokerName, clusterName, newBrokerId, brokerAddress: address, registerCheckCode } = event;
    let known = this.set(brokerName);
    if (known === undefined) {
      known = { clusterName, nextBrokerId: firstBrokerId, brokers: new Map(), ...neverElected };
      this.#syncStates.set(brokerName, neverElected);
    } else if (known.brokers.has(newBrokerId)) return;
    this.#replicas.set(brokerName, {
      clusterName: known.clusterName,
      nextBrokerId: known.nextBrokerId + 1,
      brokers: new Map(known.brokers).set(newBrokerId, { address, registerCheckCode }),
    });
  }

  #changeAddress(brokerName: string, brokerId: number, address: string): void {
    const replicas = this.#replicas.get(brokerName);
    const broker = replicas?.brokers.get(brokerId);
    if (replicas === undefined || broker === undefined) return;
    const brokers = new Map(replicas.brokers).set(brokerId, { ...broker, address });
    this.#replicas.set(brokerName, { ...replicas, brokers });
  }

  #clean(brokerName: string, brokerIds: readonly number[]): void {
    const replicas = this.#replicas.get(brokerName);
    const state = this.#syncStates.get(brokerName);
    if (brokerIds.length === 0 || replicas === undefined || state === undefined) {
      if (brokerIds.length > 0) return;
      this.#replicas.delete(brokerName);
      this.#syncStates.delete(brokerName);
      return;
    }
    const brokers = new Map([...replicas.brokers].filter(([id]) => !brokerIds.includes(id)));
    const syncStateSet = state.syncStateSet.filter((id) => !brokerIds.includes(id));
    const masterGone = state.masterBrokerId !== null && brokerIds.includes(state.masterBrokerId);
    if (brokers.size === 0) this.#replicas.delete(brokerName);
    else this.#replicas.set(brokerName, { ...replicas, brokers });
    // A set whose in-sync members are all forgotten starts again with the next id that is applied for.
    if (syncStateSet.length === 0) this.#syncStates.delete(brokerName);
    else {
      const masterBrokerId = masterGone ? null : state.masterBrokerId;
      this.#syncStates.set(brokerName, { ...state, masterBrokerId, syncStateSet });
    }
  }
}

function elected(state: SyncState, event: ControllerEvent & { eventType: 'ELECT_MASTER_EVENT' }): SyncState {
  const masterEpoch = state.masterEpoch + 1;
  if (!event.newMasterElected || event.newMasterBrokerId === null)
    return { ...state, masterBrokerId: null, masterEpoch };
  return {
    masterBrokerId: event.newMasterBrokerId,
    masterEpoch,
    syncStateSet: [event.newMasterBrokerId],
    syncStateSetEpoch: state.syncStateSetEpoch + 1,
  };
}

function ascending(ids: readonly number[]): number[] {
  return [...ids].sort((a, b) => a - b);
}
