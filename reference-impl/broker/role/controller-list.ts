import { promises as dns } from 'node:dns';
import { parseAddress, splitAddresses } from '../../base/address.ts';
import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { BrokerConfig } from '../../config/broker.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import { controllerGetMetadataInfo } from '../../remoting/commands/controller-get-metadata-info.ts';
import { decodeHeader } from '../../remoting/header.ts';
import type { RemotingClient, RemotingCommand, RequestInit } from '../../remoting/types.ts';

/** Addresses are read again after this time, as `ReplicasManager` does. */
const addressesMs = 120_000;

/**
 * The controllers of one broker and who leads them. Everything is sent to what `controllerAddr` lists: a controller that
 * did not answer just now is asked again next time (RocketMQ keeps a list of reachable ones and forgets the others).
 */
export class ControllerList {
  readonly #config: () => Readonly<BrokerConfig>;
  readonly #client: Pick<RemotingClient, 'invoke' | 'invokeOneway'>;
  readonly #clock: Clock;
  readonly #lookup: Lookup;
  readonly #log: Log;
  readonly #timeoutMs: number;
  #addresses: readonly string[] = [];
  #readMs = -Infinity;
  #reading: Promise<void> | null = null;
  #leader: string | null = null;

  constructor(
    config: () => Readonly<BrokerConfig>,
    client: Pick<RemotingClient, 'invoke' | 'invokeOneway'>,
    clock: Clock,
    log: Log,
    timeoutMs: number,
    lookup: Lookup = everyAddressOf,
  ) {
    this.#lookup = lookup;
    this.#config = config;
    this.#client = client;
    this.#clock = clock;
    this.#log = log;
    this.#timeoutMs = timeoutMs;
  }

  get leader(): string | null {
    return this.#leader;
  }

  /** Asks all controllers who leads; null while there is no leader or nobody answers. */
  async findLeader(): Promise<string | null> {
    const addresses = await this.#read();
    this.#leader = await mostNamed(addresses.map((address) => this.#askWhoLeads(address)));
    return this.#leader;
  }

  /**
   * Sends a request to the leader, looking for it first when it is unknown. Null: there is no leader, or it is none any
   * more; nothing was done. Rejects like `RemotingClient.invoke`; the leader is then looked for anew next time.
   */
  async ask(request: RequestInit): Promise<RemotingCommand | null> {
    const leader = this.#leader ?? (await this.findLeader());
    if (leader === null) return null;
    try {
      const answer = await this.#client.invoke(leader, request, this.#timeoutMs);
      if (answer.code !== ResponseCode.CONTROLLER_NOT_LEADER) return answer;
    } catch (thrown) {
      this.#forget(leader);
      throw thrown;
    }
    this.#forget(leader);
    return null;
  }

  /** Oneway to every controller; one that cannot be reached does not matter. Resolves when the leader's is on its way. */
  async tellAll(request: RequestInit, timeoutMs: number): Promise<void> {
    const tell = (address: string) => this.#client.invokeOneway(address, request, timeoutMs).catch(() => {});
    const addresses = new Set(await this.#read());
    const leader = this.#leader;
    if (leader !== null) addresses.add(leader);
    const told = new Map(Array.from(addresses, (address) => [address, tell(address)]));
    if (leader !== null) await told.get(leader);
  }

  #forget(leader: string): void {
    if (this.#leader === leader) this.#leader = null;
  }

  async #askWhoLeads(address: string): Promise<string | null> {
    const answer = await this.#client.invoke(address, { code: controllerGetMetadataInfo.code }, this.#timeoutMs);
    return decodeHeader(controllerGetMetadataInfo.response, answer.extFields).controllerLeaderAddress;
  }

  /** The addresses as last read. Only the first time does it wait for names to be looked up: heartbeats must not. */
  async #read(): Promise<readonly string[]> {
    const { controllerAddr, fetchControllerAddrByDnsLookup } = this.#config();
    if (this.#clock.nowMs() - this.#readMs >= addressesMs || this.#addresses.length === 0) {
      const listed = splitAddresses(controllerAddr);
      if (!fetchControllerAddrByDnsLookup) this.#keep(listed);
      else this.#reading ??= this.#lookUp(listed).finally(() => (this.#reading = null));
    }
    if (this.#addresses.length === 0) await this.#reading;
    return this.#addresses;
  }

  #keep(addresses: readonly string[]): void {
    this.#addresses = addresses;
    this.#readMs = this.#clock.nowMs();
  }

  async #lookUp(names: readonly string[]): Promise<void> {
    try {
      this.#keep((await Promise.all(names.map((name) => this.#resolve(name)))).flat());
    } catch (thrown) {
      // The former list stays: a name server that fails must not cut the broker off its controllers.
      this.#log.warn({ controllers: names, error: errorText(thrown) }, 'The controllers cannot be looked up');
    }
  }

  /** Every address behind a `name:port`. */
  async #resolve(name: string): Promise<string[]> {
    const { host, port } = parseAddress(name);
    return (await this.#lookup(host)).map((address) => `${address}:${port}`);
  }
}

/** Every IPv4 address of a host name; rejects when it cannot be looked up. */
export type Lookup = (host: string) => Promise<readonly string[]>;

async function everyAddressOf(host: string): Promise<string[]> {
  return (await dns.lookup(host, { all: true, family: 4 })).map(({ address }) => address);
}

/**
 * What most of `answers` name. Resolves as soon as a majority agrees, so that one silent controller costs no time, and
 * with all answers at the latest: the one named most often, of which one suffices.
 */
export function mostNamed(answers: readonly Promise<string | null>[]): Promise<string | null> {
  const votes = new Map<string, number>();
  let open = answers.length;
  return new Promise((done) => {
    const counted = (name: string | null) => {
      open--;
      const count = name === null ? 0 : (votes.get(name) ?? 0) + 1;
      if (name !== null) votes.set(name, count);
      if (count * 2 > answers.length) done(name);
      else if (open === 0) done([...votes].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null);
    };
    if (open === 0) done(null);
    for (const answer of answers) answer.then(counted, () => counted(null));
  });
}
