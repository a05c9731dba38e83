import { existsSync } from 'node:fs';
import path from 'node:path';
import type { BrokerStore } from '../doctor/store-facts.ts';
import { logEnd, segmentFiles } from '../lab/traffic/commit-log.ts';
import type { UpgradePlan } from '../lab/upgrade/plan-file.ts';
import { sameUntil } from './same-log.ts';

/** A store that the user gave for a broker. */
export interface GivenStore {
  /** Its configuration file as the user named it. */
  readonly of: string;
  readonly group: string;
  readonly roles: UpgradePlan['start']['roles'];
  /** By its configuration alone. */
  readonly isMaster: boolean;
  readonly store: BrokerStore;
}

/**
 * What stores do harm with, whatever the plan is: each as a sentence for the user; none when they can be rehearsed on.
 * @param controllersGiven stores of controllers were given, too
 */
export function harmsOf(stores: readonly GivenStore[], controllersGiven: boolean): string[] {
  const groups = [...Map.groupBy(stores, ({ group }) => group).values()];
  return [
    ...stores.flatMap((given) => [formHarm(given), pastHarm(given, controllersGiven), nameHarm(given)]),
    ...groups.flatMap(identityHarms),
    ...groups.flatMap(logHarms),
  ].filter((harm) => harm !== null);
}

function formHarm({ of, roles, store }: GivenStore): string | null {
  const isDledger = store.dledgerFolder !== null;
  if (isDledger && roles !== 'dledger')
    return `${of}: its store keeps messages in a DLedger log (${store.dledgerFolder}), and the file has no enableDLegerCommitLog: a plain broker serves an empty log and removes the queues (CTL-UPG-05).`;
  if (!isDledger && roles === 'dledger' && endOf(store) > 0)
    return `${of}: its store has a plain commit log, and the file has enableDLegerCommitLog: the broker serves an empty DLedger log.`;
  return null;
}

/** Controllers that begin anew know no ids and no epochs that a store has from former ones. */
function pastHarm({ of, roles, store }: GivenStore, controllersGiven: boolean): string | null {
  const files = [
    ...(store.identity === null ? [] : ['brokerIdentity']),
    ...(store.epochs.length === 0 ? [] : ['epochFileCheckpoint']),
  ];
  if (files.length === 0 || roles === 'dledger' || (roles === 'elected' && controllersGiven)) return null;
  const what = `${of}: its store has ${files.join(' and ')} of former controllers, and those of the rehearsal begin without data: the broker is refused, or cuts its log by epochs that begin anew (CTL-UPG-12).`;
  return roles === 'fixed'
    ? `${what} Delete what is left of controller mode, with .bak, from a copy of the store.`
    : `${what} Give the stores of the controllers, too.`;
}

function nameHarm({ of, group, store: { identity } }: GivenStore): string | null {
  if (identity === null || identity.broker === group) return null;
  return `${of}: its store belongs to ${identity.broker} of ${identity.cluster}, and brokerName is ${group}: the broker does not start, or takes the place of another.`;
}

function identityHarms(group: readonly GivenStore[]): string[] {
  return group.flatMap(({ of, store }, i) => {
    const twin = group.slice(0, i).find((other) => other.store.identity?.id === store.identity?.id);
    if (store.identity === null || twin === undefined) return [];
    return [
      `${of}: its store has the brokerIdentity of that of ${twin.of}: two brokers would be one replica. A copy of a store is made without that file (CTL-ID-02).`,
    ];
  });
}

/** Replicas of fixed roles have one log, of which slaves may lack the end. Elected ones cut what differs by their epochs. */
function logHarms(group: readonly GivenStore[]): string[] {
  const withLog = group.filter(({ roles, store }) => roles === 'fixed' && existsSync(logOf(store)));
  const first = withLog.find(({ isMaster }) => isMaster) ?? withLog[0];
  return withLog.flatMap((other) => {
    if (first === undefined || other === first) return [];
    const [end, otherEnd] = [endOf(first.store), endOf(other.store)];
    const [files, otherFiles] = [segmentFiles(logOf(first.store)), segmentFiles(logOf(other.store))];
    const minOffset = Math.max(files[0]?.startOffset ?? 0, otherFiles[0]?.startOffset ?? 0);
    const maxOffset = Math.min(end, otherEnd);
    const equal = maxOffset <= minOffset ? maxOffset : sameUntil(files, otherFiles, { minOffset, maxOffset });
    if (equal < maxOffset)
      return [
        `${other.of}: its log differs from that of ${first.of} from offset ${equal} on: these are no replicas of one group, and nothing would notice before a switch (CTL-UPG-03).`,
      ];
    if (first.isMaster && otherEnd > end)
      return [
        `${other.of}: its log ends at ${otherEnd}, behind that of its master ${first.of} at ${end}: a slave does not cut its log in this mode, and goes on with a gap. Copy the store of the master last (CTL-UPG-03).`,
      ];
    return [];
  });
}

function logOf({ path: folder }: BrokerStore): string {
  return path.join(folder, 'commitlog');
}

function endOf(store: BrokerStore): number {
  return existsSync(logOf(store)) ? logEnd(segmentFiles(logOf(store))) : 0;
}
