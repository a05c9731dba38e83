import { parseAddress } from '../../../reference-impl/base/address.ts';
import { Cluster, type ClusterOptions } from '../cluster.ts';
import { addressOf, type PlannedServer } from '../plan-servers.ts';
import type { Target } from '../targets/target.ts';
import type { BrokerGroup, Topology } from '../topology.ts';
import type { UpgradePlan } from './plan-file.ts';
import { Site, type SiteMember } from './site.ts';

/** How large a site is. */
export interface SiteShape {
  readonly namesrvs: number;
  /** Apart or in NameServers, as the plan has it; those that join count too. */
  readonly controllers: number;
  readonly groups: number;
  readonly replicas: number;
}

export interface ClusterSiteOptions {
  readonly plan: UpgradePlan;
  readonly shape: SiteShape;
  readonly from: Target;
  readonly to: Target;
  readonly cluster: Omit<ClusterOptions, 'targets' | 'heldBack' | 'mayEnter'>;
}

/** A site of the lab as a plan begins: prepared, and with everything running that does not join later. */
export interface ClusterSite extends AsyncDisposable {
  readonly site: Site;
  readonly cluster: Cluster;
}

/** Throws `ProcessExit` or `ConditionFailure` when a process does not come to serve. */
export async function startClusterSite({
  plan,
  shape,
  from,
  to,
  cluster: options,
}: ClusterSiteOptions): Promise<ClusterSite> {
  // Planned as what it becomes: keys that only a new release knows are in the files from the start, where an old one passes over them.
  const targets = { new: to, old: from, guest: null, defaultProfile: '', versions: {}, prepare: async () => undefined };
  const cluster = await Cluster.prepare(topologyOf(plan, shape), { ...options, targets, mayEnter: true });
  try {
    const members = cluster.plan.processes.map(({ servers }) => memberOf(cluster, servers, plan));
    for (const member of members) {
      const presence = plan.start[member.role];
      member.prepared.reconfigure({ target: presence === 'from' ? from : to });
    }
    const site = new Site({ members, from, to, clusterName: 'switchlab', addressBook: cluster.addressBook });
    const heldBack = members.filter(({ joins }) => joins).map(({ name }) => name);
    await cluster.startAll({ profile: options.profile, heldBack });
    return {
      site,
      cluster,
      async [Symbol.asyncDispose]() {
        await site[Symbol.asyncDispose]();
        await cluster[Symbol.asyncDispose]();
      },
    };
  } catch (thrown) {
    await cluster[Symbol.asyncDispose]();
    throw thrown;
  }
}

function topologyOf({ start }: UpgradePlan, shape: SiteShape): Topology {
  const embedded = start.controllers === 'in NameServers';
  const roles = start.roles === 'elected' ? 'elected' : 'fixed';
  const apart = !embedded && (start.controllers === 'apart' || start.controller === 'joins');
  return {
    namesrvs: repeat(shape.namesrvs, (i) => ({
      release: 'new',
      controller: embedded && i < shape.controllers,
      guest: false,
      config: {},
    })),
    controllers: repeat(apart ? shape.controllers : 0, () => ({ guest: false, config: {} })),
    brokers: repeat(shape.groups, (i): BrokerGroup => {
      return { group: groupName(i), release: 'new', roles, replicas: shape.replicas, guests: [], config: {} };
    }),
  };
}

function memberOf(cluster: Cluster, servers: readonly PlannedServer[], { start }: UpgradePlan): SiteMember {
  const main = servers[0]!;
  const prepared = cluster.prepared(main.name);
  const controller = servers.find(({ role }) => role === 'controller');
  const { storePathRootDir, controllerStorePath } = prepared.config;
  const store = main.role === 'broker' ? storePathRootDir : controllerStorePath;
  return {
    name: main.name,
    role: main.role,
    group: main.member?.group.group ?? null,
    replaces: null,
    joins: main.role === 'controller' && start.controller === 'joins',
    address: addressOf(main),
    controllerAddress: controller === undefined ? null : addressOf(controller),
    storeFolder: store === undefined ? null : String(store),
    prepared,
    words: { host: parseAddress(addressOf(main)).host },
  };
}

/** `broker-a`, `broker-b` … */
function groupName(i: number): string {
  return `broker-${String.fromCharCode('a'.charCodeAt(0) + i)}`;
}

function repeat<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}
