import { ConfFile, type ConfFacts, type Role } from './conf-file.ts';
import { Deployment } from './deployment.ts';
import { diagnose } from './diagnose.ts';
import type { BrokerStore } from './store-facts.ts';
import { parseVersion } from './version.ts';

/** What a file of a made-up cluster sets; null takes a key of the usual ones away. */
export type Keys = Readonly<Record<string, string | number | boolean | null>>;

export interface Facts extends Partial<Pick<ConfFacts, 'store' | 'controllerStore' | 'host'>> {
  readonly version?: string;
  /** The user did not name the version: known mistakes of it are not told. */
  readonly assumed?: boolean;
  /** Lines beyond those that the keys make. */
  readonly more?: ConfFacts['pairs'];
}

/** One file of a made-up cluster. */
export function file(path: string, role: Role, keys: Keys, facts: Facts = {}): ConfFile {
  const { version, assumed, more = [], ...others } = facts;
  const set = Object.entries(keys).filter(([, value]) => value !== null);
  const pairs = set.map(([key, value], i) => ({ key, value: String(value), line: i + 1 })).concat(more);
  const known = { version: parseVersion(version ?? '5.3.3')!, versionGiven: version !== undefined && !assumed };
  return new ConfFile({ path, role, pairs, host: null, ...known, ...others });
}

export const addresses = '10.0.0.1:9878;10.0.0.2:9878;10.0.0.3:9878';
export const peers = 'n0-10.0.0.1:9878;n1-10.0.0.2:9878;n2-10.0.0.3:9878';

export const controllerKeys = (number = 0): Keys => ({
  controllerDLegerGroup: 'mq',
  controllerDLegerPeers: peers,
  controllerDLegerSelfId: `n${number}`,
  controllerStorePath: '/data/controller',
});

/** Controller 0, 1 or 2 of three on 10.0.0.1 to 10.0.0.3. */
export function controller(number = 0, keys: Keys = {}, facts: Facts = {}): ConfFile {
  return file(`controller-${number}.conf`, 'controller', { ...controllerKeys(number), ...keys }, facts);
}

export function namesrv(keys: Keys = {}, facts: Facts = {}): ConfFile {
  return file('namesrv.conf', 'namesrv', { listenPort: 9876, ...keys }, facts);
}

/** A jRaft controller of three, its lists in order. */
export function jRaft(keys: Keys = {}): ConfFile {
  return file('controller-0.conf', 'controller', {
    controllerType: 'jRaft',
    jRaftGroupId: 'mq',
    jRaftServerId: '10.0.0.1:9880',
    jRaftInitConf: '10.0.0.1:9880,10.0.0.2:9880,10.0.0.3:9880',
    jRaftControllerRPCAddr: addresses.replaceAll(';', ','),
    controllerStorePath: '/data/jRaftController',
    ...keys,
  });
}

/** Replica of broker-a on 10.0.1.1, 10.0.1.2 …, in controller mode, with nothing to find. */
export function broker(number = 0, keys: Keys = {}, facts: Facts = {}): ConfFile {
  const host = `10.0.1.${number + 1}`;
  const usual = {
    brokerClusterName: 'production',
    brokerName: 'broker-a',
    brokerIP1: host,
    brokerIP2: host,
    namesrvAddr: '10.0.0.9:9876',
    storePathRootDir: '/data/store',
    enableControllerMode: true,
    controllerAddr: addresses,
    allAckInSyncStateSet: true,
    flushDiskType: 'SYNC_FLUSH',
  };
  return file(`broker-${number}.conf`, 'broker', { ...usual, ...keys }, facts);
}

/** The same with a fixed role: 0 is master, others are slaves. */
export function fixedBroker(number = 0, keys: Keys = {}, facts: Facts = {}): ConfFile {
  const off = { enableControllerMode: null, controllerAddr: null, allAckInSyncStateSet: null };
  const role = { brokerRole: number === 0 ? 'ASYNC_MASTER' : 'SLAVE', brokerId: number };
  return broker(number, { ...off, ...role, ...keys }, facts);
}

/** A store with these facts, others as of a broker that never ran in controller mode. */
export function store(facts: Partial<BrokerStore>): BrokerStore {
  return { path: 'store', identity: null, epochs: [], dledgerFolder: null, ...facts };
}

/** Findings about a made-up cluster as `rule/case`, each once. */
export function found(files: readonly ConfFile[], probes: readonly string[] = []): string[] {
  const kinds = diagnose(new Deployment(files, probes)).map(({ rule, caseName }) => `${rule.id}/${caseName}`);
  return [...new Set(kinds)].toSorted();
}
