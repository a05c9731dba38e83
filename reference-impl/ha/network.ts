import { connect, createServer, type Server, type Socket } from 'node:net';

/** What replication uses of a connected socket. */
export type HaSocket = Pick<
  Socket,
  | 'remoteAddress'
  | 'remotePort'
  | 'writableLength'
  | 'setNoDelay'
  | 'setTimeout'
  | 'cork'
  | 'uncork'
  | 'write'
  | 'destroy'
  | 'on'
  | 'once'
  | 'off'
>;

/** What replication uses of a listening server. */
export type HaServer = Pick<Server, 'address' | 'close' | 'listen' | 'maxConnections' | 'on' | 'once'>;

/** Connections between brokers as a value, so that tests can hold them. */
export interface HaNetwork {
  connect(endpoint: { readonly host: string; readonly port: number }): HaSocket;
  createServer(accept: (socket: HaSocket) => void): HaServer;
}

export const systemNetwork: HaNetwork = { connect, createServer };
