import type { HaStatus } from '../../client/broker-calls.ts';
import { clusterMasters } from '../cluster.ts';
import { cell, timeText } from '../columns.ts';
import { type AdminCommand, optional } from '../command.ts';
import { option } from '../options.ts';

/** haStatus: 907 to one broker, or to every master of a cluster. */
export const haStatus: AdminCommand = {
  name: 'haStatus',
  description: 'Fetch ha runtime status data.',
  javaClass: 'HAStatusSubCommand',
  releases: ['new'],
  repeats: true,
  anyOf: ['b', 'c'],
  options: () => [
    option('c', 'clusterName', 'which cluster'),
    option('b', 'brokerAddr', 'which broker to fetch'),
    option('i', 'interval', 'the interval(second) of get info'),
  ],
  async run(context) {
    const address = optional(context, 'b');
    const clusterName = optional(context, 'c');
    const addresses = address === null ? await clusterMasters(context, clusterName!) : [address];
    for (const each of addresses) context.print(statusText(each, await context.operator.haStatus(each)));
  },
};

function statusText(address: string, status: HaStatus): string {
  return status.master ? masterText(address, status) : slaveText(status);
}

function masterText(
  address: string,
  { masterCommitLogMaxOffset, haConnectionInfo, inSyncSlaveNums }: HaStatus,
): string {
  const rows = haConnectionInfo.map((slave) =>
    slaveRow(
      slave.addr,
      slave.slaveAckOffset,
      slave.diff,
      kilobytes(slave.transferredByteInSecond),
      slave.inSync ? 'OK' : 'Fall Behind',
      slave.transferFromWhere,
    ),
  );
  return [
    `\n#MasterAddr\t${address}\n#MasterCommitLogMaxOffset\t${masterCommitLogMaxOffset}`,
    `\n#SlaveNum\t${haConnectionInfo.length}\n#InSyncSlaveNum\t${inSyncSlaveNums}\n`,
    slaveRow('#SlaveAddr', '#SlaveAckOffset', '#Diff', '#TransferSpeed(KB/s)', '#Status', '#TransferFromWhere'),
    ...rows,
  ].join('');
}

function slaveText({ haClientRuntimeInfo: client }: HaStatus): string {
  return [
    `\n#MasterAddr\t${client.masterAddr}`,
    `\n#CommitLogMaxOffset\t${client.maxOffset}`,
    `\n#TransferSpeed(KB/s)\t${kilobytes(client.transferredByteInSecond)}`,
    `\n#LastReadTime\t${timeText(client.lastReadTimestamp)}`,
    `\n#LastWriteTime\t${timeText(client.lastWriteTimestamp)}`,
    `\n#MasterFlushOffset\t${client.masterFlushOffset}\n`,
  ].join('');
}

function slaveRow(
  addr: string,
  ackOffset: string | number,
  diff: string | number,
  speed: string,
  status: string,
  transferFrom: string | number,
): string {
  const start = `${cell(addr, -32)}  ${cell(ackOffset, -16)}`;
  return `${start} ${cell(diff, 16)} ${cell(speed, 16)} ${cell(status, 16)} ${cell(transferFrom, 16)}\n`;
}

function kilobytes(bytesPerSecond: number): string {
  return (bytesPerSecond / 1024).toFixed(2);
}
