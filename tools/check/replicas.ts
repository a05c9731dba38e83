import { assert } from '../../reference-impl/base/assert.ts';
import {
  type Attempt,
  type ConfirmSample,
  groupBy,
  type MasterSighting,
  type ReplicaEpochs,
  type ReplicaLog,
  type Violation,
  violation,
} from './ledger.ts';

/** Every acknowledged message of a broker set is in the log of every member of its SyncStateSet. */
export function acknowledgedInEverySyncReplica(
  attempts: readonly Attempt[],
  brokerName: string,
  syncStateSet: ReadonlySet<number>,
  logs: readonly ReplicaLog[],
): Violation[] {
  const acknowledged = attempts.filter((row) => row.outcome === 'SEND_OK' && row.brokerName === brokerName);
  const found: Violation[] = [];
  for (const brokerId of syncStateSet) {
    const log = logs.find((replica) => replica.brokerName === brokerName && replica.brokerId === brokerId);
    if (log === undefined) {
      found.push(violation('acknowledged-in-sync-replicas', `the log of member ${brokerId} was not read`, []));
      continue;
    }
    const missing = acknowledged.filter((row) => !log.keys.has(row.key));
    if (missing.length > 0) {
      const what = `${missing.length} acknowledged messages are missing in member ${brokerId} (${log.address})`;
      found.push(violation('acknowledged-in-sync-replicas', what, missing));
    }
  }
  return found;
}

/** One broker set never has two masters in one epoch. */
export function oneMasterPerEpoch(sightings: readonly MasterSighting[]): Violation[] {
  const found: Violation[] = [];
  for (const [epoch, rows] of groupBy(sightings, (row) => `${row.brokerName} epoch ${row.masterEpoch}`)) {
    const first = rows[0]!;
    const other = rows.find((row) => row.masterAddress !== first.masterAddress);
    if (other !== undefined) found.push(violation('one-master-per-epoch', `${epoch} has two masters`, [first, other]));
  }
  return found;
}

/** The master epoch of a broker set never goes back, in the order of the sightings of one source. */
export function masterEpochMonotone(sightings: readonly MasterSighting[]): Violation[] {
  const found: Violation[] = [];
  for (const [source, rows] of groupBy(sightings, (row) => `${row.brokerName} by ${row.source}`)) {
    const step = rows.findIndex((row, i) => i > 0 && row.masterEpoch < rows[i - 1]!.masterEpoch);
    if (step > 0) {
      found.push(
        violation('master-epoch-monotone', `the master epoch of ${source} went back`, rows.slice(step - 1, step + 1)),
      );
    }
  }
  return found;
}

/** While a broker keeps its role (one master epoch), its confirm offset never goes down. */
export function confirmOffsetMonotone(samples: readonly ConfirmSample[]): Violation[] {
  const found: Violation[] = [];
  for (const [role, rows] of groupBy(samples, (row) => `${row.address} in epoch ${row.masterEpoch}`)) {
    const step = rows.findIndex((row, i) => i > 0 && row.confirmOffset < rows[i - 1]!.confirmOffset);
    if (step > 0) {
      found.push(
        violation('confirm-offset-monotone', `the confirm offset of ${role} went down`, rows.slice(step - 1, step + 1)),
      );
    }
  }
  return found;
}

/**
 * After healing all replicas tell the same history: the same end of the log, and the same (epoch, startOffset) list as
 * far as their lists reach back. A list may start later where a replica lacks the beginning of the log.
 */
export function epochsEqual(replicas: readonly ReplicaEpochs[]): Violation[] {
  assert(replicas.length > 1, 'epochsEqual compares at least two replicas');
  const longest = replicas.reduce((a, b) => (b.epochs.length > a.epochs.length ? b : a));
  for (const replica of replicas) {
    const tail = replica.epochs.length === 0 ? [] : longest.epochs.slice(-replica.epochs.length);
    // The first entry that a replica keeps may begin where its own log begins, not where the epoch did.
    const same = tail.every((entry, i) => {
      const own = replica.epochs[i]!;
      const partial = i === 0 && replica.epochs.length < longest.epochs.length;
      return own.epoch === entry.epoch && (own.startOffset === entry.startOffset || partial);
    });
    if (
      !same ||
      replica.maxOffset !== longest.maxOffset ||
      (replica.epochs.length === 0 && longest.epochs.length > 0)
    ) {
      return [
        violation('epochs-equal', `the histories of ${longest.address} and ${replica.address} differ`, [
          longest,
          replica,
        ]),
      ];
    }
  }
  return [];
}
