import { SwitchlabError } from '../../base/errors.ts';
import { brokerAddress, type MessageQueue, publishQueues } from '../../client/queues.ts';
import { refusalCode } from '../../client/refused.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import type { TopicRouteData } from '../../remoting/commands/get-routeinfo-by-topic.ts';
import { cell } from '../columns.ts';
import { type AdminCommand, type AdminContext, given, integer, optional } from '../command.ts';
import { ToolFailure } from '../failure.ts';
import { option, requiredOption } from '../options.ts';

/** sendMessage: 105, then 310 to the queue of -b and -i, or to any. One attempt: the real tool makes three without -i. */
export const sendMessage: AdminCommand = {
  name: 'sendMessage',
  description: 'Send a message.',
  javaClass: 'SendMessageCommand',
  releases: ['old', 'new'],
  notBuilt: ['m'],
  options: () => [
    requiredOption('t', 'topic', 'Topic name'),
    requiredOption('p', 'body', 'UTF-8 string format of the message body'),
    option('k', 'key', 'Message keys'),
    option('c', 'tags', 'Message tags'),
    option('b', 'broker', 'Send message to target broker'),
    option('i', 'qid', 'Send message to target queue'),
    option('m', 'msgTraceEnable', 'Message Trace Enable, Default: false'),
  ],
  async run(context) {
    const { operator, print, nowMs } = context;
    if (context.options.has('i') && !context.options.has('b')) {
      return print('Broker name must be set if the queue is chosen!');
    }
    const topic = given(context, 't');
    const route = await routeFor(context, topic);
    const queue = chosenQueue(context, topic) ?? anyQueue(topic, route);
    const address = brokerAddress(route, queue.brokerName, 0);
    if (address === null) throw new SwitchlabError('CONSUMER_NO_BROKER', `The broker[${queue.brokerName}] not exist`);
    const message = {
      body: Buffer.from(given(context, 'p')),
      keys: optional(context, 'k') ?? undefined,
      tags: optional(context, 'c') ?? undefined,
    };
    // The group of the real tool is the time of the call as well.
    const { outcome, msgId } = await operator.send(address, String(nowMs), queue, message);
    if (outcome.kind === 'refused' || outcome.kind === 'unknown') {
      throw new ToolFailure(outcome.code ?? ResponseCode.SYSTEM_ERROR, outcome.remark ?? '');
    }
    print(sendRow('#Broker Name', '#QID', '#Send Result', '#MsgId'));
    print(sendRow(queue.brokerName, outcome.queueId, outcome.kind, msgId));
  },
};

/** Of the topic, or of the one whose brokers make topics by themselves. */
async function routeFor({ operator }: AdminContext, topic: string): Promise<TopicRouteData> {
  try {
    return await operator.topicRoute(topic);
  } catch (thrown) {
    if (refusalCode(thrown) !== ResponseCode.TOPIC_NOT_EXIST) throw thrown;
    return operator.topicRoute('TBW102');
  }
}

function chosenQueue(context: AdminContext, topic: string): MessageQueue | null {
  const brokerName = optional(context, 'b');
  const isGiven = brokerName !== null && optional(context, 'i') !== null;
  return isGiven ? { topic, brokerName, queueId: integer(context, 'i') } : null;
}

function anyQueue(topic: string, route: TopicRouteData): MessageQueue {
  const queues = publishQueues(topic, route);
  const queue = queues[Math.floor(Math.random() * queues.length)];
  if (queue === undefined) throw new ToolFailure(ResponseCode.TOPIC_NOT_EXIST, `No route info of this topic: ${topic}`);
  return queue;
}

function sendRow(brokerName: string, queueId: string | number, result: string, msgId: string): string {
  return `${cell(brokerName, -32)}  ${cell(queueId, -4)}  ${cell(result, -20)}    ${msgId}\n`;
}
