import { parseAddress } from '../../reference-impl/base/address.ts';
import type { Dials } from './address-rewrite.ts';
import { isNamed, type PlannedPort, type PlannedServer, type PortSource } from './plan-servers.ts';

/** Between a proxy and its server: tells a process that takes no address book where its other proxies are. */
export interface PlannedRelay {
  readonly listens: string;
  /** What the process that dials is told instead of announced addresses, and what the dialled one is. */
  readonly dialler: Dials;
  readonly server: Dials;
}

export interface PlannedProxy extends PlannedPort {
  /** `host:port` of the proxy. */
  readonly proxy: string;
  /** Null: what is announced needs no change on its way. */
  readonly relay: PlannedRelay | null;
}

/** One directed path between two servers, with a proxy for each port of the dialled one. */
export interface PlannedLink {
  readonly from: PlannedServer;
  readonly to: PlannedServer;
  /** Empty when the link cannot be broken. */
  readonly proxies: readonly PlannedProxy[];
  /** Why there are no proxies, null when there are. */
  readonly unbreakable: string | null;
}

/** Whether `from` opens connections to `to` by itself, as the protocol has it. @param mayEnter every broker may enter controller mode */
function dials(from: PlannedServer, to: PlannedServer, mayEnter: boolean): boolean {
  const elected = ({ member }: PlannedServer) => member !== null && (mayEnter || member.group.roles === 'elected');
  if (from === to) return false;
  if (from.role === 'controller') return to.role === 'controller' || elected(to);
  if (from.role !== 'broker') return false;
  if (to.role === 'controller') return elected(from);
  return to.role === 'namesrv' || from.member?.group === to.member?.group;
}

/** A controller dials what its configuration and its log name: only a host name means another address to each of them. */
function whyUnbreakable(from: PlannedServer, to: PlannedServer, noToxiproxy: string | null): string | null {
  if (noToxiproxy !== null) return noToxiproxy;
  if (from.role !== 'controller' || from.target.dialling === 'address-book') return null;
  if (from.target.dialling === 'hosts' && isNamed(to.ports[0])) return null;
  return `${from.target.name} dials ${to.name} at its own address, past every proxy of the lab.`;
}

/**
 * Every link of a cluster.
 * @param noToxiproxy why there is no Toxiproxy server, null when there is one
 * @param mayEnter every broker may enter controller mode while the cluster runs
 */
export async function planLinks(
  servers: readonly PlannedServer[],
  ports: PortSource,
  noToxiproxy: string | null,
  mayEnter: boolean,
): Promise<PlannedLink[]> {
  const links: PlannedLink[] = [];
  for (const from of servers) {
    for (const to of servers.filter((server) => dials(from, server, mayEnter))) {
      const unbreakable = whyUnbreakable(from, to, noToxiproxy);
      const proxies = unbreakable === null ? await planProxies(from, to, servers.indexOf(from), ports) : [];
      links.push({ from, to, proxies, unbreakable });
    }
  }
  return await Promise.all(links.map(async (link) => await withRelays(link, links, ports)));
}

/**
 * A port that is announced by a host name is part of that announcement, and so the proxy must have it too: on another
 * loopback address, which the name stands for in the hosts file of the one that dials. The ports of a broker lie in a row,
 * in front of it as well: replicas reckon the fast one from the other.
 */
async function planProxies(
  from: PlannedServer,
  to: PlannedServer,
  fromIndex: number,
  ports: PortSource,
): Promise<PlannedProxy[]> {
  const first = to.role === 'broker' ? await ports.reserveBroker() : await ports.reserve();
  const address = portOf(to.ports[0]);
  // The ports of a broker lie together, from its fast one to that for replication; its DLedger group has one elsewhere.
  const inRow = (port: number) => port >= address - 2 && port <= address + 1;
  const proxyOf = async (port: PlannedPort) => {
    if (from.target.dialling === 'hosts' && isNamed(port)) return `127.0.1.${fromIndex + 1}:${portOf(port)}`;
    return `127.0.0.1:${inRow(portOf(port)) ? first + portOf(port) - address : await ports.reserve()}`;
  };
  // Only replicas dial the port for replication.
  const dialled = from.role === 'controller' ? to.ports.slice(0, 1) : to.ports;
  return await Promise.all(
    dialled.map(async (port) => Object.assign({}, port, { proxy: await proxyOf(port), relay: null })),
  );
}

function portOf({ announced }: PlannedPort): number {
  return parseAddress(announced).port;
}

async function withRelays(link: PlannedLink, all: readonly PlannedLink[], ports: PortSource): Promise<PlannedLink> {
  const dialler = told(link.from, link.to, all);
  const server = told(link.to, link.from, all);
  if (Object.keys({ ...dialler, ...server }).length === 0) return link;
  const proxies = await Promise.all(
    link.proxies.map(async (proxy) => {
      if (!proxy.remoting) return proxy;
      return { ...proxy, relay: { listens: `127.0.0.1:${await ports.reserve()}`, dialler, server } };
    }),
  );
  return { ...link, proxies };
}

/**
 * What `to` can tell `from` of addresses that have a proxy, and that `from` does not find by itself. NameServers and
 * brokers tell all of them, controllers no port for replication.
 */
function told(from: PlannedServer, to: PlannedServer, all: readonly PlannedLink[]): Dials {
  if (from.role !== 'broker' || from.target.dialling === 'address-book') return {};
  const known = (port: PlannedPort) => from.target.dialling === 'hosts' && isNamed(port);
  const proxies = all
    .filter((link) => link.from === from && link.to.role !== 'namesrv')
    .flatMap((link) => link.proxies)
    .filter((port) => !known(port) && (to.role !== 'controller' || port.remoting));
  return Object.fromEntries(proxies.map(({ announced, proxy }) => [announced, proxy]));
}
