import type { AddressBook } from '../base/address.ts';
import type { SwitchlabError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Release } from '../base/release.ts';

/** Header encodings, by their number in the frame. */
export const SerializeType = { JSON: 0, ROCKETMQ: 1 } as const;
export type SerializeType = (typeof SerializeType)[keyof typeof SerializeType];

/** String map of a frame. Every value is a string on the wire; the reader turns JSON numbers and booleans into text. */
export type ExtFields = Record<string, string>;

/** One decoded frame. `RemotingCommand` of the Java side. */
export interface RemotingCommand {
  /** Request code, or response code in a response. */
  readonly code: number;
  /** Language ordinal of the sender (`LanguageCode`), -1 when unknown. */
  readonly language: number;
  /** Version ordinal of the sender (`MQVersion`). */
  readonly version: number;
  /** Correlation id, signed 32 bit. */
  readonly opaque: number;
  /** Bit 0: response; bit 1: oneway. */
  readonly flag: number;
  readonly remark: string | null;
  readonly extFields: ExtFields | null;
  /** Null when absent or empty. A view of the received chunk: copy it to keep it beyond the answer. */
  readonly body: Buffer | null;
  /** Encoding of this frame's header. */
  readonly serializeType: SerializeType;
}

/** What a sender says of a request; the connection adds opaque, version and language. */
export interface RequestInit {
  readonly code: number;
  readonly extFields?: ExtFields | null;
  readonly body?: Uint8Array | null;
}

/** What a handler answers; the connection adds opaque, flag, version and language. */
export interface ResponseInit {
  readonly code: number;
  readonly remark?: string | null;
  readonly extFields?: ExtFields | null;
  readonly body?: Uint8Array | null;
}

/** Hears exactly once of a request: its answer, or the error that there will be none. */
export type AnswerListener = (error: SwitchlabError | null, answer: RemotingCommand | null) => void;

/** One live connection, seen from either side. Both peers may send requests on it. */
export interface Connection {
  /** Unique in this process, for logs and maps. */
  readonly id: number;
  /** `ip:port` of the peer; where this process dialled, the logical address it dialled. */
  readonly remoteAddress: string;
  readonly closed: boolean;
  /**
   * Answers `request`. Ignored when the request is oneway, has the response bit, or the connection is closed.
   * Answers given in one turn of the event loop leave in one write. The body is copied before this returns.
   */
  reply(request: RemotingCommand, response: ResponseInit): void;
  /**
   * Sends a request and resolves with its answer, whatever its code. Rejects with REMOTING_TIMEOUT (the connection stays
   * open), REMOTING_CONNECTION_CLOSED, REMOTING_TOO_MANY_REQUESTS or FRAME_TOO_LARGE.
   */
  request(request: RequestInit, timeoutMs: number): Promise<RemotingCommand>;
  /**
   * As `request`, without a promise: for producers with hundreds of requests in flight. `onAnswer` runs once, never
   * before this call returned; what it throws is not caught.
   */
  requestWith(request: RequestInit, timeoutMs: number, onAnswer: AnswerListener): void;
  /** Sends a request that nobody answers. Ignored when closed. Throws FRAME_TOO_LARGE. */
  oneway(request: RequestInit): void;
  /** Runs once when the connection is gone, at once when it already is. */
  onClose(listener: () => void): void;
  close(): void;
}

/**
 * Answers one request. Return the response, a promise of it, or `undefined` to answer later (or never) through
 * `connection.reply`. Return synchronously on hot paths. What it throws becomes code 1 with the error's text.
 */
export type RequestHandler = (
  request: RemotingCommand,
  connection: Connection,
) => ResponseInit | Promise<ResponseInit> | undefined;

export interface RemotingServerOptions {
  readonly release: Release;
  readonly log: Log;
  /** Interface of the socket: 127.0.0.1 in the lab. */
  readonly bindAddress: string;
  readonly port: number;
  /** Closes a connection that neither sent nor received for this long. Default 120 s. */
  readonly idleSeconds?: number;
  /** NameServer old: unknown codes get no answer. Default: code 3 ` request type <n> not supported`. */
  readonly unknownCode?: 'refuse' | 'ignore';
}

/** A remoting server of one process: TCP listener, handlers by request code. */
export interface RemotingServer {
  handle(code: number, handler: RequestHandler): void;
  /** Runs for every connection that opens. */
  onConnection(listener: (connection: Connection) => void): void;
  /** Listens; rejects with PORT_IN_USE naming the address. */
  start(): Promise<void>;
  /** Stops accepting, flushes answers, closes every connection. */
  stop(): Promise<void>;
  /** Port actually bound. */
  readonly port: number;
  readonly connectionCount: number;
}

export interface RemotingClientOptions {
  readonly release: Release;
  readonly log: Log;
  readonly addressBook: AddressBook;
  /** Header encoding of requests. Default JSON. */
  readonly serializeType?: SerializeType;
  /** Default 3000. */
  readonly connectTimeoutMs?: number;
  /** Requests waiting for an answer, per connection. Beyond: REMOTING_TOO_MANY_REQUESTS. Default 65535. */
  readonly inFlightMax?: number;
}

/** Outgoing connections of one process: one per address, opened on demand, opened anew after a close. */
export interface RemotingClient {
  /**
   * Sends a request to the logical `address` and resolves with the answer, whatever its code.
   * Rejects with REMOTING_CONNECT_FAILED, REMOTING_TIMEOUT (the connection is then closed, as the Java client does),
   * REMOTING_CONNECTION_CLOSED or REMOTING_TOO_MANY_REQUESTS.
   */
  invoke(address: string, request: RequestInit, timeoutMs: number): Promise<RemotingCommand>;
  /** Resolves when the request was handed to the socket; rejects with REMOTING_CONNECT_FAILED. */
  invokeOneway(address: string, request: RequestInit, timeoutMs: number): Promise<void>;
  /** The live connection to `address`, opened when there is none. */
  connect(address: string, timeoutMs: number): Promise<Connection>;
  /** Serves requests that a server sends over a connection this client opened (39, 40, 220, 221, 307, 309, 326, 1008 …). */
  handle(code: number, handler: RequestHandler): void;
  /** Closes the connection to `address`, if any. */
  disconnect(address: string): void;
  close(): Promise<void>;
}
