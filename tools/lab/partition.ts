import type { Stream } from './proxy.ts';
import type { Link } from './link.ts';
import type { PlannedServer } from './plan-servers.ts';
import type { Trial } from './trial.ts';
import { throughout } from './until.ts';

/**
 * Cuts between processes of a trial: what is sent over them, closes included, vanishes; when they heal, the connections of
 * before are closed. Black holes, because Toxiproxy cannot thaw a connection that one side gave up while it was frozen.
 */
export class Partition {
  readonly #trial: Trial;
  readonly #cut = new Map<string, { readonly link: Link; readonly streams: Set<Stream> }>();

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** No cut is there to be healed. */
  get isWhole(): boolean {
    return this.#cut.size === 0;
  }

  /** From controllers, NameServers and the other replicas; the lab's clients still reach it. */
  async isolate(server: PlannedServer): Promise<void> {
    const others = this.#trial.cluster.plan.servers.filter((other) => other !== server);
    await this.apart(others.map((other) => [server, other]));
  }

  /** Neither of each pair reaches the other. */
  async apart(pairs: readonly (readonly [PlannedServer, PlannedServer])[]): Promise<void> {
    for (const [one, other] of pairs) {
      this.#hold(one, other);
      this.#hold(other, one);
    }
    await this.#inject();
  }

  /** What any of `from` sends, requests and answers alike, does not arrive at any of `to`; the way back is open. */
  async oneWay(from: readonly PlannedServer[], to: readonly PlannedServer[]): Promise<void> {
    for (const sender of from) for (const receiver of to) this.#hold(sender, receiver);
    await this.#inject();
  }

  /** The servers stand in a circle, and each reaches only its two neighbours. */
  async ring(servers: readonly PlannedServer[]): Promise<void> {
    const isNeighbour = (i: number, j: number) => j - i === 1 || j - i === servers.length - 1;
    await this.#apartUnless(servers, isNeighbour);
  }

  /** The servers in the middle reach all; nobody before reaches anybody behind. */
  async bridge(servers: readonly PlannedServer[]): Promise<void> {
    const middle = Math.floor(servers.length / 2);
    await this.#apartUnless(servers, (i, j) => i >= middle || j <= middle);
  }

  /** For as long as the profile looks, which is longer than detection and election take, every link stays cut. */
  async lasts(): Promise<void> {
    const isCut = () => [...this.#cut.values()].every(({ link }) => link.fault !== 'none');
    await throughout('the links are cut', isCut, (cut) => cut, this.#trial.within('quiet'));
  }

  async heal(): Promise<void> {
    await Promise.all([...this.#cut.values()].map(({ link }) => link.heal()));
    this.#trial.options.observe('healed', this.#cut.size, `${this.#cut.size} links healed`);
    this.#cut.clear();
  }

  async #apartUnless(servers: readonly PlannedServer[], joined: (i: number, j: number) => boolean): Promise<void> {
    const pairs = servers.flatMap((one, i) =>
      servers.slice(i + 1).flatMap((other, k) => (joined(i, i + 1 + k) ? [] : [[one, other] as const])),
    );
    await this.apart(pairs);
  }

  /** Bytes travel upstream on the link that their sender dialled, downstream on the one that their receiver dialled. */
  #hold(sender: PlannedServer, receiver: PlannedServer): void {
    this.#add(sender, receiver, 'upstream');
    this.#add(receiver, sender, 'downstream');
  }

  #add(from: PlannedServer, to: PlannedServer, stream: Stream): void {
    const { plan } = this.#trial.cluster;
    if (!plan.links.some((link) => link.from === from && link.to === to)) return;
    const link = this.#trial.cluster.link(from.name, to.name);
    const path = `${from.name} ${to.name}`;
    const { streams } = this.#cut.get(path) ?? { streams: new Set() };
    this.#cut.set(path, { link, streams: streams.add(stream) });
  }

  async #inject(): Promise<void> {
    await Promise.all([...this.#cut.values()].map(({ link, streams }) => link.blackhole([...streams])));
    const paths = [...this.#cut].map(([path, { streams }]) => `${path} ${[...streams].join(' and ')}`);
    this.#trial.options.observe('cut', paths.length, `${paths.length} links cut: ${paths.join(', ')}`);
  }
}
