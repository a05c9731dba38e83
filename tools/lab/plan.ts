import path from 'node:path';
import { parseAddress } from '../../reference-impl/base/address.ts';
import { assert } from '../../reference-impl/base/assert.ts';
import { brokerFileKeys } from '../../reference-impl/config/broker.ts';
import { controllerFileKeys } from '../../reference-impl/config/controller.ts';
import type { KeyTable } from '../../reference-impl/config/key-table.ts';
import { namesrvFileKeys } from '../../reference-impl/config/namesrv.ts';
import { type PlannedLink, planLinks } from './plan-links.ts';
import { addressOf, dledgerAddressOf, type PlannedServer, planServers, type PortSource } from './plan-servers.ts';
import type { Profile } from './profile.ts';
import { isOn, type Settings } from './settings-file.ts';
import type { Targets } from './targets.ts';
import type { Role, Target } from './targets/target.ts';
import type { BrokerGroup, Topology } from './topology.ts';

export interface PlanOptions {
  readonly topology: Topology;
  readonly targets: Targets;
  readonly profile: Profile;
  /** Keys of this cluster by role, over those of profile and topology; a release that lacks a key goes without it. */
  readonly config: Partial<Record<Role, Settings>>;
  /** Keys of single processes by name, over everything else. */
  readonly configOf: Readonly<Record<string, Settings>>;
  /** Parent of the process folders. */
  readonly folder: string;
  readonly ports: PortSource;
  /** Why there is no Toxiproxy server, null when there is one. */
  readonly noToxiproxy: string | null;
  /** Every broker may enter controller mode while the cluster runs. */
  readonly mayEnter: boolean;
}

export interface PlannedProcess {
  readonly name: string;
  readonly role: Role;
  readonly target: Target;
  /** Its home, with its store. */
  readonly folder: string;
  readonly config: Settings;
  /** Host name to loopback address, as this process alone sees it. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Announced to dialled address. */
  readonly dials: Readonly<Record<string, string>>;
  readonly servers: readonly PlannedServer[];
}

export interface ClusterPlan {
  readonly servers: readonly PlannedServer[];
  readonly links: readonly PlannedLink[];
  readonly processes: readonly PlannedProcess[];
}

const fileKeys: Record<Role, KeyTable> = {
  namesrv: { ...controllerFileKeys, ...namesrvFileKeys },
  controller: controllerFileKeys,
  broker: brokerFileKeys,
};

/** Files are sparse, but a small one is mapped and recovered at once. */
const segmentBytes = 16 * 1024 * 1024;
const clusterName = 'switchlab';

/** Decides names, addresses, links and configuration of every process; starts nothing. */
export async function planCluster(options: PlanOptions): Promise<ClusterPlan> {
  const { topology, targets, ports, mayEnter, noToxiproxy } = options;
  const servers = await planServers(topology, targets, ports, mayEnter, noToxiproxy === null);
  const links = await planLinks(servers, ports, noToxiproxy, mayEnter);
  const nobody = `127.0.0.1:${await ports.reserve()}`;
  const names = [...new Set(servers.map((server) => server.process))];
  return { servers, links, processes: names.map((name) => planProcess(name, options, servers, links, nobody)) };
}

function planProcess(
  name: string,
  options: PlanOptions,
  servers: readonly PlannedServer[],
  links: readonly PlannedLink[],
  nobody: string,
): PlannedProcess {
  const own = servers.filter((server) => server.process === name);
  const [main] = own;
  assert(main !== undefined, `process ${name} holds no server`);
  const folder = path.join(options.folder, name);
  const dials = dialTable(
    servers,
    links.filter(({ from }) => own.includes(from)),
  );
  const controller = own.find(({ role }) => role === 'controller');
  const controllers = servers.filter(({ role }) => role === 'controller');
  return {
    name,
    role: main.role,
    target: main.target,
    folder,
    config: {
      ...(main.role === 'broker' ? { mappedFileSizeCommitLog: segmentBytes } : {}),
      ...adjustable(main, controller !== undefined, options),
      ...(main.target.release === 'new' ? { bindAddress: '127.0.0.1' } : {}),
      ...(main.role === 'namesrv' ? { kvConfigPath: path.join(folder, 'kvConfig.json') } : {}),
      ...(controller ? controllerKeys(controller, controllers, folder) : {}),
      ...(main.role === 'namesrv' && controller ? { enableControllerInNamesrv: true } : {}),
      ...(main.role === 'controller' ? {} : { listenPort: parseAddress(addressOf(main)).port }),
      ...(main.role === 'broker' ? brokerKeys(main, servers, dials, nobody, folder, options.config.broker ?? {}) : {}),
      ...knownTo(main, options.configOf[name] ?? {}),
    },
    hosts: hostTable(servers, dials),
    dials,
    servers: own,
  };
}

