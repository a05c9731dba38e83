import type { Release } from '../../reference-impl/base/release.ts';
import { Inconclusive } from './inconclusive.ts';
import { SetupError } from './setup-error.ts';
import type { Targets } from './targets.ts';
import type { Role, Target } from './targets/target.ts';
import type { BrokerGroup, Topology } from './topology.ts';

/** Where free ports come from. */
export interface PortSource {
  reserve(): Promise<number>;
  /** A port whose neighbours two below and one above are free too. */
  reserveBroker(): Promise<number>;
}

/** One port of a server: the address by which others know it, and where it listens. */
export interface PlannedPort {
  readonly announced: string;
  readonly listens: string;
  /** Takes remoting requests, as every port but the one for HA does. */
  readonly remoting: boolean;
}

/** Something that is dialled: a NameServer, a controller (also one inside a NameServer) or a broker. */
export interface PlannedServer {
  readonly name: string;
  readonly role: Role;
  /** Name of the process that holds it. */
  readonly process: string;
  readonly target: Target;
  /** Group of a broker, and its place there from 0. */
  readonly member: { readonly group: BrokerGroup; readonly index: number } | null;
  /** The first one is its address. */
  readonly ports: readonly [PlannedPort, ...PlannedPort[]];
}

/** `host:port` by which others know a server. */
export function addressOf({ ports }: PlannedServer): string {
  return ports[0].announced;
}

/**
 * Names and addresses of everything that a topology has. Throws `Inconclusive` when it needs a guest and the run has none,
 * `SetupError` when the guest is of another release.
 */
export async function planServers(topology: Topology, targets: Targets, ports: PortSource): Promise<PlannedServer[]> {
  const servers: PlannedServer[] = [];
  const port = (number: number, host = '127.0.0.1', remoting = true): PlannedPort => ({
    announced: `${host}:${number}`,
    listens: `127.0.0.1:${number}`,
    remoting,
  });

  async function addController(process: string | null, guest: boolean): Promise<void> {
    const name = `controller-${servers.filter(({ role }) => role === 'controller').length}`;
    const ports = [port(await reserve(), byName ? name : '127.0.0.1')] as const;
    const target = targetOf(targets, 'new', guest);
    servers.push({ name, role: 'controller', process: process ?? name, target, member: null, ports });
  }
  // Brokers dial the address that the leader announces. A name can mean another address to each of them.
  const byName = [targets.new, targets.guest].some((target) => target?.dialling === 'configuration');
  const reserve = () => ports.reserve();

  for (const [i, { release, controller, guest }] of topology.namesrvs.entries()) {
    const name = `namesrv-${i}`;
    const own = [port(await reserve())] as const;
    servers.push({
      name,
      role: 'namesrv',
      process: name,
      target: targetOf(targets, release, guest),
      member: null,
      ports: own,
    });
    if (controller) await addController(name, guest);
  }
  for (const { guest } of topology.controllers) await addController(null, guest);
  for (const group of topology.brokers) {
    for (let index = 0; index < group.replicas; index++) {
      const name = `${group.group}-${index}`;
      const remoting = await ports.reserveBroker();
      const own = [port(remoting), port(remoting + 1, '127.0.0.1', false)] as const;
      const target = targetOf(targets, group.release, group.guests.includes(index));
      servers.push({ name, role: 'broker', process: name, target, member: { group, index }, ports: own });
    }
  }
  return servers;
}

function targetOf(targets: Targets, release: Release, isGuest: boolean): Target {
  if (!isGuest) return targets[release];
  const { guest } = targets;
  if (guest === null) throw new Inconclusive('This cluster has a guest: name one, such as `--guest apache:5.3.3`.');
  if (guest.release !== release)
    throw new SetupError(`The guest must be of the ${release} release: ${guest.name} is not.`);
  return guest;
}
