import type { Socket } from 'node:net';
import { SwitchlabError, errorText } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { versionOrdinal, type Release } from '../base/release.ts';
import { PendingAnswers } from './answers.ts';
import { RequestCode, ResponseCode } from './codes.ts';
import { decodeFrame } from './frame.ts';
import { FrameSplitter } from './frame-splitter.ts';
import { FrameWriter } from './frame-writer.ts';
import { javaLanguage } from './language.ts';
import { nextOpaque } from './opaque.ts';
import { Preamble } from './preamble.ts';
import type {
  AnswerListener,
  Connection,
  RemotingCommand,
  RequestHandler,
  RequestInit,
  ResponseInit,
  SerializeType,
} from './types.ts';

export interface SocketConnectionOptions {
  readonly release: Release;
  readonly log: Log;
  readonly handlers: ReadonlyMap<number, RequestHandler>;
  /** What an unknown request code gets: code 3, or nothing. */
  readonly unknownCode: 'refuse' | 'ignore';
  /** Header encoding of requests, and of the answers of the new release. */
  readonly serializeType: SerializeType;
  readonly inFlightMax: number;
  readonly idleMs: number;
  /** Who is at the other end, when the socket's own peer is not the one to name. */
  readonly remoteAddress: string;
  /** Whether the peer opened it: what it sends is mostly requests, and a PROXY line may come first. */
  readonly accepted: boolean;
}

const flagResponse = 1;
const flagOneway = 2;

// A peer that asks and does not read: from here on nothing more is read from it. Only the accepting side stops reading: if
// the asking side did too, each could wait for the other to read.
const unsentBytesHigh = 1048576;
// Beyond this, requests are refused; beyond twice this, the peer is cut off.
const unsentRequestBytesMax = 67108864;
const lingerMs = 3000;

/** The Java producer dereferences the extFields of these answers unchecked: even an error must carry an object. */
const sendCodes: ReadonlySet<number> = new Set([
  RequestCode.SEND_MESSAGE,
  RequestCode.SEND_MESSAGE_V2,
  RequestCode.SEND_BATCH_MESSAGE,
  RequestCode.SEND_REPLY_MESSAGE,
  RequestCode.SEND_REPLY_MESSAGE_V2,
]);

let connections = 0;

/** One open socket, of a server or of a client: reads frames, calls handlers, matches answers, collects writes. */
export class SocketConnection implements Connection {
  readonly id = ++connections;
  closed = false;
  remoteAddress: string;
  readonly #socket: Socket;
  readonly #options: SocketConnectionOptions;
  readonly #version: number;
  readonly #frames = new FrameSplitter();
  readonly #out = new FrameWriter();
  readonly #pending: PendingAnswers;
  #preamble: Preamble | null;
  #flushScheduled = false;
  #paused = false;
  #closeListeners: (() => void)[] = [];

  /** @param socket connected; the connection owns it from now on */
  constructor(socket: Socket, options: SocketConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#version = versionOrdinal[options.release];
    this.#pending = new PendingAnswers(options.inFlightMax);
    this.#preamble = options.accepted && options.release === 'new' ? new Preamble() : null;
    this.remoteAddress = options.remoteAddress;
    socket.setTimeout(options.idleMs, () => this.#closeBecause('it was idle'));
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('drain', () => this.#paused && this.#resume());
    socket.on('error', (error) =>
      options.log.debug({ peer: this.remoteAddress, error: error.message }, 'socket error'),
    );
    socket.on('end', () => this.close());
    socket.on('close', () => this.close());
  }

  reply(request: RemotingCommand, response: ResponseInit): void {
    if ((request.flag & (flagResponse | flagOneway)) !== 0) return;
    try {
      this.#write(this.#answerType(request), request.opaque, flagResponse, response);
    } catch (thrown) {
      this.#replyFailure(request, thrown);
    }
  }

  request(request: RequestInit, timeoutMs: number): Promise<RemotingCommand> {
    return new Promise((resolve, reject) => {
      this.requestWith(request, timeoutMs, (error, answer) => {
        if (answer === null) reject(error);
        else resolve(answer);
      });
    });
  }

  requestWith(request: RequestInit, timeoutMs: number, onAnswer: AnswerListener): void {
    const refusal = this.#refusal();
    if (refusal !== null) return process.nextTick(onAnswer, refusal, null);
    const opaque = nextOpaque();
    try {
      this.#write(this.#options.serializeType, opaque, 0, request);
    } catch (thrown) {
      return process.nextTick(onAnswer, thrown, null);
    }
    this.#pending.add(opaque, timeoutMs, onAnswer);
  }

  oneway(request: RequestInit): void {
    this.#write(this.#options.serializeType, nextOpaque(), flagOneway, request);
  }

  onClose(listener: () => void): void {
    if (this.closed) listener();
    else this.#closeListeners.push(listener);
  }

  close(): void {
    if (this.closed) return;
    this.#flush();
    this.closed = true;
    this.#socket.destroySoon();
    if (!this.#socket.destroyed) {
      // A peer that does not read would hold the last bytes, and so the socket, for ever.
      const linger = setTimeout(() => this.#socket.destroy(), lingerMs).unref();
      this.#socket.once('close', () => clearTimeout(linger));
    }
    this.#pending.failAll(this.#closedError());
    const listeners = this.#closeListeners;
    this.#closeListeners = [];
    for (const listener of listeners) listener();
  }

  /** Drops the socket at once, with what it has not sent. */
  destroy(): void {
    this.#socket.destroy();
    this.close();
  }

  #receive(chunk: Buffer): void {
    if (this.closed) return;
    const bytes = this.#preamble === null ? chunk : this.#readPreamble(this.#preamble, chunk);
    if (bytes === null) return;
    this.#frames.push(bytes);
    this.#serve();
  }

  #readPreamble(preamble: Preamble, chunk: Buffer): Buffer | null {
    try {
      const bytes = preamble.take(chunk);
      if (bytes === null) return null;
      this.remoteAddress = preamble.sourceAddress ?? this.remoteAddress;
      this.#preamble = null;
      return bytes;
    } catch (thrown) {
      this.#closeBecause(errorText(thrown));
      return null;
    }
  }

  /** Serves the frames of the chunk until its end, or until the peer lets too many answers pile up. */
  #serve(): void {
    while (!this.closed) {
      if (this.#congested()) return this.#pause();
      let command: RemotingCommand;
      try {
        if (!this.#frames.next()) return;
        command = decodeFrame(this.#frames);
      } catch (thrown) {
        return this.#closeBecause(errorText(thrown));
      }
      if ((command.flag & flagResponse) === 0) this.#dispatch(command);
      else this.#pending.settle(command);
    }
  }

  #congested(): boolean {
    return this.#options.accepted && this.#unsentBytes > unsentBytesHigh;
  }

  get #unsentBytes(): number {
    return this.#out.pendingBytes + this.#socket.writableLength;
  }

  #pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  /** Serves what was left of the chunk, then reads on. */
  #resume(): void {
    this.#paused = false;
    this.#serve();
    if (!this.#paused) this.#socket.resume();
  }

  #dispatch(request: RemotingCommand): void {
    const handler = this.#options.handlers.get(request.code);
    if (handler === undefined) return this.#replyUnknownCode(request);
    let response: ResponseInit | Promise<ResponseInit> | undefined;
    try {
      response = handler(request, this);
    } catch (thrown) {
      return this.#replyFailure(request, thrown);
    }
    if (response === undefined) return;
    if (response instanceof Promise) {
      response.then(
        (late) => this.reply(request, late),
        (thrown: unknown) => this.#replyFailure(request, thrown),
      );
    } else this.reply(request, response);
  }

