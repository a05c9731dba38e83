import { AssertionFailure } from '../../base/assert.ts';
import { errorText, SwitchlabError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { SimulatedProcess, VirtualTime } from '../../base/simulation/virtual-time.ts';
import { ResponseCode } from '../codes.ts';
import type {
  Connection,
  RemotingClient,
  RemotingCommand,
  RemotingServer,
  RequestHandler,
  RequestInit,
  ResponseInit,
} from '../types.ts';

/** A process that listens at an address, and may dial others. */
export interface Endpoint {
  readonly address: string;
  readonly process: SimulatedProcess;
  readonly handlers: Map<number, RequestHandler>;
  /** Connections that others opened to it, by the process that opened them. */
  readonly accepted: Map<SimulatedProcess, SimulatedConnection>;
  /** Counts up with the processes: connections of an earlier life have smaller ids. */
  readonly life: number;
}

export type SimulatedClient = Pick<RemotingClient, 'invoke' | 'invokeOneway'>;

/** What becomes of a frame; a repeated or late one arrives, too. */
export type FrameFate = 'Sent' | 'Cut' | 'Lost' | 'Repeated' | 'Late';

export interface NetworkOptions {
  /** Callers wait no longer than this, whatever they say. */
  readonly timeoutMaxMs?: number;
  /** Of a frame that is not late; default 40. */
  readonly delayMaxMs?: number;
  readonly onFrame?: (fate: FrameFate) => void;
}

const repeatedEvery = 20;
const lateEvery = 30;
const lateMaxMs = 1500;

/** Frames between addresses: lost, delayed, reordered, repeated, and not carried at all where a direction is cut. */
export class SimulatedNetwork {
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #timeoutMaxMs: number;
  readonly #delayMaxMs: number;
  readonly #onFrame: (fate: FrameFate) => void;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #cut = new Set<string>();
  #lives = 0;
  /** Share of frames that get lost. 0 is calm: then none is late or repeated either. */
  lossRate = 0;

  constructor(time: VirtualTime, random: Random, options: NetworkOptions = {}) {
    this.#time = time;
    this.#random = random;
    this.#timeoutMaxMs = options.timeoutMaxMs ?? Infinity;
    this.#delayMaxMs = options.delayMaxMs ?? 40;
    this.#onFrame = options.onFrame ?? (() => {});
  }

  listen(address: string, process: SimulatedProcess): Endpoint & Pick<RemotingServer, 'handle'> {
    const handlers = new Map<number, RequestHandler>();
    const accepted = new Map<SimulatedProcess, SimulatedConnection>();
    const endpoint = { address, process, handlers, accepted, life: ++this.#lives };
    this.#endpoints.set(address, endpoint);
    return { ...endpoint, handle: (code, handler) => handlers.set(code, handler) };
  }

  client(from: Endpoint): SimulatedClient {
    return {
      invoke: (to, request, timeoutMs) => this.#invoke(from, to, request, Math.min(timeoutMs, this.#timeoutMaxMs)),
      invokeOneway: (to, request) => {
        if (from.process.alive) this.#transmit(from.address, to, () => void this.#serve(from, to, request));
        return Promise.resolve();
      },
    };
  }

  #invoke(from: Endpoint, to: string, request: RequestInit, timeoutMs: number): Promise<RemotingCommand> {
    return new Promise((resolve, reject) => {
      const late = this.#time.after(timeoutMs, from.process, () => {
        reject(new SwitchlabError('REMOTING_TIMEOUT', `${to} did not answer.`));
      });
      const serve = async () => {
        const response = await this.#serve(from, to, request);
        if (response === undefined) return;
        const arrive = () => {
          late.cancel();
          if (response === null) reject(new SwitchlabError('REMOTING_CONNECT_FAILED', `${to} is down.`));
          else resolve(frame(response));
        };
        this.#transmit(to, from.address, arrive, from.process);
      };
      if (from.process.alive) this.#transmit(from.address, to, () => void serve());
    });
  }

  /** The answer of whoever listens at `to` now; null when nobody does, undefined when it dies before it answers. */
  async #serve(from: Endpoint, to: string, request: RequestInit): Promise<ResponseInit | null | undefined> {
    const target = this.#endpoints.get(to);
    if (target === undefined || !target.process.alive) return null;
    const handler = target.handlers.get(request.code);
    if (handler === undefined) return { code: 3, remark: `request type ${request.code} not supported` };
    try {
      const response = await handler(frame(request), this.#connection(from, target));
      return target.process.alive ? response : undefined;
    } catch (thrown) {
      if (thrown instanceof AssertionFailure) throw thrown;
      return { code: ResponseCode.SYSTEM_ERROR, remark: errorText(thrown) };
    }
  }

  #connection(from: Endpoint, target: Endpoint): Connection {
    let connection = target.accepted.get(from.process);
    if (connection === undefined || connection.closed) {
      connection = new SimulatedConnection(from.life);
      target.accepted.set(from.process, connection);
    }
    // Handlers of a controller keep it, hear of its end and close it: the rest of a connection is not simulated.
    return connection as unknown as Connection;
  }

  /** A process died: those that it was connected to hear of it, unless the way to them is cut. */
  hangUp(dead: Endpoint): void {
    for (const target of this.#endpoints.values()) {
      const connection = target.accepted.get(dead.process);
      if (connection === undefined || this.isCut(dead.address, target.address)) continue;
      this.#time.after(this.#random.int(this.#delayMaxMs), target.process, () => connection.close());
    }
  }

  /** From now on nothing gets from `a` to `b`. */
  cut(a: string, b: string): void {
    this.#cut.add(`${a}>${b}`);
  }

  isCut(a: string, b: string): boolean {
    return this.#cut.has(`${a}>${b}`);
  }

  heal(): void {
    this.#cut.clear();
  }

  #transmit(from: string, to: string, deliver: () => void, life?: SimulatedProcess): void {
    const calm = this.lossRate === 0;
    this.#onFrame('Sent');
    if (this.isCut(from, to)) return this.#onFrame('Cut');
    if (!calm && this.#random.next() < this.lossRate) return this.#onFrame('Lost');
    const copies = !calm && this.#random.int(repeatedEvery) === 0 ? 2 : 1;
    if (copies === 2) this.#onFrame('Repeated');
    for (let copy = 0; copy < copies; copy++) {
      const late = !calm && this.#random.int(lateEvery) === 0;
      if (late) this.#onFrame('Late');
      const delayMs = this.#random.int(late ? lateMaxMs : this.#delayMaxMs);
      // A request reaches whoever lives there when it arrives; an answer, only the life that asked.
      this.#time.after(delayMs, life ?? (() => this.#living(to)), deliver);
    }
  }

  #living(address: string): SimulatedProcess | null {
    const process = this.#endpoints.get(address)?.process;
    return process?.alive ? process : null;
  }
}

/** What a server sees of a connection. */
class SimulatedConnection implements Pick<Connection, 'id' | 'closed' | 'onClose' | 'close'> {
  readonly id: number;
  closed = false;
  readonly #listeners: (() => void)[] = [];

  constructor(id: number) {
    this.id = id;
  }

  onClose(listener: () => void): void {
    if (this.closed) listener();
    else this.#listeners.push(listener);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const listener of this.#listeners) listener();
  }
}

function frame({ code, extFields, body, remark }: RequestInit & ResponseInit): RemotingCommand {
  return {
    code,
    language: 0,
    version: 0,
    opaque: 0,
    flag: 0,
    remark: remark ?? null,
    extFields: extFields ?? null,
    body: body === null || body === undefined || body.length === 0 ? null : Buffer.from(body),
    serializeType: 0,
  };
}
