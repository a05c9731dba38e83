import { parseAddress, splitAddresses } from '../base/address.ts';
import { SwitchlabError } from '../base/errors.ts';
import { type ConfigOf, defaultsOf, thisMachine } from './key-table.ts';
import { controllerKeys } from './keys/controller.ts';
import { jraftKeys } from './keys/jraft.ts';
import { nettyClientKeys } from './keys/netty-client.ts';
import { nettyServerKeys } from './keys/netty-server.ts';

/** The configuration classes that a controller's file sets, in the order in which `-p` prints them. */
export const controllerTables = {
  ControllerConfig: controllerKeys,
  JraftConfig: jraftKeys,
  NettyServerConfig: nettyServerKeys,
  NettyClientConfig: nettyClientKeys,
} as const;

/** Every key of a controller's file. */
export const controllerFileKeys = { ...controllerKeys, ...jraftKeys, ...nettyClientKeys, ...nettyServerKeys };

/** Flattened configuration of a controller: an unset string is `''`. */
export type ControllerConfig = ConfigOf<typeof controllerFileKeys>;

/** The Raft group of a controller. */
export interface ControllerMembers {
  readonly selfId: string;
  /** `host:port` of this member: Raft, brokers and tools all use it. */
  readonly selfAddress: string;
  /** Address by member id, this member included. */
  readonly peers: ReadonlyMap<string, string>;
}

/** The frozen configuration of a controller (release new): defaults, then `overrides`. `controllerMembers` validates the group. */
export function controllerConfig(overrides: Partial<ControllerConfig> = {}): Readonly<ControllerConfig> {
  const machine = thisMachine();
  const given = { ...defaultsOf(controllerFileKeys, 'new', machine), ...overrides };
  const path = given.controllerStorePath || `${machine.home}/${given.controllerType}Controller`;
  return Object.freeze({ ...given, controllerStorePath: path });
}

/**
 * Reads `controllerDLegerPeers` (`n0-host:port;n1-host:port`) and finds this member in it.
 * Throws CONTROLLER_PEERS_ILLEGAL or CONTROLLER_SELF_ID_UNKNOWN.
 */
export function controllerMembers(config: ControllerConfig): ControllerMembers {
  const { controllerDLegerPeers: list, controllerDLegerSelfId: selfId } = config;
  const peers = new Map(splitAddresses(list).map((item) => peer(list, item)));
  if (peers.size === 0) throw new SwitchlabError('CONTROLLER_PEERS_ILLEGAL', 'controllerDLegerPeers is empty.');
  if (peers.size !== splitAddresses(list).length) {
    throw new SwitchlabError('CONTROLLER_PEERS_ILLEGAL', `controllerDLegerPeers "${list}" names an id twice.`);
  }
  const selfAddress = peers.get(selfId);
  if (selfAddress === undefined) {
    const text = `controllerDLegerSelfId "${selfId}" is not in controllerDLegerPeers "${list}".`;
    throw new SwitchlabError('CONTROLLER_SELF_ID_UNKNOWN', text);
  }
  return { selfId, selfAddress, peers };
}

function peer(list: string, item: string): [id: string, address: string] {
  const dash = item.indexOf('-');
  const address = item.slice(dash + 1);
  try {
    parseAddress(address);
  } catch (thrown) {
    throw new SwitchlabError('CONTROLLER_PEERS_ILLEGAL', `controllerDLegerPeers "${list}": "${item}".`, {
      cause: thrown,
    });
  }
  if (dash < 1) throw new SwitchlabError('CONTROLLER_PEERS_ILLEGAL', `controllerDLegerPeers "${list}": "${item}".`);
  return [item.slice(0, dash), address];
}
