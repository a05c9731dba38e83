import type { Release } from '../base/release.ts';
import { type ConfigOf, defaultsOf, thisMachine } from './key-table.ts';
import { namesrvKeys } from './keys/namesrv.ts';
import { nettyClientKeys } from './keys/netty-client.ts';
import { nettyServerKeys } from './keys/netty-server.ts';

/** The configuration classes that a NameServer's file sets, in the order in which `-p` prints them. */
export const namesrvTables = {
  NamesrvConfig: namesrvKeys,
  NettyServerConfig: nettyServerKeys,
  NettyClientConfig: nettyClientKeys,
} as const;

/** Every key of a NameServer's file. */
export const namesrvFileKeys = { ...namesrvKeys, ...nettyClientKeys, ...nettyServerKeys };

/** Flattened configuration of a NameServer: an unset string is `''`. */
export type NamesrvConfig = ConfigOf<typeof namesrvFileKeys>;

/** The frozen configuration of a NameServer: defaults of `release`, port 9876, then `overrides`. */
export function namesrvConfig(release: Release, overrides: Partial<NamesrvConfig> = {}): Readonly<NamesrvConfig> {
  return Object.freeze({
    ...defaultsOf(namesrvFileKeys, release, thisMachine()),
    listenPort: 9876,
    ...overrides,
  });
}
