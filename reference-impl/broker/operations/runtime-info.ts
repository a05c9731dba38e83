// GET_BROKER_RUNTIME_INFO (28)  response body {"table":{<key>:<text>}}; every value is text.
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { versionName, versionOrdinal } from '../../base/release.ts';
import { RequestCode } from '../../remoting/codes.ts';
import { JavaDouble, writeFastjson } from '../../remoting/fastjson-writer.ts';
import type { Broker, Handlers } from '../broker.ts';
import type { Acknowledgements } from '../send/acknowledgements.ts';
import type { Totals } from '../stats/rates.ts';
import { jsonAnswer } from '../answers.ts';

export function runtimeInfoHandlers(broker: Broker, acknowledgements: Acknowledgements): Handlers {
  return { [RequestCode.GET_BROKER_RUNTIME_INFO]: () => jsonAnswer({ table: runtimeInfo(broker, acknowledgements) }) };
}

/** What the broker says of itself, by the keys that tools look for. */
export function runtimeInfo(broker: Broker, acknowledgements: Acknowledgements): Record<string, string> {
  const values = {
    ...identity(broker),
    ...traffic(broker),
    ...storage(broker),
    ...queues(broker, acknowledgements),
    ...(broker.release === 'new' ? newOnly(broker) : {}),
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}

function identity({ release, bootTimestamp, config }: Broker) {
  return {
    brokerVersion: versionOrdinal[release],
    brokerVersionDesc: versionName[release],
    bootTimestamp,
    runtime: runtimeText(Date.now() - bootTimestamp),
    startAcceptSendRequestTimeStamp: config.startAcceptSendRequestTimeStamp,
  };
}

function traffic({ stats, release }: Broker) {
  const { totals, rates, putDays, getDays, putLatencies, getLatencies } = stats;
  const tps = (amount: (totals: Totals) => number) => {
    return rates
      .of(amount)
      .map((rate) => `${javaDouble(rate)} `)
      .join('');
  };
  return {
    msgPutTotalYesterdayMorning: putDays.yesterdayMorning,
    msgPutTotalTodayMorning: putDays.todayMorning,
    msgPutTotalTodayNow: totals.put,
    msgGetTotalYesterdayMorning: getDays.yesterdayMorning,
    msgGetTotalTodayMorning: getDays.todayMorning,
    msgGetTotalTodayNow: totals.getTransferred,
    putTps: tps(({ put }) => put),
    getFoundTps: tps(({ getFound }) => getFound),
    getMissTps: tps(({ getMiss }) => getMiss),
    getTotalTps: tps(({ getFound, getMiss }) => getFound + getMiss),
    [release === 'old' ? 'getTransferedTps' : 'getTransferredTps']: tps(({ getTransferred }) => getTransferred),
    putMessageTimesTotal: stats.putTimes,
    putMessageFailedTimes: stats.putFailures,
    putMessageSizeTotal: stats.putBytes,
    putMessageAverageSize: javaDouble(stats.putTimes === 0 ? 0 : stats.putBytes / stats.putTimes),
    putMessageEntireTimeMax: putLatencies.max,
    putMessageDistributeTime: putLatencies.text(),
    putLatency99: putLatencies.percentile(0.99).toFixed(2),
    putLatency999: putLatencies.percentile(0.999).toFixed(2),
    getMessageEntireTimeMax: getLatencies.max,
  };
}

function storage({ store, config, schedule }: Broker) {
  const { storePathCommitLog, storePathRootDir } = config;
  const log = capacity(storePathCommitLog);
  const delays = schedule.progress().map(({ level, delivered, max }) => [level, `${delivered},${max}`] as const);
  return {
    commitLogMinOffset: store.minPhyOffset,
    commitLogMaxOffset: store.maxPhyOffset,
    dispatchBehindBytes: Math.max(0, store.maxPhyOffset - store.confirmOffset),
    dispatchMaxBuffer: 0,
    earliestMessageTimeStamp: store.earliestStoreTimestamp(),
    // One thread appends: nobody ever waits for the append lock.
    pageCacheLockTimeMills: 0,
    commitLogDiskRatio: log.ratio,
    [`commitLogDiskRatio_${storePathCommitLog}`]: log.ratio,
    consumeQueueDiskRatio: capacity(storePathRootDir).ratio,
    commitLogDirCapacity: `Total : ${byteText(log.total)}, Free : ${byteText(log.free)}.`,
    remainTransientStoreBufferNumbs: 2147483647,
    remainHowManyDataToFlush: byteText(store.maxPhyOffset - store.flushedOffset),
    ...Object.fromEntries(delays.map(([level, progress]) => [`scheduleMessageOffset_${level}`, progress])),
  };
}

function queues({ config }: Broker, acknowledgements: Acknowledgements) {
  return {
    sendThreadPoolQueueSize: acknowledgements.size,
    sendThreadPoolQueueCapacity: config.sendThreadPoolQueueCapacity,
    sendThreadPoolQueueHeadWaitTimeMills: acknowledgements.oldestWaitMs(Date.now()),
    // Held pulls wait for messages, not for the broker.
    pullThreadPoolQueueSize: 0,
    pullThreadPoolQueueCapacity: config.pullThreadPoolQueueCapacity,
    pullThreadPoolQueueHeadWaitTimeMills: 0,
    queryThreadPoolQueueSize: 0,
    queryThreadPoolQueueCapacity: config.queryThreadPoolQueueCapacity,
    queryThreadPoolQueueHeadWaitTimeMills: 0,
    EndTransactionQueueSize: 0,
    EndTransactionThreadPoolQueueCapacity: config.endTransactionPoolQueueCapacity,
  };
}

function newOnly({ config, role }: Broker) {
  return {
    // 5.3.3 calls a broker active while it is master.
    brokerActive: !role.fenced && role.brokerId === 0,
    ackThreadPoolQueueSize: 0,
    ackThreadPoolQueueCapacity: config.ackThreadPoolQueueCapacity,
    ackThreadPoolQueueHeadWaitTimeMills: 0,
    litePullThreadPoolQueueSize: 0,
    litePullThreadPoolQueueCapacity: config.litePullThreadPoolQueueCapacity,
    litePullThreadPoolQueueHeadWaitTimeMills: 0,
    timerReadBehind: 0,
    timerOffsetBehind: 0,
    timerCongestNum: 0,
    timerEnqueueTps: javaDouble(0),
    timerDequeueTps: javaDouble(0),
  };
}

function runtimeText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [days, hours, minutes] = [86400, 3600, 60].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ];
  return `[ ${days} days, ${hours % 24} hours, ${minutes % 60} minutes, ${seconds % 60} seconds ]`;
}

function javaDouble(value: number): string {
  return writeFastjson(new JavaDouble(value));
}

/** Space of the disk that holds `path`, or will. */
function capacity(path: string): { total: number; free: number; ratio: string } {
  try {
    const { blocks, bavail, bfree, bsize } = statfsSync(path);
    const used = blocks - bfree;
    return { total: blocks * bsize, free: bavail * bsize, ratio: javaDouble(round(used / (used + bavail))) };
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw thrown;
    return capacity(dirname(path));
  }
}

function round(ratio: number): number {
  return Math.round(ratio * 100) / 100;
}

/** `1.5 GiB`, `357 B`: as `UtilAll.humanReadableByteCount`-style texts of RocketMQ. */
function byteText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return power === 0 ? `${bytes} B` : `${(bytes / 1024 ** power).toFixed(1)} ${units[power]}`;
}
