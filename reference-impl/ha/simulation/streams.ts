import { EventEmitter } from 'node:events';
import type { Random } from '../../base/random.ts';
import type { SimulatedProcess, VirtualTime } from '../../base/simulation/virtual-time.ts';
import type { SimulatedNetwork } from '../../remoting/simulation/network.ts';
import type { HaNetwork, HaServer, HaSocket } from '../network.ts';

const delayMaxMs = 15;
/** A sender whose way is cut tries again. */
const retransmitMs = 40;
/** Waiting bytes from which on a socket says that it is full, and what it then says: senders pause at 1 MiB. */
const fullBytes = 600;
const fullLength = 2 * 1024 * 1024;

/** The machine that a process runs on, by the address that the network knows. */
interface Host {
  readonly name: string;
  readonly address: string;
  readonly process: SimulatedProcess;
}

/** Who sees what the accepting side of a new connection writes. */
type Watch = (host: Host) => (chunk: Uint8Array) => void;

/**
 * TCP between brokers: bytes in order, in chunks of any size, late. Where the network is cut they wait; a process that dies
 * hangs up, one that loses its power does not, and what it had sent may still arrive, to any byte.
 */
export class SimulatedStreams {
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #network: SimulatedNetwork;
  readonly #servers = new Map<string, SimulatedServer>();
  readonly #sockets = new Set<SimulatedSocket>();
  onServed: Watch = () => () => {};

  constructor(time: VirtualTime, random: Random, network: SimulatedNetwork) {
    this.#time = time;
    this.#random = random;
    this.#network = network;
  }

  /** What a process on the machine `name` uses; `address` is how the network calls it. */
  of(name: string, address: string, process: SimulatedProcess): HaNetwork {
    const host = { name, address, process };
    return {
      connect: ({ host: to, port }) => this.#connect(host, `${to}:${port}`) as unknown as HaSocket,
      createServer: (accept) => new SimulatedServer(this, host, accept) as unknown as HaServer,
    };
  }

  /** A process died. */
  hangUp(process: SimulatedProcess, power: 'KEPT' | 'LOST'): void {
    for (const socket of this.#sockets) if (socket.host.process === process) socket.die(power === 'KEPT');
  }

  listening(server: SimulatedServer, port: number): void {
    this.#servers.set(`${server.host.name}:${port}`, server);
    this.after(0, server.host, () => server.emit('listening'));
  }

  gone(socket: SimulatedSocket): void {
    this.#sockets.delete(socket);
  }

  after(delayMs: number, host: Host, run: () => void): void {
    this.#time.after(delayMs, host.process, run);
  }

  delay(): number {
    return this.#random.int(delayMaxMs);
  }

  int(bound: number): number {
    return this.#random.int(bound);
  }

  isCut(from: Host, to: Host): boolean {
    return this.#network.isCut(from.address, to.address);
  }

  #connect(from: Host, to: string): SimulatedSocket {
    const socket = new SimulatedSocket(this, from, () => {});
    this.#sockets.add(socket);
    if (!from.process.alive) return socket;
    this.#time.after(this.delay(), null, () => {
      const server = this.#servers.get(to);
      // Nobody answers a lost connection attempt: the one that tries gives up by itself.
      if (server === undefined || this.isCut(from, server.host) || this.isCut(server.host, from)) return;
      if (!server.host.process.alive || server.closed) {
        this.after(this.delay(), from, () => socket.destroy(new Error('ECONNREFUSED')));
        return;
      }
      const accepted = new SimulatedSocket(this, server.host, this.onServed(server.host));
      this.#sockets.add(accepted);
      socket.peer = accepted;
      accepted.peer = socket;
      this.after(this.delay(), from, () => socket.connected());
      this.after(this.delay(), server.host, () => {
        server.accept(accepted as unknown as HaSocket);
        accepted.ready = true;
      });
    });
    return socket;
  }
}

class SimulatedServer extends EventEmitter {
  maxConnections = 0;
  closed = false;
  readonly host: Host;
  readonly accept: (socket: HaSocket) => void;
  readonly #streams: SimulatedStreams;
  #port = 0;

  constructor(streams: SimulatedStreams, host: Host, accept: (socket: HaSocket) => void) {
    super();
    this.#streams = streams;
    this.host = host;
    this.accept = accept;
  }

  listen({ port }: { readonly port: number }): this {
    this.#port = port;
    this.#streams.listening(this, port);
    return this;
  }

