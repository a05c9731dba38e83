import { type AdminCommand, given } from '../command.ts';
import { requiredOption } from '../options.ts';
import { deleteTopicOfCluster } from '../topic-deletion.ts';

/** deleteTopic: 106, 215 to every master of the cluster, 216 to every NameServer of -n. */
export const deleteTopic: AdminCommand = {
  name: 'deleteTopic',
  description: 'Delete topic from broker and NameServer.',
  javaClass: 'DeleteTopicSubCommand',
  releases: ['old', 'new'],
  options: () => [
    requiredOption('t', 'topic', 'topic name'),
    requiredOption('c', 'clusterName', 'delete topic from which cluster'),
  ],
  run: (context) => deleteTopicOfCluster(context, given(context, 't'), given(context, 'c')),
};
