import { connect as connectSocket, type Socket } from 'node:net';
import { SwitchlabError, errorText } from '../base/errors.ts';
import { SocketConnection } from './socket-connection.ts';
import {
  SerializeType,
  type RemotingClient,
  type RemotingClientOptions,
  type RemotingCommand,
  type RequestHandler,
  type RequestInit,
} from './types.ts';

const idleMs = 120_000;

/**
 * Outgoing connections of one process. Hot senders take a connection once (`connect`) and use `requestWith`; everybody
 * else uses `invoke`. Source: `NettyRemotingClient`, 4.9.7 and 5.3.3.
 */
export function createRemotingClient(options: RemotingClientOptions): RemotingClient {
  const handlers = new Map<number, RequestHandler>();
  const live = new Map<string, SocketConnection>();
  const opening = new Map<string, Promise<SocketConnection>>();
  const dialling = new Set<Socket>();
  let stopped = false;

  function connect(address: string, timeoutMs: number): Promise<SocketConnection> {
    const open = live.get(address);
    if (open !== undefined) return Promise.resolve(open);
    const underWay = opening.get(address) ?? startOpening(address);
    return within(underWay, timeoutMs, address);
  }

  function startOpening(address: string): Promise<SocketConnection> {
    const underWay = open(address).finally(() => opening.delete(address));
    opening.set(address, underWay);
    return underWay;
  }

  async function open(address: string): Promise<SocketConnection> {
    if (stopped) throw new SwitchlabError('REMOTING_CONNECTION_CLOSED', 'The remoting client is closed.');
    const socket = await dial(address, options, dialling);
    const connection = new SocketConnection(socket, {
      release: options.release,
      log: options.log,
      handlers,
      unknownCode: 'refuse',
      serializeType: options.serializeType ?? SerializeType.JSON,
      inFlightMax: options.inFlightMax ?? 65535,
      idleMs,
      remoteAddress: address,
      accepted: false,
    });
    live.set(address, connection);
    connection.onClose(() => live.delete(address));
    if (stopped) connection.close();
    return connection;
  }

  return {
    connect,
    handle: (code, handler) => handlers.set(code, handler),
    async invoke(address, request, timeoutMs) {
      const deadlineMs = performance.now() + timeoutMs;
      const connection = await connect(address, timeoutMs);
      return invokeOn(connection, address, request, deadlineMs - performance.now());
    },
    async invokeOneway(address, request, timeoutMs) {
      const connection = await connect(address, timeoutMs);
      connection.oneway(request);
    },
    disconnect: (address) => live.get(address)?.close(),
    async close() {
      stopped = true;
      for (const socket of dialling) socket.destroy(new Error('the client was closed'));
      await Promise.allSettled(opening.values());
      for (const connection of live.values()) connection.close();
    },
  };
}

/** Closes the connection when the answer is late: the Java client takes a silent connection for a dead one. */
async function invokeOn(
  connection: SocketConnection,
  address: string,
  request: RequestInit,
  timeoutMs: number,
): Promise<RemotingCommand> {
  try {
    return await connection.request(request, timeoutMs);
  } catch (thrown) {
    if (!(thrown instanceof SwitchlabError && thrown.code === 'REMOTING_TIMEOUT')) throw thrown;
    connection.close();
    const text = `${address} did not answer request ${request.code} in ${Math.round(timeoutMs)} ms.`;
    throw new SwitchlabError('REMOTING_TIMEOUT', text, { cause: thrown });
  }
}

function dial(address: string, options: RemotingClientOptions, dialling: Set<Socket>): Promise<Socket> {
  const { host, port } = options.addressBook.dial(address);
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port, noDelay: true });
    const timeoutMs = options.connectTimeoutMs ?? 3000;
    const deadline = setTimeout(() => socket.destroy(new Error(`not connected in ${timeoutMs} ms`)), timeoutMs);
    const settle = () => {
      clearTimeout(deadline);
      dialling.delete(socket);
    };
    const refuse = (error: Error) => {
      settle();
      const text = `Connect to ${address} failed: ${errorText(error)}.`;
      reject(new SwitchlabError('REMOTING_CONNECT_FAILED', text, { cause: error }));
    };
    dialling.add(socket);
    socket.once('error', refuse);
    socket.once('connect', () => {
      settle();
      socket.off('error', refuse);
      resolve(socket);
    });
  });
}

/** `opening`, but no longer than `timeoutMs`; the attempt itself goes on for those who can wait. */
async function within<T>(opening: Promise<T>, timeoutMs: number, address: string): Promise<T> {
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const text = `Connect to ${address} failed: not connected in ${timeoutMs} ms.`;
    deadline = setTimeout(() => reject(new SwitchlabError('REMOTING_CONNECT_FAILED', text)), timeoutMs);
  });
  try {
    return await Promise.race([opening, late]);
  } finally {
    clearTimeout(deadline);
  }
}
