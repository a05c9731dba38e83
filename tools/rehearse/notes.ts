import type { UpgradePlan } from '../lab/upgrade/plan-file.ts';
import type { Server } from './servers.ts';

/** What a person has to know beside the steps: what files do not tell, and what a plan leaves as it is. */
export function notesOf(plan: UpgradePlan, servers: readonly Server[]): string[] {
  return [...unknownHosts(servers), ...electedRoles(plan), ...lostWaiting(plan, servers)];
}

function unknownHosts(servers: readonly Server[]): string[] {
  return servers
    .filter(({ isHostKnown }) => !isHostKnown)
    .map(
      ({ name, file }) =>
        `${name} stands for the machine of ${file.path}: nothing in the files names it; --host ${file.path}=… does.`,
    );
}

function electedRoles({ start }: UpgradePlan): string[] {
  return start.roles === 'elected'
    ? [
        'Controllers give the roles, and in production they may have given others than in the rehearsal. mqadmin getSyncStateSet names the master of each group now: where it is another broker than here, the two change places in every step.',
      ]
    : [];
}

/** Groups whose acknowledgements waited for a slave, and will not under controllers (CTL-BRK-13). */
function lostWaiting({ start, stages }: UpgradePlan, servers: readonly Server[]): string[] {
  const enters = stages.some(({ steps }) =>
    steps.some(({ do: { verb, of } }) => verb === 'set' && Object.hasOwn(of, 'enableControllerMode')),
  );
  if (start.roles !== 'fixed' || !enters) return [];
  const groups = Map.groupBy(
    servers.filter(({ role }) => role === 'broker'),
    ({ replaces, group }) => replaces ?? group!,
  );
  return [...groups].flatMap(([group, replicas]) => {
    const waits = replicas.some(({ file }) => file.text('brokerRole') === 'SYNC_MASTER');
    const goesOn = replicas.some(({ file }) => file.flag('allAckInSyncStateSet'));
    return waits && !goesOn
      ? [
          `${group} has a SYNC_MASTER, whose acknowledgements wait for a slave. Under controllers nothing waits unless allAckInSyncStateSet=true stands in the file of every replica, and a switch then loses what no slave had: write it there before the group starts.`,
        ]
      : [];
  });
}
