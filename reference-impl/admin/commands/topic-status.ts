import type { TopicOffset } from '../../client/broker-calls.ts';
import { brokerAddress } from '../../client/queues.ts';
import { cell, doubleText, timeText } from '../columns.ts';
import { type AdminCommand, given } from '../command.ts';
import { option, requiredOption } from '../options.ts';

/** topicStatus: 105, then 202 to every master. */
export const topicStatus: AdminCommand = {
  name: 'topicStatus',
  description: 'Examine topic Status info.',
  javaClass: 'TopicStatusSubCommand',
  releases: ['old', 'new'],
  options: (release) => [
    requiredOption('t', 'topic', 'topic name'),
    ...(release === 'new'
      ? [option('c', 'cluster', 'cluster name or lmq parent topic, lmq is used to find the route.')]
      : []),
  ],
  async run(context) {
    const { operator, release, print } = context;
    const topic = given(context, 't');
    const route = await operator.topicRoute(topic);
    const rows: TopicOffset[] = [];
    let putTps = 0;
    for (const { brokerName } of route.brokerDatas) {
      const address = brokerAddress(route, brokerName, 0);
      if (address === null) continue;
      rows.push(...(await operator.topicStats(address, topic)));
      putTps += release === 'new' ? ((await operator.topicPutTps(address, topic)) ?? 0) : 0;
    }
    print(statusRow('#Broker Name', '#QID', '#Min Offset', '#Max Offset', '#Last Updated'));
    for (const { queue, minOffset, maxOffset, lastUpdateTimestamp } of rows.sort(byQueue)) {
      const updated = lastUpdateTimestamp > 0 ? timeText(lastUpdateTimestamp) : '';
      print(statusRow(queue.brokerName, queue.queueId, minOffset, maxOffset, updated));
    }
    if (release === 'new') print(`\nTopic Put TPS: ${doubleText(putTps)}\n`);
  },
};

function statusRow(
  broker: string,
  queueId: string | number,
  minOffset: string | number,
  maxOffset: string | number,
  updated: string,
): string {
  const offsets = `${cell(minOffset, -20)}  ${cell(maxOffset, -20)}`;
  return `${cell(broker, -32)}  ${cell(queueId, -4)}  ${offsets}    ${updated}\n`;
}

function byQueue({ queue: a }: TopicOffset, { queue: b }: TopicOffset): number {
  if (a.brokerName !== b.brokerName) return a.brokerName < b.brokerName ? -1 : 1;
  return a.queueId - b.queueId;
}
