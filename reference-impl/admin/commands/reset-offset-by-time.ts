import { brokerAddress } from '../../client/queues.ts';
import type { ResetOffset } from '../../client/offset-calls.ts';
import { cell } from '../columns.ts';
import { type AdminCommand, type AdminContext, given, integer, optional } from '../command.ts';
import { option, requiredOption, switchOption } from '../options.ts';
import { resetTimestamp } from '../reset-timestamp.ts';

/**
 * resetOffsetByTime: 105, then 222 to every master. With -b and -q one queue: 29 without -o, then 15 and 222. An old broker
 * whose group is not online refuses with 206, and so does this command: the real tool then moves the offsets itself.
 */
export const resetOffsetByTime: AdminCommand = {
  name: 'resetOffsetByTime',
  description: 'Reset consumer offset by timestamp(without client restart).',
  javaClass: 'ResetOffsetByTimeCommand',
  releases: ['old', 'new'],
  notBuilt: ['c'],
  options: (release) => [
    requiredOption('g', 'group', 'set the consumer group'),
    requiredOption('t', 'topic', 'set the topic'),
    requiredOption('s', 'timestamp', 'set the timestamp[now|currentTimeMillis|yyyy-MM-dd#HH:mm:ss:SSS]'),
    option(
      'f',
      'force',
      `set the force rollback by timestamp switch[true|false]${release === 'new' ? '. Deprecated.' : ''}`,
    ),
    ...(release === 'new'
      ? [
          option('c', 'cluster', 'Cluster name or lmq parent topic, lmq is used to find the route.'),
          option('b', 'broker', 'broker addr'),
          option('q', 'queue', 'queue id'),
          option('o', 'offset', 'Expect queue offset, not support old version broker'),
        ]
      : [switchOption('c', 'cplus', 'reset c++ client offset')]),
  ],
  async run(context) {
    const timestamp = resetTimestamp(given(context, 's'), context.release, context.nowMs);
    const broker = optional(context, 'b');
    const queueId = integer(context, 'q', -1);
    await (broker !== null && queueId >= 0
      ? resetQueue(context, broker, queueId, timestamp)
      : resetAll(context, timestamp));
  },
};

async function resetQueue(context: AdminContext, broker: string, queueId: number, timestamp: number): Promise<void> {
  const { operator, print } = context;
  const group = given(context, 'g');
  const topic = given(context, 't');
  const where = `group[${group}], topic[${topic}], queueId[${queueId}], broker[${broker}]`;
  print(`start reset consumer offset by specified, ${where}, ${timestampText(context, timestamp)}\n`);
  const isGiven = optional(context, 'o') !== null;
  const offset = isGiven ? integer(context, 'o') : await operator.searchOffset(broker, topic, queueId, timestamp);
  print(`reset consumer offset to ${offset}\n`);
  // The first place is never set: the real tool takes 0 for "nothing found".
  if (offset <= 0) return;
  await operator.commitOffset(broker, { topic, consumerGroup: group, queueId, offset });
  await operator.resetOffset(broker, { topic, group, timestamp: 0, isForce: false, queueId, offset });
}

async function resetAll(context: AdminContext, timestamp: number): Promise<void> {
  const { operator, release, print } = context;
  const group = given(context, 'g');
  const topic = given(context, 't');
  const isForce = (optional(context, 'f') ?? 'true').toLowerCase() === 'true';
  const route = await operator.topicRoute(topic);
  const everyQueue = release === 'new' ? { queueId: -1, offset: -1 } : {};
  const set: ResetOffset[] = [];
  for (const { brokerName } of route.brokerDatas) {
    const address = brokerAddress(route, brokerName, 0);
    if (address === null) continue;
    set.push(...(await operator.resetOffset(address, { topic, group, timestamp, isForce, ...everyQueue })));
  }
  const start =
    release === 'new' ? 'start reset consumer offset by specified,' : 'rollback consumer offset by specified';
  print(`${start} group[${group}], topic[${topic}], force[${isForce}], ${timestampText(context, timestamp)}\n`);
  print(offsetRow('#brokerName', '#queueId', '#offset'));
  for (const { queue, offset } of set) print(offsetRow(queue.brokerName.slice(0, 32), queue.queueId, offset));
}

function timestampText(context: AdminContext, timestamp: number): string {
  return `timestamp(string)[${given(context, 's')}], timestamp(long)[${timestamp}]`;
}

function offsetRow(brokerName: string, queueId: string | number, offset: string | number): string {
  return `${cell(brokerName, -40)}  ${cell(queueId, -40)}  ${cell(offset, -40)}\n`;
}
