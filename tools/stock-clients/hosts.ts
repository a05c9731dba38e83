import { hostname } from 'node:os';
import type { Cluster } from '../lab/cluster.ts';
import { addressOf } from '../lab/plan-servers.ts';

/** Hosts file of a Java process that talks to this cluster: servers known by name, and this machine's own name. */
export function hostsOf(cluster: Cluster): string {
  const named = cluster.plan.servers.filter((server) => addressOf(server).startsWith(`${server.name}:`));
  return [`127.0.0.1 localhost ${hostname()}`, ...named.map(({ name }) => `127.0.0.1 ${name}`), ''].join('\n');
}
