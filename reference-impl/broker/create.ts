import { lookup } from 'node:dns/promises';
import { join } from 'node:path';
import type { AddressBook } from '../base/address.ts';
import { systemClock } from '../base/clock.ts';
import type { LabDefect } from '../base/defect.ts';
import { errorText, SwitchlabError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Release } from '../base/release.ts';
import { type BrokerConfig, brokerMembers, followerBrokerId } from '../config/broker.ts';
import { parseHost } from '../message/host.ts';
import type { Host } from '../message/types.ts';
import { createRemotingClient } from '../remoting/client.ts';
import { openStore } from '../store/open.ts';
import type { DLedgerPaths, MessageStore, StoreOptions } from '../store/types.ts';
import type { Broker } from './broker.ts';
import { Clients } from './clients/clients.ts';
import { QueueLocks } from './clients/queue-locks.ts';
import { GroupTable } from './groups/group-table.ts';
import { OffsetTable } from './offsets/offset-table.ts';
import { Registration } from './registration/registration.ts';
import { ConfiguredRole } from './role/configured.ts';
import { ControlledRole } from './role/controlled.ts';
import { DLedgerRole } from './role/dledger.ts';
import type { BrokerRole, RoleDependencies } from './role/types.ts';
import { ScheduleService } from './schedule/schedule-service.ts';
import { Settings } from './settings.ts';
import { BrokerStats } from './stats/broker-stats.ts';
import { systemTopics } from './topics/system-topics.ts';
import { TopicTable } from './topics/topic-table.ts';

/** What a broker is started with. */
export interface BrokerOptions {
  readonly config: Readonly<BrokerConfig>;
  readonly release: Release;
  readonly log: Log;
  readonly addressBook: AddressBook;
  /** Null except in the lab. */
  readonly defect: LabDefect | null;
}

/**
 * The parts of a broker, with its store recovered and its tables loaded; nothing runs yet.
 * Rejects with STORE_CORRUPT, STORE_LOCKED, STORE_IS_DLEDGER or STORE_IS_PLAIN, with ADDRESS_ILLEGAL when brokerIP1 has no
 * address, with DLEDGER_GROUP_MISSING, DLEDGER_PEERS_ILLEGAL or DLEDGER_SELF_ID_ILLEGAL, and with NOT_BUILT for a DLedger
 * commit log of release new, for data in places that it does not read, and for access control.
 */