  #replyUnknownCode(request: RemotingCommand): void {
    if (this.#options.unknownCode === 'ignore') return;
    const remark = ` request type ${request.code} not supported`;
    this.reply(request, { code: ResponseCode.REQUEST_CODE_NOT_SUPPORTED, remark });
  }

  #replyFailure(request: RemotingCommand, thrown: unknown): void {
    const { log } = this.#options;
    const fields = { code: request.code, peer: this.remoteAddress, error: errorText(thrown) };
    if (thrown instanceof SwitchlabError) log.debug(fields, 'request refused');
    else log.error({ ...fields, stack: thrown instanceof Error ? thrown.stack : undefined }, 'handler failed');
    const extFields = sendCodes.has(request.code) ? {} : null;
    this.reply(request, { code: ResponseCode.SYSTEM_ERROR, remark: errorText(thrown), extFields });
  }

  /** Old answers in the type of the request, new in its own, whatever the request used. */
  #answerType(request: RemotingCommand): SerializeType {
    return this.#options.release === 'old' ? request.serializeType : this.#options.serializeType;
  }

  #write(serializeType: SerializeType, opaque: number, flag: number, content: ResponseInit | RequestInit): void {
    if (this.closed) return;
    this.#out.write({
      code: content.code,
      language: javaLanguage,
      version: this.#version,
      opaque,
      flag,
      remark: ('remark' in content ? content.remark : null) ?? null,
      extFields: content.extFields ?? null,
      body: content.body ?? null,
      serializeType,
    });
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    process.nextTick(endTurn, this);
  }

  /** Ends a turn: sends what it wrote, in one write. For the scheduler below only. */
  endTurn(): void {
    this.#flushScheduled = false;
    this.#flush();
    if (this.#paused && !this.#congested()) this.#resume();
  }

  #flush(): void {
    if (this.closed || this.#out.pendingBytes === 0) return;
    const socket = this.#socket;
    const buffers = this.#out.take();
    if (buffers.length > 1) socket.cork();
    for (const buffer of buffers) socket.write(buffer);
    if (buffers.length > 1) socket.uncork();
    if (socket.writableLength > 2 * unsentRequestBytesMax) this.#cutOff();
  }

  /** Why no request can be sent now, or null. */
  #refusal(): SwitchlabError | null {
    if (this.closed) return this.#closedError();
    if (!this.#pending.full && this.#unsentBytes < unsentRequestBytesMax) return null;
    return new SwitchlabError('REMOTING_TOO_MANY_REQUESTS', `Too many requests wait for ${this.remoteAddress}.`);
  }

  #cutOff(): void {
    this.#options.log.warn(
      { peer: this.remoteAddress, unsentBytes: this.#socket.writableLength },
      'peer does not read',
    );
    this.destroy();
  }

  #closeBecause(reason: string): void {
    this.#options.log.info({ peer: this.remoteAddress, reason }, 'connection closed');
    this.close();
  }

  #closedError(): SwitchlabError {
    return new SwitchlabError('REMOTING_CONNECTION_CLOSED', `The connection to ${this.remoteAddress} is closed.`);
  }
}

// One function for all connections: a turn costs no closure.
function endTurn(connection: SocketConnection): void {
  connection.endTurn();
}
