import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type AddressBook, addressBook } from '../../reference-impl/base/address.ts';
import { assert } from '../../reference-impl/base/assert.ts';
import { askedSettings } from './asked-settings.ts';
import { temporaryFolder } from './folders.ts';
import { Inconclusive } from './inconclusive.ts';
import { createLink, type Link, type LinkedProxy } from './link.ts';
import { type ClusterPlan, planCluster, type PlannedProcess } from './plan.ts';
import type { PlannedLink } from './plan-links.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import { reserveBrokerPort, reservePort } from './ports.ts';
import { PreparedProcess, questions } from './prepared-process.ts';
import type { LabProcess } from './processes.ts';
import type { Profile } from './profile.ts';
import { createProxy, type Proxy } from './proxy.ts';
import { openRelay } from './relay.ts';
import type { Settings } from './settings-file.ts';
import type { Targets } from './targets.ts';
import type { Role } from './targets/target.ts';
import { type Note, timelineIn } from './timeline.ts';
import type { Topology } from './topology.ts';

export interface ClusterOptions {
  /** Prepared targets. */
  readonly targets: Targets;
  readonly profile: Profile;
  readonly seed: number;
  /** API address of the Toxiproxy server of this run; null: connections are direct and cannot be cut. */
  readonly toxiproxyUrl: string | null;
  /** Takes configuration files, logs and the timeline; created when missing. */
  readonly evidenceFolder: string;
  readonly labDefect?: string | null;
  /** Keys by role, over those of profile and topology; a release that lacks a key goes without it. */
  readonly config?: Partial<Record<Role, Settings>>;
  /** Keys of single processes by name, over everything else. */
  readonly configOf?: Readonly<Record<string, Settings>>;
  /** Processes that `start` prepares but does not start. */
  readonly heldBack?: readonly string[];
  /** Every broker may enter controller mode while the cluster runs: it is linked with controllers from the start. */
  readonly mayEnter?: boolean;
}

const howToGetToxiproxy = 'there is no Toxiproxy server (`npm run conformance` says at its start how to install one).';

/** Running processes of one topology, each pair that talks joined by a link of its own. Disposal kills and removes all. */
export class Cluster implements AsyncDisposable {
  readonly plan: ClusterPlan;
  /** Writes into the timeline of its evidence. */
  readonly note: Note;
  readonly #processes: ReadonlyMap<string, PreparedProcess>;
  readonly #links: readonly Link[];
  readonly #resources: AsyncDisposableStack;

  private constructor(
    plan: ClusterPlan,
    processes: ReadonlyMap<string, PreparedProcess>,
    links: readonly Link[],
    resources: AsyncDisposableStack,
    note: Note,
  ) {
    this.plan = plan;
    this.note = note;
    this.#processes = processes;
    this.#links = links;
    this.#resources = resources;
  }

  /** Resolves when every process serves that is not held back. Throws `ProcessExit` or `ConditionFailure`. */
  static async start(topology: Topology, options: ClusterOptions): Promise<Cluster> {
    const cluster = await Cluster.prepare(topology, options);
    try {
      await cluster.startAll(options);
    } catch (thrown) {
      await cluster[Symbol.asyncDispose]();
      throw thrown;
    }
    return cluster;
  }

  /** Plans everything, writes files and opens links; starts no process. */
  static async prepare(topology: Topology, options: ClusterOptions): Promise<Cluster> {
    await using resources = new AsyncDisposableStack();
    const { path: folder } = resources.use(await temporaryFolder());
    const { targets, profile, config = {}, configOf = {}, evidenceFolder, toxiproxyUrl, mayEnter = false } = options;
    const ports = { reserve: reservePort, reserveBroker: reserveBrokerPort };
    const noToxiproxy = toxiproxyUrl === null ? howToGetToxiproxy : null;
    const plan = await planCluster({
      topology,
      targets,
      profile,
      config,
      configOf,
      folder,
      ports,
      noToxiproxy,
      mayEnter,
    });
    mkdirSync(evidenceFolder, { recursive: true });
    writeFileSync(path.join(evidenceFolder, 'cluster.json'), describe(topology, options, plan));
    const note = timelineIn(path.join(evidenceFolder, 'timeline.ndjson'));
    const links = await openLinks(plan.links, toxiproxyUrl, resources, note);
    const byName = new Map(plan.processes.map((planned) => [planned.name, prepare(planned, options, note)]));
    resources.defer(async () => {
      await Promise.all([...byName.values()].map(({ process }) => process[Symbol.asyncDispose]()));
    });
    return new Cluster(plan, byName, links, resources.move(), note);
  }

