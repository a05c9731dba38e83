import type { ReplicaIdentity, ReplicasInfo } from '../../client/controller-calls.ts';
import { clusterBrokers } from '../cluster.ts';
import { type AdminCommand, given, optional } from '../command.ts';
import { option, requiredOption } from '../options.ts';

/** getSyncStateSet: 1005 at -a, then 1006 at the leader; with -c the broker names come from 106. */
export const getSyncStateSet: AdminCommand = {
  name: 'getSyncStateSet',
  description: 'Fetch syncStateSet for target brokers.',
  javaClass: 'GetSyncStateSetSubCommand',
  releases: ['new'],
  repeats: true,
  anyOf: ['b', 'c'],
  options: () => [
    requiredOption('a', 'controllerAddress', 'the address of controller'),
    option('c', 'clusterName', 'which cluster'),
    option('b', 'brokerName', 'which broker to fetch'),
    option('i', 'interval', 'the interval(second) of get info'),
  ],
  async run(context) {
    const brokerName = optional(context, 'b');
    const clusterName = optional(context, 'c');
    const names =
      brokerName === null
        ? (await clusterBrokers(context, clusterName)).map((broker) => broker.brokerName)
        : [brokerName];
    const controller = given(context, 'a').split(';')[0]!;
    const sets = await context.operator.syncStateSet(controller, [...new Set(names)]);
    for (const [name, info] of sets) context.print(setText(name, info));
  },
};

function setText(brokerName: string, info: ReplicasInfo): string {
  return [
    `\n#brokerName\t${brokerName}`,
    `\n#MasterBrokerId\t${info.masterBrokerId}`,
    `\n#MasterAddr\t${info.masterAddress}`,
    `\n#MasterEpoch\t${info.masterEpoch}`,
    `\n#SyncStateSetEpoch\t${info.syncStateSetEpoch}`,
    `\n#SyncStateSetNums\t${info.inSyncReplicas.length}\n`,
    ...info.inSyncReplicas.map((replica) => `\nInSyncReplica:\t${replicaText(replica)}\n`),
    ...info.notInSyncReplicas.map((replica) => `\nNotInSyncReplica:\t${replicaText(replica)}\n`),
  ].join('');
}

/** `ReplicaIdentity.toString`. */
function replicaText({ brokerName, brokerId, brokerAddress, alive }: ReplicaIdentity): string {
  return `ReplicaIdentity{brokerName='${brokerName}', brokerId=${brokerId}, brokerAddress='${brokerAddress}', alive=${alive}}`;
}
