import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressBook } from '../base/address.ts';
import { parseAddress } from '../base/address.ts';
import { systemClock } from '../base/clock.ts';
import { SwitchlabError } from '../base/errors.ts';
import { lockFolder } from '../base/folder-lock.ts';
import type { Log } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import type { Running } from '../base/running.ts';
import { type ControllerConfig, type ControllerMembers, controllerMembers } from '../config/controller.ts';
import { controllerKeys } from '../config/keys/controller.ts';
import { nettyServerKeys } from '../config/keys/netty-server.ts';
import { liveConfig } from '../config/live.ts';
import { raftTimings } from '../dledger/timings.ts';
import { createRemotingClient } from '../remoting/client.ts';
import { createRemotingServer } from '../remoting/server.ts';
import { assembleController } from './assemble.ts';
import type { RaftDriver } from '../dledger/driver.ts';
import { folderDisk } from '../dledger/folder-disk.ts';
import { type Exporter, startExporter } from './metrics/exporter.ts';
import { PrometheusMetrics } from './metrics/prometheus.ts';
import { isPlausibleBody } from './state/events.ts';
import { ReplicasInfo } from './state/replicas.ts';
import { DLedgerStore } from '../dledger/dledger-store.ts';

export interface ControllerOptions {
  readonly config: Readonly<ControllerConfig>;
  readonly log: Log;
  readonly addressBook: AddressBook;
}

const firstServingMs = 5000;

/**
 * Starts one controller, alone or inside a NameServer process. It listens on the port of its own entry in
 * controllerDLegerPeers. A group of one resolves when it serves; in a larger group, when it takes part.
 * Throws CONTROLLER_GROUP_MISSING, CONTROLLER_PEERS_ILLEGAL, CONTROLLER_SELF_ID_UNKNOWN, NOT_BUILT, STORE_LOCKED,
 * STORE_CORRUPT or PORT_IN_USE.
 */
export async function startController({ config, log, addressBook }: ControllerOptions): Promise<Running> {
  const members = controllerMembers(config);
  const timings = raftTimings(process.env.SWITCHLAB_RAFT_HEARTBEAT_MS);
  requireBuilt(config);
  const { bindAddress } = config;
  if (isLoopback(bindAddress) && !isLoopback(parseAddress(members.selfAddress).host))
    log.warn(
      { selfAddress: members.selfAddress, bindAddress },
      'Other machines do not reach it: bindAddress is loopback',
    );
  const folder = join(config.controllerStorePath, `dledger-${members.selfId}`);
  mkdirSync(folder, { recursive: true });
  const lock = await lockFolder(folder);
  try {
    const running = await startLocked({ config, log, addressBook, members, timings, folder });
    return {
      ...running,
      async stop() {
        await running.stop();
        await lock.release();
      },
    };
  } catch (thrown) {
    await lock.release();
    throw thrown;
  }
}

interface LockedOptions extends ControllerOptions {
  readonly members: ControllerMembers;
  readonly timings: ReturnType<typeof raftTimings>;
  /** Of the DLedger member; this process alone has it open. */
  readonly folder: string;
}

async function startLocked({ config, log, addressBook, members, timings, folder }: LockedOptions): Promise<Running> {
  const store = new DLedgerStore({
    disk: folderDisk(folder),
    segmentBytes: config.mappedFileSize,
    plausible: isPlausibleBody,
  });
  const { port } = parseAddress(members.selfAddress);
  const settings = liveConfig(
    { ...controllerKeys, ...nettyServerKeys },
    'new',
    { ...config, listenPort: port },
    config.configStorePath,
    log,
  );
  const client = createRemotingClient({ release: 'new', log, addressBook });
  const server = createRemotingServer({
    release: 'new',
    log,
    bindAddress: config.bindAddress,
    port,
    idleSeconds: config.serverChannelMaxIdleTimeSeconds,
  });
  let prometheus: PrometheusMetrics | null = null;
  const { driver, elections } = assembleController({
    members,
    timings,
    config: settings,
    store,
    replicas: new ReplicasInfo(),
    clock: systemClock,
    random: seededRandom(process.pid ^ systemClock.nowMs()),
    client,
    server,
    log,
    metrics:
      config.metricsExporterType === 'PROM'
        ? (sources) => (prometheus = new PrometheusMetrics(config, members, sources))
        : undefined,
  });
  let exporter: Exporter | null = null;
  const stop = async () => {
    await exporter?.stop();
    elections.stop();
    await server.stop();
    await driver.stop();
    await client.close();
  };
  try {
    if (prometheus !== null)
      exporter = await startExporter(prometheus, config.metricsPromExporterHost, config.metricsPromExporterPort);
    await server.start();
    driver.start();
    elections.start();
    if (members.peers.size === 1) await serving(driver);
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  const metrics = exporter?.address;
  return { addresses: { controller: members.selfAddress, ...(metrics === undefined ? {} : { metrics }) }, stop };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.');
}

function requireBuilt({ controllerType, controllerDLegerGroup, metricsExporterType }: ControllerConfig): void {
  if (controllerType !== 'DLedger') {
    throw new SwitchlabError('NOT_BUILT', `controllerType=${controllerType}: only DLedger is built.`);
  }
  if (metricsExporterType !== 'DISABLE' && metricsExporterType !== 'PROM') {
    throw new SwitchlabError('NOT_BUILT', `metricsExporterType=${metricsExporterType}: only PROM is built.`);
  }
  if (controllerDLegerGroup === '') {
    throw new SwitchlabError('CONTROLLER_GROUP_MISSING', 'controllerDLegerGroup is empty.');
  }
}

/** A member that is its own majority leads as soon as its vote and its first entry are on disk. */
function serving(driver: RaftDriver): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new SwitchlabError('CONTROLLER_NO_LEADER', `Not leader after ${firstServingMs} ms.`));
    }, firstServingMs);
    const check = () => {
      if (!driver.status.serving) return;
      clearTimeout(late);
      resolve();
    };
    driver.onStatus(check);
    check();
  });
}
