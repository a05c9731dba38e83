import { parseAddress, splitAddresses } from '../base/address.ts';
import { SwitchlabError } from '../base/errors.ts';
import type { Release } from '../base/release.ts';
import { type ConfigOf, defaultsOf, thisMachine } from './key-table.ts';
import { authKeys } from './keys/auth.ts';
import { brokerKeys } from './keys/broker.ts';
import { messageStoreKeys } from './keys/message-store.ts';
import { nettyClientKeys } from './keys/netty-client.ts';
import { nettyServerKeys } from './keys/netty-server.ts';
import { type DLedgerMembers, readMembers } from './members.ts';

/** The configuration classes that `-p` prints, in its order. AuthConfig is none of them: it has secrets. */
export const brokerTables = {
  BrokerConfig: brokerKeys,
  NettyServerConfig: nettyServerKeys,
  NettyClientConfig: nettyClientKeys,
  MessageStoreConfig: messageStoreKeys,
} as const;

/** Every key of a broker's file. */
export const brokerFileKeys = {
  ...authKeys,
  ...brokerKeys,
  ...messageStoreKeys,
  ...nettyClientKeys,
  ...nettyServerKeys,
};

/** Flattened configuration of a broker: an unset string is `''`. */
export type BrokerConfig = ConfigOf<typeof brokerFileKeys>;

/**
 * The frozen configuration of a broker: defaults of `release`, then `overrides`, then what start-up derives from them.
 * Throws NAMESRV_ADDR_ILLEGAL, BROKER_ID_ILLEGAL or MODES_EXCLUSIVE, in the order of `BrokerStartup`.
 */
export function brokerConfig(release: Release, overrides: Partial<BrokerConfig> = {}): Readonly<BrokerConfig> {
  const machine = thisMachine();
  const given = { ...defaultsOf(brokerFileKeys, release, machine), listenPort: 10911, ...overrides };
  refuseIllegalNamesrvAddr(given.namesrvAddr);
  const root = given.storePathRootDir;
  const ownAddress = given.bindAddress === '0.0.0.0' ? machine.address : given.bindAddress;
  return Object.freeze({
    ...given,
    brokerIP1: given.brokerIP1 || ownAddress,
    brokerIP2: given.brokerIP2 || ownAddress,
    haListenPort: haListenPort(release, overrides.haListenPort ?? 0, given.listenPort),
    storePathCommitLog: given.storePathCommitLog || `${root}/commitlog`,
    storePathEpochFile: given.storePathEpochFile || `${root}/epochFileCheckpoint`,
    storePathBrokerIdentity: given.storePathBrokerIdentity || `${root}/brokerIdentity`,
    accessMessageInMemoryMaxRatio: inMemoryRatio(release, given),
    brokerId: brokerId(given),
  });
}

/** The group of a DLedger commit log, `dLegerPeers`. Throws DLEDGER_PEERS_ILLEGAL or DLEDGER_SELF_ID_ILLEGAL. */
export function brokerMembers(config: BrokerConfig): DLedgerMembers {
  return readMembers(config.dLegerPeers, config.dLegerSelfId, {
    peersKey: 'dLegerPeers',
    selfIdKey: 'dLegerSelfId',
    peersIllegal: 'DLEDGER_PEERS_ILLEGAL',
    selfIdUnknown: 'DLEDGER_SELF_ID_ILLEGAL',
  });
}

/** Broker id of a member that does not lead: one more than the number in its id. Throws DLEDGER_SELF_ID_ILLEGAL. */
export function followerBrokerId({ dLegerSelfId }: BrokerConfig): number {
  const number = dLegerSelfId.slice(1);
  if (/^\d{1,9}$/.test(number)) return Number(number) + 1;
  throw new SwitchlabError('DLEDGER_SELF_ID_ILLEGAL', `dLegerSelfId "${dLegerSelfId}" gives no broker id.`);
}

/** What is legal, but will not serve anybody: a broker starts with it and retries for ever, as the real one does. */
export function brokerWarnings(config: BrokerConfig): SwitchlabError[] {
  if (!config.enableControllerMode || config.controllerAddr.trim() !== '') return [];
  return [new SwitchlabError('CONTROLLER_ADDR_MISSING', 'enableControllerMode is on and controllerAddr is empty.')];
}

function refuseIllegalNamesrvAddr(namesrvAddr: string): void {
  try {
    splitAddresses(namesrvAddr).forEach(parseAddress);
  } catch (thrown) {
    const text = `The Name Server Address[${namesrvAddr}] illegal, please set it as follows, "127.0.0.1:9876;192.168.0.1:9876"`;
    throw new SwitchlabError('NAMESRV_ADDR_ILLEGAL', text, { cause: thrown });
  }
}

/** A master role forces id 0; the controller gives ids in controller mode, Raft in DLedger mode. */
function brokerId(config: BrokerConfig): number {
  if (config.enableControllerMode && config.enableDLegerCommitLog) {
    const text = 'The config enableControllerMode and enableDLegerCommitLog cannot both be true.';
    throw new SwitchlabError('MODES_EXCLUSIVE', text);
  }
  if (config.enableControllerMode) return config.brokerId;
  if (config.enableDLegerCommitLog) return -1;
  if (config.brokerRole !== 'SLAVE') return 0;
  if (config.brokerId <= 0) throw new SwitchlabError('BROKER_ID_ILLEGAL', "Slave's brokerId must be > 0");
  return config.brokerId;
}

function haListenPort(release: Release, given: number, listenPort: number): number {
  return release === 'old' || given <= 0 ? listenPort + 1 : given;
}

/** Release 4.9 means to lower it on a slave too, but looks at the role before the file is read. */
function inMemoryRatio(release: Release, config: BrokerConfig): number {
  const lowered = release === 'new' && config.brokerRole === 'SLAVE';
  return config.accessMessageInMemoryMaxRatio - (lowered ? 10 : 0);
}
