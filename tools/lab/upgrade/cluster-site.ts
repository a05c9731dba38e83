import path from 'node:path';
import { parseAddress } from '../../../reference-impl/base/address.ts';
import { Cluster, type ClusterOptions } from '../cluster.ts';
import { GroupWatch } from '../group-watch.ts';
import { addressOf, mustSupport, type PlannedServer } from '../plan-servers.ts';
import type { Targets } from '../targets.ts';
import type { Target } from '../targets/target.ts';
import type { BrokerGroup, Topology } from '../topology.ts';
import type { UpgradePlan } from './plan-file.ts';
import { apartFrom, roomFor } from './second-places.ts';
import { Site, type SiteMember } from './site.ts';

const clusterName = 'switchlab';
const firstController = 'controller-0';
/** Ends the name of a group that is set beside an old one. */
const joiningMark = '-new';
const joiningReplicas = 2;

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

/** Resolves when everything serves that does not join. Throws `ProcessExit` or `ConditionFailure` when something does not. */
export async function startClusterSite(options: ClusterSiteOptions): Promise<ClusterSite> {
  await using resources = new AsyncDisposableStack();
  const { site, cluster } = resources.use(await prepareClusterSite(options));
  const heldBack = site.members.filter(({ joins }) => joins).map(({ name }) => name);
  await cluster.startAll({ profile: options.cluster.profile, heldBack });
  for (const { group } of cluster.plan.servers.flatMap(({ member }) => (member?.index === 0 ? [member.group] : [])))
    resources.use(new GroupWatch(cluster, group));
  const owned = resources.move();
  return { site, cluster, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Plans the site and writes its files; starts nothing. */
export async function prepareClusterSite(wanted: ClusterSiteOptions): Promise<ClusterSite> {
  const { plan, shape, from, to, cluster: options } = wanted;
  // Planned as what it becomes: keys that only a new release knows are in the files from the start, where an old one passes over them.
  const pair = { new: to, old: from };
  const others = { guest: null, defaultProfile: '', versions: {}, prepare: async () => undefined };
  const targets: Targets = { ...pair, ...others, all: [to, from], of: (_, release) => pair[release] };
  const cluster = await Cluster.prepare(topologyOf(plan, shape), { ...options, targets, mayEnter: true });
  await using resources = new AsyncDisposableStack();
  resources.use(cluster);
  const planned = cluster.plan.processes.map(({ servers }) => memberOf(cluster, servers, plan));
  const placed = plan.start.controllersMove ? withSecondPlaces(planned) : planned;
  const members = plan.start.defaultControllerFolder ? placed.map(inDefaultFolder) : placed;
  for (const { prepared } of members) resources.use(prepared.process);
  for (const member of members) assertSupported(member, wanted);
  for (const member of members) {
    const begins = plan.start[member.role] === 'from' && member.replaces === null;
    member.prepared.reconfigure({ target: begins ? from : to });
  }
  if (plan.start.controllersJoin) knowOnly(members, members.find(({ role }) => role === 'controller')!);
  const site = resources.use(new Site({ members, from, to, clusterName, addressBook: cluster.addressBook }));
  const owned = resources.move();
  return { site, cluster, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Throws `Unsupported` when a member cannot be what it begins as, or what the plan makes of it. */
function assertSupported({ role, replaces }: SiteMember, { plan: { start }, from, to }: ClusterSiteOptions): void {
  mustSupport(to, role);
  if (role === 'controller' && start.controllersMove) mustSupport(to, 'controller-in-namesrv');
  if (start[role] !== 'from' || replaces !== null) return;
  mustSupport(from, role);
  if (role === 'broker') mustSupport(from, start.roles === 'elected' ? 'elected-roles' : 'fixed-roles');
}

/** Each controller can be in a NameServer or apart, with the same address and the same store. */
function withSecondPlaces(members: readonly SiteMember[]): SiteMember[] {
  const namesrvs = members.filter(({ role }) => role === 'namesrv');
  const apart = members.filter(({ role }) => role === 'controller');
  const leaving = namesrvs.filter(({ controllerAddress }) => controllerAddress !== null);
  const entered = namesrvs.slice(0, apart.length).map((namesrv, i) => roomFor(apart[i]!, namesrv));
  const untouched = members.filter((member) => !namesrvs.slice(0, apart.length).includes(member));
  return [...entered, ...untouched, ...leaving.map((namesrv, i) => apartFrom(namesrv, `controller-apart-${i}`))];
}

/** A controller that is not told where to keep its data, as releases up to 5.1.4 place it. */
function inDefaultFolder(member: SiteMember): SiteMember {
  if (member.role !== 'controller') return member;
  const { prepared } = member;
  const { controllerStorePath: _, ...config } = prepared.config;
  prepared.reconfigure({ config });
  return { ...member, storeFolder: path.join(prepared.folder, 'DledgerController') };
}

/** At first the site knows one controller, and that one is alone. */
function knowOnly(members: readonly SiteMember[], controller: SiteMember): void {
  const peers = `n0-${controller.address}`;
  controller.prepared.reconfigure({ config: { ...controller.prepared.config, controllerDLegerPeers: peers } });
  for (const { role, prepared } of members)
    if (role === 'broker') prepared.reconfigure({ config: { ...prepared.config, controllerAddr: controller.address } });
}

function topologyOf({ start }: UpgradePlan, shape: SiteShape): Topology {
  const embedded = start.controllers === 'in NameServers';
  const apart = !embedded && (start.controllers === 'apart' || start.controller === 'joins');
  return {
    namesrvs: repeat(shape.namesrvs, (i) => ({
      release: 'new',
      controller: embedded && i < shape.controllers,
      guest: false,
      config: {},
    })),
    controllers: repeat(apart ? shape.controllers : 0, () => ({ guest: false, config: {} })),
    brokers: [
      ...repeat(shape.groups, (i) => brokerGroup(groupName(i), start.roles, shape.replicas)),
      ...repeat(start.groupsJoin ? shape.groups : 0, (i) =>
        brokerGroup(groupName(i) + joiningMark, 'elected', joiningReplicas),
      ),
    ],
  };
}

function brokerGroup(group: string, roles: BrokerGroup['roles'], replicas: number): BrokerGroup {
  return { group, release: 'new', roles, replicas, guests: [], config: {} };
}

function memberOf(cluster: Cluster, servers: readonly PlannedServer[], { start }: UpgradePlan): SiteMember {
  const main = servers[0]!;
  const prepared = cluster.prepared(main.name);
  const controller = servers.find(({ role }) => role === 'controller');
  const { storePathRootDir, controllerStorePath } = prepared.config;
  const store = main.role === 'broker' ? storePathRootDir : controllerStorePath;
  const group = main.member?.group.group ?? null;
  const replaces = group?.endsWith(joiningMark) ? group.slice(0, -joiningMark.length) : null;
  return {
    name: main.name,
    role: main.role,
    group,
    replaces,
    joins:
      replaces !== null ||
      (main.role === 'controller' &&
        (start.controller === 'joins' || (start.controllersJoin && main.name !== firstController))),
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
