import type { Release } from '../../base/release.ts';
import { type ClusterBroker, clusterBrokers } from '../cluster.ts';
import { cell } from '../columns.ts';
import { type AdminCommand, type AdminContext, optional } from '../command.ts';
import { option, switchOption } from '../options.ts';

type RuntimeInfo = Readonly<Record<string, string>>;

/** clusterList: 106, then 28 to every broker. A broker that does not answer keeps its row, with nothing in it. */
export const clusterList: AdminCommand = {
  name: 'clusterList',
  description: 'List cluster infos.',
  javaClass: 'ClusterListSubCommand',
  releases: ['old', 'new'],
  repeats: true,
  options: (release) => [
    switchOption('m', 'moreStats', 'Print more stats'),
    option('i', 'interval', 'specify intervals numbers, it is in seconds'),
    ...(release === 'new' ? [option('c', 'clusterName', 'which cluster')] : []),
  ],
  async run(context) {
    const more = context.options.has('m');
    const brokers = await clusterBrokers(context, optional(context, 'c'));
    context.print(more ? moreHeading : heading[context.release]);
    for (const broker of brokers) {
      const info = await runtimeInfo(context, broker.address);
      context.print(more ? moreRow(broker, info) : row[context.release](broker, info, context.nowMs));
    }
  },
};

async function runtimeInfo(context: AdminContext, address: string): Promise<RuntimeInfo> {
  try {
    return await context.operator.brokerRuntimeInfo(address);
  } catch (thrown) {
    context.warn(thrown);
    return {};
  }
}

const moreHeading = moreColumns(
  '#Cluster Name',
  '#Broker Name',
  '#InTotalYest',
  '#OutTotalYest',
  '#InTotalToday',
  '#OutTotalToday',
);

function moreRow({ clusterName, brokerName }: ClusterBroker, info: RuntimeInfo): string {
  const between = (kind: string, from: string, to: string) =>
    number(info[`${kind}${to}`]) - number(info[`${kind}${from}`]);
  return moreColumns(
    clusterName,
    brokerName,
    between('msgPutTotal', 'YesterdayMorning', 'TodayMorning'),
    between('msgGetTotal', 'YesterdayMorning', 'TodayMorning'),
    between('msgPutTotal', 'TodayMorning', 'TodayNow'),
    between('msgGetTotal', 'TodayMorning', 'TodayNow'),
  );
}

function moreColumns(cluster: string, broker: string, ...totals: (string | number)[]): string {
  const cells = totals.map((total) => cell(total, 14)).join(' ');
  return `${cell(cluster, -16)}  ${cell(broker, -32)} ${cells}\n`;
}

const heading: Record<Release, string> = {
  new: `${newStart('#Cluster Name', '#Broker Name', '#BID', '#Addr', '#Version')}  ${[
    cell('#InTPS(LOAD)', 16),
    cell('#OutTPS(LOAD)', 30),
    cell('#Timer(Progress)', -22),
    cell('#PCWait(ms)', -11),
    cell('#Hour', -12),
    cell('#SPACE', -8),
    cell('#ACTIVATED', -10),
  ].join('  ')}\n`,
  old: `${oldStart('#Cluster Name', '#Broker Name', '#BID', '#Addr', '#Version')} ${[
    cell('#InTPS(LOAD)', 19),
    cell('#OutTPS(LOAD)', 19),
    cell('#PCWait(ms)', 10),
    cell('#Hour', 5),
    cell('#SPACE', 6),
  ].join(' ')}\n`,
};

const row: Record<Release, (broker: ClusterBroker, info: RuntimeInfo, nowMs: number) => string> = {
  new({ clusterName, brokerName, brokerId, address }, info, nowMs) {
    return `${newStart(clusterName, brokerName, brokerId, address, info.brokerVersionDesc ?? '')}  ${[
      cell(inText(info), 16),
      cell(`${tps(info.getTransferredTps)}(${waits(info, 'pull')}|${waits(info, 'ack')})`, 30),
      cell(timerText(info), -22),
      cell(info.pageCacheLockTimeMills ?? '', 11),
      cell(hours(info, nowMs), -12),
      cell(space(info), -8),
      cell(info.brokerActive ?? 'false', 10),
    ].join('  ')}\n`;
  },
  old({ clusterName, brokerName, brokerId, address }, info, nowMs) {
    return `${oldStart(clusterName, brokerName, brokerId, address, info.brokerVersionDesc ?? '')} ${[
      cell(inText(info), 19),
      cell(`${tps(info.getTransferedTps)}(${waits(info, 'pull')})`, 19),
      cell(info.pageCacheLockTimeMills ?? '', 10),
      cell(hours(info, nowMs), 5),
      cell(space(info), 6),
    ].join(' ')}\n`;
  },
};

function newStart(cluster: string, broker: string, id: string | number, address: string, version: string): string {
  return `${cell(cluster, -22)}  ${cell(broker, -22)}  ${cell(id, -4)}  ${cell(address, -22)} ${cell(version, -16)}`;
}

function oldStart(cluster: string, broker: string, id: string | number, address: string, version: string): string {
  return `${cell(cluster, -16)}  ${cell(broker, -22)}  ${cell(id, -4)}  ${cell(address, -22)} ${cell(version, -16)}`;
}

function inText(info: RuntimeInfo): string {
  return `${tps(info.putTps)}(${waits(info, 'send')})`;
}

/** Queue size and head wait of one thread pool: `0,0ms`. Old has no ack pool, new writes N for one it is not told of. */
function waits(info: RuntimeInfo, pool: string): string {
  const size = info[`${pool}ThreadPoolQueueSize`] ?? '';
  return `${size},${info[`${pool}ThreadPoolQueueHeadWaitTimeMills`] ?? ''}ms`;
}

/** The first of the three figures "10s 1m 10m". */
function tps(figures: string | undefined): string {
  return number(figures?.split(' ')[0]).toFixed(2).padStart(9);
}

function timerText(info: RuntimeInfo): string {
  const behind = `${number(info.timerReadBehind)}-${number(info.timerOffsetBehind)}`;
  const congestion = (number(info.timerCongestNum) / 10000).toFixed(1);
  return `${behind}(${congestion}w, ${number(info.timerEnqueueTps).toFixed(1)}, ${number(info.timerDequeueTps).toFixed(1)})`;
}

function hours({ earliestMessageTimeStamp }: RuntimeInfo, nowMs: number): string {
  const ageMs = earliestMessageTimeStamp === undefined ? 0 : nowMs - number(earliestMessageTimeStamp);
  return (ageMs / 3_600_000).toFixed(2);
}

function space({ commitLogDiskRatio }: RuntimeInfo): string {
  return number(commitLogDiskRatio).toFixed(4);
}

function number(text: string | undefined): number {
  const value = Number(text ?? 0);
  return Number.isNaN(value) ? 0 : value;
}
