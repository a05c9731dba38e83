import { type AdminCommand, given } from '../command.ts';
import { printMessage } from '../message-text.ts';
import { option, requiredOption } from '../options.ts';

/** queryMsgById: 33 to the broker inside the id, then who consumed it. Its options for re-sending are not built. */
export const queryMsgById: AdminCommand = {
  name: 'queryMsgById',
  description: 'Query Message by Id.',
  javaClass: 'QueryMsgByIdSubCommand',
  releases: ['old', 'new'],
  options: (release) => [
    ...(release === 'new' ? [requiredOption('t', 'topic', 'topic name')] : []),
    requiredOption('i', 'msgId', 'Message Id'),
    option('g', 'consumerGroup', 'consumer group name'),
    option('d', 'clientId', "The consumer's client id"),
    option('s', 'sendMessage', 'resend message'),
    option('u', 'unitName', 'unit name'),
    ...(release === 'new'
      ? [
          option('f', 'bodyFormat', 'print message body by the specified format'),
          option('c', 'cluster', 'Cluster name or lmq parent topic, lmq is used to find the route.'),
        ]
      : []),
  ],
  notBuilt: ['g', 'd', 's', 'u', 'f', 'c'],
  async run(context) {
    for (const id of given(context, 'i').split(',')) {
      await printMessage(context, await context.operator.viewMessage(id.trim()));
    }
  },
};