/** Announced to dialled address, as far as they differ, for a process with these outgoing links. */
function dialTable(servers: readonly PlannedServer[], outgoing: readonly PlannedLink[]): Record<string, string> {
  const direct = servers.flatMap(({ ports }) => ports.map(({ announced, listens }) => [announced, listens] as const));
  const proxied = outgoing.flatMap(({ proxies }) => proxies.map(({ announced, proxy }) => [announced, proxy] as const));
  return Object.fromEntries([...direct, ...proxied].filter(([announced, dialled]) => announced !== dialled));
}

/** Addresses of the servers that are announced by a host name. */
function hostTable(servers: readonly PlannedServer[], dials: Readonly<Record<string, string>>): Record<string, string> {
  const entries = servers.flatMap((server) => {
    const announced = addressOf(server);
    const { host } = parseAddress(announced);
    return host === server.name ? [[host, parseAddress(dials[announced]!).host] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** What profile, topology and scenario may set: the later wins. */
function adjustable(main: PlannedServer, controller: boolean, { topology, profile, config }: PlanOptions): Settings {
  const roles: readonly Role[] = controller && main.role === 'namesrv' ? ['controller', 'namesrv'] : [main.role];
  const index = Number(main.name.split('-').at(-1));
  const node = main.member?.group ?? (main.role === 'namesrv' ? topology.namesrvs[index] : apart(topology, index));
  return knownTo(main, { ...merge(roles, profile.keys), ...node?.config, ...merge(roles, config) });
}

/** A release that lacks a key goes without it. */
function knownTo({ role, target }: PlannedServer, settings: Settings): Settings {
  const known = (key: string) => fileKeys[role][key]?.releases.includes(target.release) ?? false;
  return Object.fromEntries(Object.entries(settings).filter(([key]) => known(key)));
}

/** Controllers inside NameServers come first in the numbering. */
function apart({ namesrvs, controllers }: Topology, index: number) {
  return controllers[index - namesrvs.filter(({ controller }) => controller).length];
}

function merge(roles: readonly Role[], settings: Partial<Record<Role, Settings>>): Settings {
  return Object.assign({}, ...roles.map((role) => settings[role])) as Settings;
}

function controllerKeys(self: PlannedServer, all: readonly PlannedServer[], folder: string): Settings {
  return {
    controllerDLegerGroup: `${clusterName}-controllers`,
    controllerDLegerPeers: all.map((server, i) => `n${i}-${addressOf(server)}`).join(';'),
    controllerDLegerSelfId: `n${all.indexOf(self)}`,
    controllerStorePath: path.join(folder, 'controller'),
    mappedFileSize: segmentBytes,
  };
}

function brokerKeys(
  self: PlannedServer,
  servers: readonly PlannedServer[],
  dials: Readonly<Record<string, string>>,
  nobody: string,
  folder: string,
  asked: Settings,
): Settings {
  const { member, target } = self;
  assert(member !== null, `${self.name} has no group`);
  const known = (role: Role) => servers.filter((server) => server.role === role).map(addressOf);
  const namesrvs = known('namesrv');
  const controllers = known('controller');
  const addresses = isOn(asked.fetchControllerAddrByDnsLookup) ? controllers.map(named) : controllers;
  const told = (known: readonly string[], byName: boolean) =>
    target.dialling === 'address-book' || byName ? known : known.map((address) => dials[address] ?? address);
  const controllerAddr = told(addresses, target.dialling === 'hosts').join(';');
  const roleKeys: Record<BrokerGroup['roles'], () => Settings> = {
    elected: () => ({ enableControllerMode: true, controllerAddr: controllerAddr || nobody }),
    fixed: () => ({
      brokerRole: member.index === 0 ? 'ASYNC_MASTER' : 'SLAVE',
      brokerId: member.index,
      ...(member.group.toldControllers && controllerAddr !== '' ? { controllerAddr } : {}),
    }),
    dledger: () =>
      dledgerKeys(
        servers.filter((server) => server.member?.group === member.group),
        member.index,
      ),
  };
  return {
    brokerClusterName: clusterName,
    brokerName: member.group.group,
    brokerIP1: parseAddress(addressOf(self)).host,
    brokerIP2: '127.0.0.1',
    namesrvAddr: told(namesrvs, false).join(';'),
    storePathRootDir: path.join(folder, 'store'),
    storePathCommitLog: path.join(folder, 'store', 'commitlog'),
    ...roleKeys[member.group.roles](),
  };
}

function dledgerKeys(members: readonly PlannedServer[], index: number): Settings {
  return {
    enableDLegerCommitLog: true,
    dLegerGroup: members[0]!.member!.group.group,
    dLegerPeers: members.map((server, i) => `n${i}-${dledgerAddressOf(server)}`).join(';'),
    dLegerSelfId: `n${index}`,
  };
}

/** The one host name that every machine knows; a controller announced by a name of its own keeps that. */
function named(address: string): string {
  return address.replace(/^127\.0\.0\.1:/, 'localhost:');
}
