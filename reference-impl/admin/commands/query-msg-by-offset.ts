import { SwitchlabError } from '../../base/errors.ts';
import { TOOLS_CONSUMER } from '../../client/pull.ts';
import { brokerAddress } from '../../client/queues.ts';
import { type AdminCommand, given, integer } from '../command.ts';
import { printMessage } from '../message-text.ts';
import { option, requiredOption } from '../options.ts';

/** queryMsgByOffset: 105, then one pull of one message from the master. Prints nothing when there is none. */
export const queryMsgByOffset: AdminCommand = {
  name: 'queryMsgByOffset',
  description: 'Query Message by offset.',
  javaClass: 'QueryMsgByOffsetSubCommand',
  releases: ['old', 'new'],
  options: (release) => [
    requiredOption('t', 'topic', 'topic name'),
    requiredOption('b', 'brokerName', 'Broker Name'),
    requiredOption('i', 'queueId', 'Queue Id'),
    requiredOption('o', 'offset', 'Queue Offset'),
    ...(release === 'new' ? [option('f', 'bodyFormat', 'print message body by the specified format')] : []),
  ],
  notBuilt: ['f'],
  async run(context) {
    const topic = given(context, 't');
    const brokerName = given(context, 'b');
    const address = brokerAddress(await context.operator.topicRoute(topic), brokerName, 0);
    if (address === null) throw new SwitchlabError('CONSUMER_NO_BROKER', `The broker[${brokerName}] not exist`);
    const { messages, minOffset, maxOffset } = await context.operator.pull(address, {
      consumerGroup: TOOLS_CONSUMER,
      topic,
      queueId: integer(context, 'i'),
      queueOffset: integer(context, 'o'),
      maxMsgNums: 1,
      suspendTimeoutMillis: 0,
    });
    const [message] = messages;
    if (message !== undefined) {
      await printMessage(context, message, { MIN_OFFSET: minOffset, MAX_OFFSET: maxOffset });
    }
  },
};