  /** Starts every process that is not held back, controllers and NameServers first; resolves when they serve. */
  async startAll({ profile, heldBack = [] }: Pick<ClusterOptions, 'profile' | 'heldBack'>): Promise<void> {
    for (const wave of startWaves(this.plan.processes)) {
      const starting = wave
        .filter(({ name }) => !heldBack.includes(name))
        .map(({ name }) => this.#processes.get(name)!.process);
      await Promise.all(starting.map((process) => process.start()));
      await Promise.all(starting.map((process) => process.waitReady(profile.deadlines.ready)));
    }
  }

  /** Announced addresses of one role, in the order of the topology. */
  addresses(role: Role): string[] {
    return this.plan.servers.filter((server) => server.role === role).map(addressOf);
  }

  /** For clients of the lab: leads announced addresses, host names too, straight to where the servers listen. */
  get addressBook(): AddressBook {
    const ports = this.plan.servers.flatMap((server) => server.ports);
    return addressBook(Object.fromEntries(ports.map(({ announced, listens }) => [announced, listens])));
  }

  /** The brokers of one group, in the order of their names. */
  replicas(group: string): PlannedServer[] {
    return this.plan.servers.filter(({ member }) => member?.group.group === group);
  }

  server(name: string): PlannedServer {
    const server = this.plan.servers.find((candidate) => candidate.name === name);
    assert(server !== undefined, `no server ${name} in this cluster`);
    return server;
  }

  /** The process that holds the server `name`: `namesrv-0` for the controller in it. */
  process(name: string): LabProcess {
    return this.prepared(name).process;
  }

  /** The same, with its target and configuration, which can change between two starts. */
  prepared(name: string): PreparedProcess {
    return this.#processes.get(this.server(name).process)!;
  }

  /** Throws `Inconclusive` when `from` never dials `to`. */
  link(from: string, to: string): Link {
    const link = this.#links.find((candidate) => candidate.from === from && candidate.to === to);
    if (link === undefined)
      throw new Inconclusive(`${from} does not connect to ${to} by itself: there is no such link.`);
    return link;
  }

  /** Links from every server to `to`. */
  linksTo(to: string): Link[] {
    return this.#links.filter((link) => link.to === to);
  }

  /** Throws the first exit of a process that nobody asked for. */
  assertNoUnexpectedExit(): void {
    for (const { process } of this.#processes.values()) if (process.unexpectedExit) throw process.unexpectedExit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

/** Controllers and NameServers first; then the first broker of each group, which becomes its master; then the others. */
export function startWaves(processes: readonly PlannedProcess[]): PlannedProcess[][] {
  const wave = ({ servers }: PlannedProcess) => 1 + (servers[0]!.member?.index ?? -1);
  const waves = Object.groupBy(processes, (process) => Math.min(wave(process), 2));
  return [waves[0] ?? [], waves[1] ?? [], waves[2] ?? []];
}

async function openLinks(
  planned: readonly PlannedLink[],
  toxiproxyUrl: string | null,
  resources: AsyncDisposableStack,
  note: Note,
): Promise<Link[]> {
  const relays = resources.use(new AsyncDisposableStack());
  const opened: Proxy[] = [];
  resources.defer(async () => {
    await Promise.all(opened.map((proxy) => proxy.remove()));
  });
  const links = await Promise.allSettled(
    planned.map(async ({ from, to, proxies, unbreakable }) => {
      const linked: LinkedProxy[] = [];
      for (const [i, { proxy: listen, listens, relay }] of proxies.entries()) {
        assert(toxiproxyUrl !== null, 'a proxy was planned without a server');
        if (relay !== null) relays.use(await openRelay({ ...relay, listen: relay.listens, upstream: listens }));
        const upstream = relay?.listens ?? listens;
        // Addresses are unique on this machine, and the server may be shared by many clusters.
        const proxy = await createProxy(
          toxiproxyUrl,
          `${from.name}_${to.name}_${listen.replace(':', '_')}`,
          listen,
          upstream,
        );
        opened.push(proxy);
        // The port for replication answers no stranger, and not every broker has a fast one.
        linked.push({ proxy, question: i === 0 ? questions[to.role] : null });
      }
      return createLink({ from: from.name, to: to.name, proxies: linked, unbreakable, note });
    }),
  );
  // One that failed is told when the others are there to be closed.
  return links.map((link) => {
    if (link.status === 'fulfilled') return link.value;
    throw link.reason;
  });
}

/** Writes its files; starts nothing. */
function prepare(planned: PlannedProcess, options: ClusterOptions, note: Note): PreparedProcess {
  return new PreparedProcess({
    ...planned,
    serves: planned.servers.map(({ role, ports: [{ listens }] }) => ({ role, listens })),
    evidenceFolder: options.evidenceFolder,
    environment: options.profile.environment,
    labDefect: options.labDefect ?? null,
    note,
  });
}

function describe(topology: Topology, options: ClusterOptions, plan: ClusterPlan): string {
  const { targets, profile, seed } = options;
  const links = plan.links.map(({ from, to, proxies, unbreakable }) => ({
    from: from.name,
    to: to.name,
    proxies: proxies.map(
      ({ announced, proxy, listens, relay }) =>
        `${announced}: ${proxy} ${relay === null ? '' : `by the relay ${relay.listens} `}to ${listens}`,
    ),
    unbreakable,
  }));
  const servers = plan.servers.map(({ name, process, target, ports }) => ({
    name,
    process,
    target: target.name,
    ports,
  }));
  const asked = askedSettings(options);
  return JSON.stringify({ seed, versions: targets.versions, profile, asked, topology, servers, links }, null, 1);
}