export async function createBroker(options: BrokerOptions): Promise<Broker> {
  const { release, log } = options;
  if (options.config.enableDLegerCommitLog) requireDLedger(release, options.config);
  refuseAccessControl(options.config);
  refuseOtherData(release, options.config);
  tellIgnored(options.config, log);
  const config = { ...options.config, bindAddress: bindAddress(release, options.config) };
  const storeHost = await resolveHost(config);
  const settings = new Settings(release, config, log);
  // The store first: its lock keeps another broker's tables from being overwritten.
  const store = await openStore(storeOptions(config, release, log));
  try {
    return assemble(options, settings, storeHost, store);
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

function assemble(options: BrokerOptions, settings: Settings, storeHost: Host, store: MessageStore): Broker {
  const { release, log, addressBook, defect } = options;
  const config = () => settings.current;
  const { storePathRootDir: root, brokerIP1, listenPort, brokerClusterName } = config();
  const topics = new TopicTable(root, release, log);
  topics.ensure(systemTopics(config(), release));
  const groups = new GroupTable(root, release, config, log);
  const remotingClient = createRemotingClient({ release, log, addressBook });
  const dependencies = { release, config, store, client: remotingClient, addressBook, log, defect };
  const role = brokerRole(dependencies);
  const address = `${brokerIP1}:${listenPort}`;
  const notifies = (group: string) =>
    config().notifyConsumerIdsChangedEnable && groups.get(group)?.notifyConsumerIdsChangedEnable !== false;
  return {
    release,
    log,
    get config() {
      return settings.current;
    },
    settings,
    address,
    storeHost,
    bootTimestamp: Date.now(),
    store,
    role,
    topics,
    groups,
    offsets: new OffsetTable(root, release, log),
    clients: new Clients(release, systemClock, notifies),
    locks: new QueueLocks(),
    schedule: new ScheduleService({
      ...config(),
      release,
      log,
      clock: systemClock,
      store,
      mayDeliver: () => role.name !== 'SLAVE' && !role.fenced,
    }),
    registration: new Registration({ release, log, config, brokerAddress: address, topics, role, remotingClient }),
    stats: new BrokerStats(brokerClusterName, systemClock),
    remotingClient,
  };
}

function brokerRole(dependencies: RoleDependencies): BrokerRole {
  const { release, config, store } = dependencies;
  if (store.dledger !== null) return new DLedgerRole(dependencies);
  const controlled = release === 'new' && config().enableControllerMode;
  return controlled ? new ControlledRole(dependencies) : new ConfiguredRole(dependencies);
}

function requireDLedger(release: Release, config: BrokerConfig): void {
  if (release !== 'old') {
    throw new SwitchlabError('NOT_BUILT', 'enableDLegerCommitLog: only release old has a DLedger commit log.');
  }
  if (config.dLegerGroup === '') throw new SwitchlabError('DLEDGER_GROUP_MISSING', 'dLegerGroup is empty.');
  brokerMembers(config);
  followerBrokerId(config);
}

/** Whoever switched it on must not be served without it. */
function refuseAccessControl(config: BrokerConfig): void {
  const key = (['aclEnable', 'authenticationEnabled', 'authorizationEnabled'] as const).find((name) => config[name]);
  if (key !== undefined) throw new SwitchlabError('NOT_BUILT', `${key} is true: this broker has no access control.`);
}

/** Keys that are read and change nothing: whoever set one hears of it. */
function tellIgnored(config: BrokerConfig, log: Log): void {
  const { fetchNameSrvAddrByDnsLookup, fetchNamesrvAddrByAddressServer, metricsExporterType } = config;
  const set = { fetchNameSrvAddrByDnsLookup, fetchNamesrvAddrByAddressServer, useTLS: config.useTLS };
  const ignored = Object.entries(set).flatMap(([key, isSet]) => (isSet ? [`${key} = true`] : []));
  if (metricsExporterType !== 'DISABLE') ignored.push(`metricsExporterType = ${metricsExporterType}`);
  for (const setting of ignored) log.warn({ setting }, 'Not built: this broker goes on without it');
}

/** Without what is there a store would look empty, and begin a second log. */
function refuseOtherData(release: Release, config: BrokerConfig): void {
  const { readOnlyCommitLogStorePaths, storeType, configManagerVersion } = config;
  const refuse = (setting: string) => {
    throw new SwitchlabError('NOT_BUILT', `${setting}: this broker does not read what is there.`);
  };
  if (readOnlyCommitLogStorePaths !== '') refuse(`readOnlyCommitLogStorePaths = ${readOnlyCommitLogStorePaths}`);
  if (release === 'old') return;
  if (storeType.toLowerCase() === 'defaultrocksdb') refuse(`storeType = ${storeType}`);
  if (configManagerVersion === 'v2') refuse('configManagerVersion = v2');
}

/** The address that records keep: brokerIP1 may be a name. */
async function resolveHost({ brokerIP1, listenPort }: BrokerConfig): Promise<Host> {
  try {
    const { address, family } = await lookup(brokerIP1);
    return parseHost(family === 6 ? `[${address}]:${listenPort}` : `${address}:${listenPort}`);
  } catch (thrown) {
    throw new SwitchlabError('ADDRESS_ILLEGAL', `brokerIP1 "${brokerIP1}": ${errorText(thrown)}.`, { cause: thrown });
  }
}

/** Old has no key for it, and listens everywhere unless it announces a loopback address. */
function bindAddress(release: Release, { bindAddress: configured, brokerIP1 }: BrokerConfig): string {
  if (release === 'new') return configured;
  return brokerIP1.startsWith('127.') ? '127.0.0.1' : '0.0.0.0';
}

function storeOptions(config: BrokerConfig, release: Release, log: Log): StoreOptions {
  return {
    ...config,
    release,
    log,
    flushDiskType: config.flushDiskType === 'SYNC_FLUSH' ? 'SYNC_FLUSH' : 'ASYNC_FLUSH',
    confirmOffsetLimitsDispatch: config.enableDLegerCommitLog || (release === 'new' && config.enableControllerMode),
    dledger: config.enableDLegerCommitLog ? dledgerPaths(config) : null,
  };
}

function dledgerPaths({ storePathRootDir, dLegerSelfId, storePathDLedgerCommitLog }: BrokerConfig): DLedgerPaths {
  const folder = join(storePathRootDir, `dledger-${dLegerSelfId}`);
  return { folder, dataPath: storePathDLedgerCommitLog || join(folder, 'data') };
}
