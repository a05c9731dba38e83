import { createServer, type Server, type Socket } from 'node:net';
import { SwitchlabError, errorText } from '../base/errors.ts';
import { SocketConnection } from './socket-connection.ts';
import {
  SerializeType,
  type Connection,
  type RemotingServer,
  type RemotingServerOptions,
  type RequestHandler,
} from './types.ts';

const backlog = 1024;
const stopMs = 1000;

/** Requests a server may have waiting for an answer on one connection: reply pushes come in bursts. */
const inFlightMax = 1024;

/**
 * A server of the remoting protocol. Bytes that are no frame close their connection without an answer, and no other.
 * TLS is not built: a server in the permissive mode of RocketMQ would take a handshake, this one closes on it.
 * Source: `NettyRemotingServer`, 4.9.7 and 5.3.3.
 */
export function createRemotingServer(options: RemotingServerOptions): RemotingServer {
  const handlers = new Map<number, RequestHandler>();
  const openListeners: ((connection: Connection) => void)[] = [];
  const connections = new Set<SocketConnection>();

  const accept = (socket: Socket) => {
    const connection = new SocketConnection(socket, {
      release: options.release,
      log: options.log,
      handlers,
      unknownCode: options.unknownCode ?? 'refuse',
      serializeType: SerializeType.JSON,
      inFlightMax,
      idleMs: 1000 * (options.idleSeconds ?? 120),
      remoteAddress: `${socket.remoteAddress}:${socket.remotePort}`,
      accepted: true,
    });
    connections.add(connection);
    connection.onClose(() => connections.delete(connection));
    for (const listener of openListeners) listener(connection);
  };
  const listener = createServer({ noDelay: true }, accept);

  return {
    handle: (code, handler) => handlers.set(code, handler),
    onConnection: (listener) => openListeners.push(listener),
    start: () => listen(listener, options.bindAddress, options.port),
    stop: () => stop(listener, connections),
    get port() {
      const address = listener.address();
      return typeof address === 'object' && address !== null ? address.port : options.port;
    },
    get connectionCount() {
      return connections.size;
    },
  };
}

function listen(listener: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => {
      const code = error.code === 'EADDRINUSE' ? 'PORT_IN_USE' : 'ADDRESS_ILLEGAL';
      reject(new SwitchlabError(code, `Cannot listen on ${host}:${port}: ${errorText(error)}.`, { cause: error }));
    };
    listener.once('error', refuse);
    listener.listen({ host, port, backlog }, () => {
      listener.off('error', refuse);
      resolve();
    });
  });
}

/** Sockets get a moment to send what they hold; then they are dropped. */
function stop(listener: Server, connections: ReadonlySet<SocketConnection>): Promise<void> {
  if (!listener.listening) return Promise.resolve();
  return new Promise((resolve) => {
    const open = [...connections];
    const deadline = setTimeout(() => {
      for (const connection of open) connection.destroy();
    }, stopMs);
    listener.close(() => {
      clearTimeout(deadline);
      resolve();
    });
    for (const connection of open) connection.close();
  });
}
