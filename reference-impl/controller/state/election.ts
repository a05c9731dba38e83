import type { LiveBroker } from './liveness.ts';
import type { BrokerSet } from './replicas.ts';

export interface ElectionRequest {
  readonly set: BrokerSet;
  /** The broker's heartbeat data while it is alive. */
  readonly living: (brokerId: number) => Pick<LiveBroker, 'epoch' | 'maxOffset' | 'electionPriority'> | undefined;
  /** This broker or nobody (`designateElect`). */
  readonly designated: number | null;
  /** `enableElectUncleanMaster`: nobody in the SyncStateSet lives, so take one that may lack acknowledged messages. */
  readonly unclean: boolean;
}

/**
 * Who shall be master: a living member of the SyncStateSet, null for nobody. The present master keeps its place unless
 * another broker is designated. Otherwise the newest epoch wins, then the longest log, then the smaller
 * `brokerElectionPriority`, then (where RocketMQ leaves it open) the smaller id.
 * Learners are candidates like others in an unclean election: no heartbeat tells that a broker is one.
 * Source: `DefaultElectPolicy`, 5.3.3; offsets are compared in full, not in 32 bits.
 */
export function electMaster({ set, living, designated, unclean }: ElectionRequest): number | null {
  const pick = (brokerIds: readonly number[]) => {
    const candidates = brokerIds.filter((id) => living(id) !== undefined);
    return pickOne(candidates, set.masterBrokerId, designated, (a, b) => compare(living(a)!, living(b)!) || a - b);
  };
  return pick(set.syncStateSet) ?? (unclean ? pick([...set.brokers.keys()]) : null);
}

function pickOne(
  candidates: readonly number[],
  oldMaster: number | null,
  designated: number | null,
  order: (a: number, b: number) => number,
): number | null {
  const stays = oldMaster !== null && candidates.includes(oldMaster) && (designated ?? oldMaster) === oldMaster;
  if (stays) return oldMaster;
  if (designated !== null) return candidates.includes(designated) ? designated : null;
  return candidates.toSorted(order)[0] ?? null;
}

type Rank = Pick<LiveBroker, 'epoch' | 'maxOffset' | 'electionPriority'>;

function compare(a: Rank, b: Rank): number {
  return b.epoch - a.epoch || b.maxOffset - a.maxOffset || a.electionPriority - b.electionPriority;
}
