// How many replicas an acknowledgement of a SYNC_MASTER needs, outside controller mode. Pure.
// Source: CommitLog.asyncPutMessage, calcNeedAckNums, 5.3.3; HAService.isSlaveOK, 4.9.7.

/** Settings of the three modes, by their keys. */
export interface ReplicationRules {
  readonly inSyncReplicas: number;
  readonly minInSyncReplicas: number;
  readonly enableAutoInSyncReplicas: boolean;
  readonly enableSlaveActingMaster: boolean;
  readonly haMaxGapNotInSync: number;
}

/** Replicas, the master included, that a put waits for; 0 and 1: it does not wait. Null: refuse it, too few are in sync. */
export function acksNeeded(rules: ReplicationRules, inSync: number): number | null {
  const { inSyncReplicas, minInSyncReplicas, enableAutoInSyncReplicas, enableSlaveActingMaster } = rules;
  if (!enableSlaveActingMaster) return inSyncReplicas;
  const needed = enableAutoInSyncReplicas
    ? Math.max(Math.min(inSyncReplicas, inSync), minInSyncReplicas)
    : inSyncReplicas;
  return needed > inSync ? null : needed;
}

/** The master and every replica whose gap in bytes is small enough. */
export function inSyncCount(rules: ReplicationRules, masterEnd: number, acks: readonly number[]): number {
  return 1 + acks.filter((ack) => masterEnd - ack < rules.haMaxGapNotInSync).length;
}

/**
 * Old: a put waits only while a slave is connected and slaves were not too far behind, otherwise it is answered at once.
 * @param acked the most that any slave ever had
 */
export function slaveAvailable(
  masterEnd: number,
  slaves: number,
  acked: number,
  haSlaveFallbehindMax: number,
): boolean {
  return slaves > 0 && masterEnd - acked < haSlaveFallbehindMax;
}
