import type { Connection } from '../../remoting/types.ts';

/** One connected client in one group. */
export interface ClientChannel {
  readonly connection: Connection;
  readonly clientId: string;
  /** Ordinals of the client's frames. */
  readonly language: number;
  readonly version: number;
  /** Last heartbeat, ms since the epoch. */
  lastUpdateMs: number;
}

/** What a client's heartbeats say of it. */
export type ClientIdentity = Omit<ClientChannel, 'lastUpdateMs'>;

/** Silence after which a client's connection is closed, and how often that is looked at. */
export const channelExpiredMs = 120_000;
export const channelScanMs = 10_000;

/** Adds or renews the client; true when its connection is new to the group. */
export function renewChannel(
  channels: Map<Connection, ClientChannel>,
  identity: ClientIdentity,
  nowMs: number,
): boolean {
  const known = channels.get(identity.connection);
  if (known !== undefined && known.clientId === identity.clientId) {
    known.lastUpdateMs = nowMs;
    return false;
  }
  channels.set(identity.connection, { ...identity, lastUpdateMs: nowMs });
  return true;
}
