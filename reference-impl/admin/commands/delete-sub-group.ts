import { clusterMasters } from '../cluster.ts';
import { type AdminCommand, given, optional } from '../command.ts';
import { option, requiredOption } from '../options.ts';
import { deleteTopicOfCluster, eraseTopic } from '../topic-deletion.ts';

/** deleteSubGroup: 207 to one broker, or to every master of a cluster (106) together with the group's own topics. */
export const deleteSubGroup: AdminCommand = {
  name: 'deleteSubGroup',
  description: 'Delete subscription group from broker.',
  javaClass: 'DeleteSubscriptionGroupCommand',
  releases: ['old', 'new'],
  anyOf: ['b', 'c'],
  options: () => [
    option('b', 'brokerAddr', 'delete subscription group from which broker'),
    option('c', 'clusterName', 'delete subscription group from which cluster'),
    requiredOption('g', 'groupName', 'subscription group name'),
    option('r', 'removeOffset', 'remove offset'),
  ],
  async run(context) {
    const { operator, release, print, warn } = context;
    const group = given(context, 'g');
    const withOffsets = optional(context, 'r')?.toLowerCase() === 'true';
    const address = optional(context, 'b');
    if (address !== null) {
      await operator.deleteSubscriptionGroup(address, group, withOffsets);
      return print(`delete subscription group [${group}] from broker [${address}] success.\n`);
    }
    const clusterName = given(context, 'c');
    for (const master of await clusterMasters(context, clusterName)) {
      await operator.deleteSubscriptionGroup(master, group, withOffsets);
      print(`delete subscription group [${group}] from broker [${master}] in cluster [${clusterName}] success.\n`);
    }
    // The group is gone already: what stays of its topics is no failure of this command.
    const remove = release === 'new' ? eraseTopic : deleteTopicOfCluster;
    try {
      for (const prefix of ['%RETRY%', '%DLQ%']) await remove(context, prefix + group, clusterName);
    } catch (thrown) {
      warn(thrown);
    }
  },
};
