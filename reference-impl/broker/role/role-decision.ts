import type { SyncStateSet } from '../../ha/types.ts';

/** A replica set as the controller describes it. */
export interface ReplicaGroup {
  /** Null: there is no master now. */
  readonly masterBrokerId: number | null;
  readonly masterAddress: string | null;
  readonly masterEpoch: number;
  readonly syncStateSet: SyncStateSet;
}

/** What this broker knows of its own role. */
export interface KnownRole {
  readonly brokerId: number;
  /** Epoch of the last role taken, 0 before the first. */
  readonly masterEpoch: number;
  readonly isMaster: boolean;
  /** A learner never becomes master: it neither asks for an election nor accepts its result. */
  readonly asyncLearner: boolean;
}

/** What follows for this broker. */
export type RoleDecision =
  | { readonly take: 'MASTER' | 'SLAVE'; readonly masterBrokerId: number; readonly masterAddress: string }
  | { readonly take: 'SET' | 'ELECTION' | 'DECLINE' | 'NOTHING' };

/** Decides by the epoch: a larger one gives a role, the own one gives at most a newer set, a smaller one is old news. */
export function decideRole(known: KnownRole, told: ReplicaGroup): RoleDecision {
  const { masterBrokerId, masterAddress, masterEpoch } = told;
  if (masterEpoch < known.masterEpoch) return { take: 'NOTHING' };
  if (masterBrokerId === null || masterAddress === null) return { take: known.asyncLearner ? 'NOTHING' : 'ELECTION' };
  const self = masterBrokerId === known.brokerId;
  if (masterEpoch === known.masterEpoch) return { take: self && known.isMaster ? 'SET' : 'NOTHING' };
  if (self && known.asyncLearner) return { take: 'DECLINE' };
  return { take: self ? 'MASTER' : 'SLAVE', masterBrokerId, masterAddress };
}

/**
 * Whether this broker has to ask the controllers instead of believing a notification. One that names it master of an epoch
 * that it has begun already can be older than this process: from a controller that was frozen, it may show the set as it
 * was before an earlier life let others join, and a master that counts too few acknowledges what only it has.
 * @param lastEpoch last entry of its epoch file
 */
export function mustAsk(known: KnownRole, lastEpoch: number, told: ReplicaGroup): boolean {
  return !known.isMaster && told.masterBrokerId === known.brokerId && told.masterEpoch <= lastEpoch;
}

/** True when `a` tells something newer than `b`. */
export function newerGroup(a: ReplicaGroup, b: ReplicaGroup): boolean {
  return a.masterEpoch === b.masterEpoch ? a.syncStateSet.epoch > b.syncStateSet.epoch : a.masterEpoch > b.masterEpoch;
}
