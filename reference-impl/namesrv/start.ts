import type { AddressBook } from '../base/address.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Release } from '../base/release.ts';
import type { Running } from '../base/running.ts';
import { namesrvKeys } from '../config/keys/namesrv.ts';
import { nettyServerKeys } from '../config/keys/netty-server.ts';
import { liveConfig } from '../config/live.ts';
import type { NamesrvConfig } from '../config/namesrv.ts';
import { createRemotingClient } from '../remoting/client.ts';
import { notifyMinBrokerIdChange } from '../remoting/commands/notify-min-broker-id-change.ts';
import { encodeHeader } from '../remoting/header.ts';
import { createRemotingServer } from '../remoting/server.ts';
import type { Connection, RemotingClient } from '../remoting/types.ts';
import { handleBrokers } from './broker-handlers.ts';
import { handleConfig } from './config-handlers.ts';
import { KvConfig } from './kv-config.ts';
import { handleKvConfig } from './kv-handlers.ts';
import type { Namesrv } from './namesrv.ts';
import { handleRoutes } from './route-handlers.ts';
import { createRouteTable, type MinBrokerIdChange, type RouteTable } from './route-table.ts';
import {
  brokersOfConnection,
  type Leaving,
  leavingBroker,
  silentBrokers,
  unregisterBrokers,
} from './unregistration.ts';

export interface NamesrvOptions {
  readonly config: Readonly<NamesrvConfig>;
  readonly release: Release;
  readonly log: Log;
  readonly addressBook: AddressBook;
  readonly clock?: Clock;
}

/** First scan and period: fixed in release old. */
const oldScan = { firstMs: 5000, periodMs: 10_000 };
const newScanFirstMs = 5;
const tellTimeoutMs = 300;

/**
 * Starts a NameServer; resolves when it listens. Rejects with PORT_IN_USE or CONFIG_FILE_UNREADABLE.
 * Source: `NamesrvController`, 4.9.7 and 5.3.3.
 */
export async function startNamesrv(options: NamesrvOptions): Promise<Running> {
  const { config, release, log, addressBook, clock = systemClock } = options;
  const client = createRemotingClient({ release, log, addressBook });
  const server = createRemotingServer({
    release,
    log,
    bindAddress: config.bindAddress,
    port: config.listenPort,
    idleSeconds: config.serverChannelMaxIdleTimeSeconds,
    unknownCode: release === 'old' ? 'ignore' : 'refuse',
  });
  const table = createRouteTable(release);
  const live = liveConfig({ ...namesrvKeys, ...nettyServerKeys }, release, config, config.configStorePath, log);
  const tell = (change: MinBrokerIdChange) => {
    if (live.current.notifyMinBrokerIdChanged) tellBrokers(client, change, log);
  };
  const namesrv: Namesrv = {
    release,
    table,
    kv: new KvConfig(config.kvConfigPath),
    config: live,
    clock,
    startedMs: clock.nowMs(),
    leave: leaveOf(table, () => live.current.unRegisterBrokerQueueCapacity, tell),
    tell,
  };
  if (config.clusterTest)
    log.warn({ productEnvName: config.productEnvName }, 'clusterTest is not built: no other site is asked');
  handleRoutes(server, namesrv);
  handleBrokers(server, namesrv);
  handleKvConfig(server, namesrv.kv);
  handleConfig(server, live, release);

  const connections = new Map<number, Connection>();
  server.onConnection((connection) => {
    connections.set(connection.id, connection);
    connection.onClose(() => {
      connections.delete(connection.id);
      const gone = brokersOfConnection(table, connection.id);
      if (gone.length === 0) return;
      log.info({ brokers: gone.map(({ brokerAddr }) => brokerAddr) }, 'connection of a broker closed');
      namesrv.leave(gone.map((broker) => leavingBroker(table, broker)));
    });
  });
  const scan = () => {
    for (const broker of silentBrokers(table, clock.nowMs())) {
      log.warn({ broker: broker.brokerAddr, heartbeatTimeoutMs: broker.heartbeatTimeoutMs }, 'broker is silent');
      namesrv.leave([leavingBroker(table, broker)]);
      connections.get(broker.connectionId)?.close();
    }
  };
  await server.start();
  const timer =
    release === 'old'
      ? clock.every(oldScan.periodMs, scan, oldScan.firstMs)
      : clock.every(config.scanNotActiveBrokerInterval, scan, newScanFirstMs);
  return {
    addresses: { remoting: `${config.bindAddress}:${server.port}` },
    async stop() {
      timer.cancel();
      await Promise.all([server.stop(), client.close()]);
    },
  };
}

/** Release old lets brokers go at once; new gathers them for one pass over the table, after the answer. */
function leaveOf(
  table: RouteTable,
  queueMax: () => number,
  tell: (change: MinBrokerIdChange) => void,
): (leaving: readonly Leaving[]) => boolean {
  let queue: Leaving[] = [];
  const apply = () => {
    const batch = queue;
    queue = [];
    unregisterBrokers(table, batch).forEach(tell);
  };
  return (leaving) => {
    if (queue.length + leaving.length > queueMax()) return false;
    if (queue.length === 0 && table.release === 'new') setImmediate(apply);
    queue.push(...leaving);
    if (table.release === 'old') apply();
    return true;
  };
}

function tellBrokers(client: RemotingClient, { notify, ...change }: MinBrokerIdChange, log: Log): void {
  const request = {
    code: notifyMinBrokerIdChange.code,
    extFields: encodeHeader(notifyMinBrokerIdChange.request, change),
  };
  for (const address of notify) {
    client.invokeOneway(address, request, tellTimeoutMs).catch((thrown: unknown) => {
      log.warn({ address, err: thrown }, 'broker was not told of the smallest id of its set');
    });
  }
}
