import { RefusedError } from '../../client/refused.ts';
import type { Release } from '../../base/release.ts';
import type { ConsumerConnection, QueueProgress } from '../../client/group-calls.ts';
import { versionText } from '../version-text.ts';
import { cell, timeText } from '../columns.ts';
import { type AdminCommand, type AdminContext, optional } from '../command.ts';
import { topicMasters } from '../masters.ts';
import { option } from '../options.ts';

const retryPrefix = '%RETRY%';

/** consumerProgress: of one group 105 and 208; of all groups 206, and per group 105, 208 and 203. */
export const consumerProgress: AdminCommand = {
  name: 'consumerProgress',
  description: "Query consumer's progress, speed.",
  javaClass: 'ConsumerProgressSubCommand',
  releases: ['old', 'new'],
  options: (release) => [
    option('g', 'groupName', 'consumer group name'),
    option('s', 'showClientIP', 'Show Client IP per Queue'),
    ...(release === 'new'
      ? [
          option('t', 'topicName', 'topic name'),
          option('c', 'cluster', 'Cluster name or lmq parent topic, lmq is used to find the route.'),
        ]
      : []),
  ],
  notBuilt: ['s', 'c'],
  async run(context) {
    const group = optional(context, 'g');
    await (group === null ? printGroups(context) : printGroup(context, group));
  },
};

async function printGroup(context: AdminContext, group: string): Promise<void> {
  const { release, print } = context;
  const { queues, consumeTps } = await groupStats(context, group, optional(context, 't'));
  print(groupHeading[release]);
  let diffTotal = 0;
  let inflightTotal = 0;
  for (const row of queues.sort(byQueue)) {
    const diff = row.brokerOffset - row.consumerOffset;
    const inflight = (row.pullOffset ?? row.consumerOffset) - row.consumerOffset;
    diffTotal += diff;
    inflightTotal += inflight;
    print(groupRow(row, diff, release === 'new' ? inflight : null));
  }
  print(`\nConsume TPS: ${consumeTps.toFixed(2)}\n${release === 'new' ? 'Consume ' : ''}Diff Total: ${diffTotal}\n`);
  if (release === 'new') print(`Consume Inflight Total: ${inflightTotal}\n`);
}

async function printGroups(context: AdminContext): Promise<void> {
  const { operator, print } = context;
  print(listRow('#Group', '#Count', '#Version', '#Type', '#Model', '#TPS', '#Diff Total'));
  for (const topic of await operator.topicList()) {
    if (!topic.startsWith(retryPrefix)) continue;
    const group = topic.slice(retryPrefix.length);
    const stats = await orNull(groupStats(context, group, null));
    const connection = await orNull(connectionOf(context, topic, group));
    const diffTotal = (stats?.queues ?? []).reduce((sum, row) => sum + row.brokerOffset - row.consumerOffset, 0);
    const online = connection?.connectionSet ?? [];
    // The oldest member's version, as the real tool shows it.
    const version = online.length === 0 ? 'OFFLINE' : versionText(Math.min(...online.map((client) => client.version)));
    const tps = Math.trunc(stats?.consumeTps ?? 0);
    print(listRow(group, online.length, version, typeText(connection), modelText(connection), tps, diffTotal));
  }
}

async function groupStats(
  context: AdminContext,
  group: string,
  topic: string | null,
): Promise<{ consumeTps: number; queues: QueueProgress[] }> {
  const queues: QueueProgress[] = [];
  let consumeTps = 0;
  for (const address of await topicMasters(context, retryPrefix + group)) {
    const stats = await context.operator.consumeStats(address, group, topic);
    queues.push(...stats.queues);
    consumeTps += stats.consumeTps;
  }
  return { consumeTps, queues };
}

async function connectionOf(
  context: AdminContext,
  retryTopic: string,
  group: string,
): Promise<ConsumerConnection | null> {
  const [address] = await topicMasters(context, retryTopic);
  return address === undefined ? null : context.operator.consumerConnection(address, group);
}

/** A group that a server will not tell about, mostly because nobody is online, keeps its row. */
async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (thrown) {
    if (thrown instanceof RefusedError) return null;
    throw thrown;
  }
}

function typeText(connection: ConsumerConnection | null): string {
  if (connection === null) return '';
  return connection.consumeType === 'CONSUME_ACTIVELY' ? 'PULL' : 'PUSH';
}

/** A pull consumer has no model worth showing. */
function modelText(connection: ConsumerConnection | null): string {
  return connection === null || connection.consumeType === 'CONSUME_ACTIVELY' ? '' : connection.messageModel;
}

const groupHeading: Record<Release, string> = {
  new: `${groupColumns('#Topic', '#Broker Name', '#QID', '#Broker Offset', '#Consumer Offset')}  ${cell('#Diff', -20)} ${cell('#Inflight', -20)}#LastTime\n`,
  old: `${groupColumns('#Topic', '#Broker Name', '#QID', '#Broker Offset', '#Consumer Offset')}  ${cell('#Diff', -20)}  #LastTime\n`,
};

function groupRow(row: QueueProgress, diff: number, inflight: number | null): string {
  const { queue, brokerOffset, consumerOffset, lastTimestamp } = row;
  const lastTime = lastTimestamp === 0 ? 'N/A' : timeText(lastTimestamp).slice(0, 19);
  const end = inflight === null ? `${cell(diff, -20)}  ` : `${cell(diff, -20)} ${cell(inflight, -20)} `;
  return `${groupColumns(queue.topic, queue.brokerName, queue.queueId, brokerOffset, consumerOffset)}  ${end}${lastTime}\n`;
}

function groupColumns(
  topic: string,
  broker: string,
  queueId: string | number,
  brokerOffset: string | number,
  consumerOffset: string | number,
): string {
  const where = `${cell(topic.slice(0, 64), -64)}  ${cell(broker.slice(0, 32), -32)}  ${cell(queueId, -4)}`;
  return `${where}  ${cell(brokerOffset, -20)}  ${cell(consumerOffset, -20)}`;
}

function listRow(
  group: string,
  count: string | number,
  version: string,
  type: string,
  model: string,
  tps: string | number,
  diff: string | number,
): string {
  const start = `${cell(group.slice(0, 64), -64)}  ${cell(count, -6)}  ${cell(version, -24)}`;
  return `${start} ${cell(type, -5)}  ${cell(model, -14)}  ${cell(tps, -7)}  ${diff}\n`;
}

function byQueue({ queue: a }: QueueProgress, { queue: b }: QueueProgress): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  if (a.brokerName !== b.brokerName) return a.brokerName < b.brokerName ? -1 : 1;
  return a.queueId - b.queueId;
}
