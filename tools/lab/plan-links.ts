import { parseAddress } from '../../reference-impl/base/address.ts';
import type { PlannedPort, PlannedServer, PortSource } from './plan-servers.ts';

export interface PlannedProxy extends PlannedPort {
  /** `host:port` of the proxy. */
  readonly proxy: string;
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

/** A Java broker takes its HA port on every address, so that no proxy can have that port on another loopback address. */
function whyUnbreakable(from: PlannedServer, to: PlannedServer, noToxiproxy: string | null): string | null {
  if (noToxiproxy !== null) return noToxiproxy;
  if (from.target.dialling === 'address-book' || to.role !== 'broker') return null;
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
      const proxies: PlannedProxy[] = [];
      for (const port of unbreakable === null ? to.ports : []) {
        proxies.push({ ...port, proxy: await proxyAddress(from, to, port, servers.indexOf(from), ports) });
      }
      links.push({ from, to, proxies, unbreakable });
    }
  }
  return links;
}

/**
 * A controller's port is part of its announced address, and so the proxy must have it too: on another loopback address,
 * which the host name of the controller stands for in the hosts file of the one that dials.
 */
async function proxyAddress(
  from: PlannedServer,
  to: PlannedServer,
  port: PlannedPort,
  fromIndex: number,
  ports: PortSource,
): Promise<string> {
  if (from.target.dialling === 'address-book' || to.role !== 'controller') return `127.0.0.1:${await ports.reserve()}`;
  return `127.0.1.${fromIndex + 1}:${parseAddress(port.announced).port}`;
}