  address(): { port: number } {
    return { port: this.#port };
  }

  close(): this {
    this.closed = true;
    return this;
  }
}

/** One end of a connection. */
class SimulatedSocket extends EventEmitter {
  readonly remoteAddress = 'peer';
  readonly remotePort = 1;
  readonly host: Host;
  peer: SimulatedSocket | null = null;
  /** Somebody listens to what arrives. */
  ready = false;
  readonly #streams: SimulatedStreams;
  readonly #watch: (chunk: Uint8Array) => void;
  #destroyed = false;
  /** Written and not delivered. */
  #sent: Uint8Array[] = [];
  #sentBytes = 0;
  #wasFull = false;
  #ends = false;
  #underWay = false;

  constructor(streams: SimulatedStreams, host: Host, watch: (chunk: Uint8Array) => void) {
    super();
    this.#streams = streams;
    this.host = host;
    this.#watch = watch;
  }

  get writableLength(): number {
    return this.#sentBytes < fullBytes ? this.#sentBytes : fullLength;
  }

  setNoDelay(): void {}
  cork(): void {}
  uncork(): void {}

  setTimeout(ms: number, expired?: () => void): void {
    if (expired === undefined) return;
    this.#streams.after(ms, this.host, () => {
      if (this.peer === null && !this.#destroyed) expired();
    });
  }

  connected(): void {
    if (this.#destroyed) return;
    this.emit('connect');
    this.ready = true;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#destroyed || !this.host.process.alive) return false;
    this.#watch(bytes);
    this.#sent.push(bytes);
    this.#sentBytes += bytes.length;
    this.#wasFull ||= this.#sentBytes >= fullBytes;
    this.#send();
    return this.#sentBytes < fullBytes;
  }

  destroy(error?: Error): this {
    if (this.#destroyed) return this;
    this.#destroyed = true;
    this.#streams.gone(this);
    this.#loseRest();
    this.#hangUp();
    this.#streams.after(0, this.host, () => {
      if (error !== undefined) this.emit('error', error);
      this.emit('close');
    });
    return this;
  }

  /** The process is dead; its kernel may live and hang up. */
  die(hangsUp: boolean): void {
    this.#destroyed = true;
    this.#streams.gone(this);
    this.#loseRest();
    if (hangsUp) this.#hangUp();
  }

  #hangUp(): void {
    if (this.peer === null) return;
    this.#ends = true;
    this.#send();
  }

  #send(): void {
    const { peer } = this;
    if (this.#underWay || peer === null) return;
    this.#underWay = true;
    this.#streams.after(this.#streams.delay(), peer.host, () => this.#arrive(peer));
  }

  /** At the peer: the next chunk, or the end. */
  #arrive(peer: SimulatedSocket): void {
    this.#underWay = false;
    const isCut = this.#streams.isCut(this.host, peer.host);
    if (peer.#destroyed && !isCut) return this.#refused();
    if (!peer.ready || isCut) {
      this.#underWay = true;
      return this.#streams.after(retransmitMs, peer.host, () => this.#arrive(peer));
    }
    if (this.#sentBytes > 0) {
      const all = this.#streams.int(3) > 0;
      const chunk = this.#take(all ? this.#sentBytes : 1 + this.#streams.int(this.#sentBytes));
      if (this.#sentBytes > 0 || this.#ends) this.#send();
      if (this.#sentBytes === 0 && this.#wasFull) {
        this.#wasFull = false;
        this.#streams.after(0, this.host, () => !this.#destroyed && this.emit('drain'));
      }
      peer.emit('data', chunk);
    } else if (this.#ends) {
      peer.#destroyed = true;
      this.#streams.gone(peer);
      peer.emit('close');
    }
  }

  /** The other end is gone: it says so, when it can. */
  #refused(): void {
    this.#sent = [];
    this.#sentBytes = 0;
    if (this.peer !== null && this.#streams.isCut(this.peer.host, this.host)) return;
    this.#streams.after(this.#streams.delay(), this.host, () => this.destroy(new Error('ECONNRESET')));
  }

  /** Of what is not delivered yet, any part is lost. */
  #loseRest(): void {
    this.#sent = [this.#take(this.#streams.int(this.#sentBytes + 1))];
    this.#sentBytes = this.#sent[0]!.length;
  }

  #take(count: number): Buffer {
    const all = Buffer.concat(this.#sent);
    this.#sent = count === all.length ? [] : [all.subarray(count)];
    this.#sentBytes = all.length - count;
    return all.subarray(0, count);
  }
}
