import { type ConfigOf, defaultsOf, thisMachine } from './key-table.ts';
import { controllerKeys } from './keys/controller.ts';
import { jraftKeys } from './keys/jraft.ts';
import { nettyClientKeys } from './keys/netty-client.ts';
import { nettyServerKeys } from './keys/netty-server.ts';
import { type DLedgerMembers, readMembers } from './members.ts';

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

/** The Raft group of a controller; its addresses serve Raft, brokers and tools. */
export type ControllerMembers = DLedgerMembers;

/** The frozen configuration of a controller (release new): defaults, then `overrides`. `controllerMembers` validates the group. */
export function controllerConfig(overrides: Partial<ControllerConfig> = {}): Readonly<ControllerConfig> {
  const machine = thisMachine();
  const given = { ...defaultsOf(controllerFileKeys, 'new', machine), ...overrides };
  const path = given.controllerStorePath || `${machine.home}/${given.controllerType}Controller`;
  return Object.freeze({ ...given, controllerStorePath: path });
}

/** The group that `controllerDLegerPeers` lists. Throws CONTROLLER_PEERS_ILLEGAL or CONTROLLER_SELF_ID_UNKNOWN. */
export function controllerMembers(config: ControllerConfig): ControllerMembers {
  return readMembers(config.controllerDLegerPeers, config.controllerDLegerSelfId, {
    peersKey: 'controllerDLegerPeers',
    selfIdKey: 'controllerDLegerSelfId',
    peersIllegal: 'CONTROLLER_PEERS_ILLEGAL',
    selfIdUnknown: 'CONTROLLER_SELF_ID_UNKNOWN',
  });
}
