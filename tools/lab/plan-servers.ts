import { parseAddress } from '../../reference-impl/base/address.ts';
import { assert } from '../../reference-impl/base/assert.ts';
import type { Release } from '../../reference-impl/base/release.ts';
import { Inconclusive } from './inconclusive.ts';
import { SetupError } from './setup-error.ts';
import type { Targets } from './targets.ts';
import type { Ability, Role, Target } from './targets/target.ts';
import type { BrokerGroup, Topology } from './topology.ts';
import { Unsupported } from './unsupported.ts';

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
  /**
   * The first one is its address; a broker's others are for replication, the fast one, two below its address, and that of
   * its DLedger group.
   */
  readonly ports: readonly [PlannedPort, ...PlannedPort[]];
}

/** `host:port` by which the other members of its DLedger group know a broker. */
export function dledgerAddressOf({ name, ports }: PlannedServer): string {
  const raft = ports[3];
  assert(raft !== undefined, `${name} is in no DLedger group`);
  return raft.announced;
}

/** `host:port` by which others know a server. */
export function addressOf({ ports }: PlannedServer): string {
  return ports[0].announced;
}

/** Announced by a host name. */
export function isNamed({ announced, listens }: PlannedPort): boolean {
  return parseAddress(announced).host !== parseAddress(listens).host;
}

/**
 * Names and addresses of everything that a topology has. Throws `Inconclusive` when it needs a guest and the run has none,
 * `SetupError` when the guest is of another release, `Unsupported` when a target does not have what the topology needs.
 * @param mayEnter brokers may be of the old release first, in the same place
 * @param proxied connections go through proxies
 */
export async function planServers(
  topology: Topology,
  targets: Targets,
  ports: PortSource,
  mayEnter: boolean,
  proxied: boolean,
): Promise<PlannedServer[]> {
  const servers: PlannedServer[] = [];
  const port = (number: number, host = '127.0.0.1', remoting = true): PlannedPort => ({
    announced: `${host}:${number}`,
    listens: `127.0.0.1:${number}`,
    remoting,
  });

  // Who is dialled by an address that others tell has a name: it can mean another address to each of the diallers.
  const hostOf = (name: string) => (proxied && usesNames(targets) ? name : '127.0.0.1');

  async function addController(carrier: PlannedServer | null, guest: boolean): Promise<void> {
    const name = `controller-${servers.filter(({ role }) => role === 'controller').length}`;
    const own = [port(await ports.reserve(), hostOf(name))] as const;
    const target = carrier?.target ?? targetOf(targets, 'controller', 'new', guest);
    mustSupport(target, carrier === null ? 'controller' : 'controller-in-namesrv');
    servers.push({ name, role: 'controller', process: carrier?.name ?? name, target, member: null, ports: own });
  }

  for (const [i, { release, controller, guest }] of topology.namesrvs.entries()) {
    const name = `namesrv-${i}`;
    const target = targetOf(targets, 'namesrv', release, guest);
    mustSupport(target, 'namesrv');
    const own = [port(await ports.reserve())] as const;
    const server: PlannedServer = { name, role: 'namesrv', process: name, target, member: null, ports: own };
    servers.push(server);
    if (controller) await addController(server, guest);
  }
  for (const { guest } of topology.controllers) await addController(null, guest);
  for (const group of topology.brokers) {
    for (let index = 0; index < group.replicas; index++) {
      const name = `${group.group}-${index}`;
      const target = targetOf(targets, 'broker', group.release, group.guests.includes(index));
      mustSupport(target, 'broker');
      mustSupport(target, group.roles === 'elected' ? 'elected-roles' : 'fixed-roles');
      const remoting = await ports.reserveBroker();
      // A Java broker takes its HA port on every address, and one of the old release all its ports: no proxy can have them.
      const ownAddress = target.dialling === 'hosts' && target.release === 'new' && !mayEnter;
      const host = ownAddress ? hostOf(name) : '127.0.0.1';
      const raft = group.roles === 'dledger' ? [port(await ports.reserve())] : [];
      const own = [
        port(remoting, host),
        port(remoting + 1, '127.0.0.1', false),
        port(remoting - 2, host),
        ...raft,
      ] as const;
      servers.push({ name, role: 'broker', process: name, target, member: { group, index }, ports: own });
    }
  }
  return servers;
}

/** Some process dials by host name, and none of them would be lost with one. */
function usesNames(targets: Targets): boolean {
  const ways = targets.all.map(({ dialling }) => dialling);
  return ways.includes('hosts') && !ways.includes('configuration');
}

/** Throws `Unsupported` when a target does not have what a cluster needs of it. */
export function mustSupport({ name, support }: Target, ability: Ability): void {
  if (!support.abilities.has(ability))
    throw new Unsupported(`${name} does not support ${ability}: it has none, or its file does not claim it.`);
}

function targetOf(targets: Targets, role: Role, release: Release, isGuest: boolean): Target {
  if (!isGuest) return targets.of(role, release);
  const { guest } = targets;
  if (guest === null) throw new Inconclusive('This cluster has a guest: name one, such as `--guest apache:5.3.3`.');
  if (guest.release !== release)
    throw new SetupError(`The guest must be of the ${release} release: ${guest.name} is not.`);
  return guest;
}
