import type { Cluster } from '../lab/cluster.ts';
import { hostsText } from '../lab/hosts-text.ts';
import { addressOf } from '../lab/plan-servers.ts';

/** Hosts file of a Java process that talks to this cluster: servers known by name, and this machine's own name. */
export function hostsOf(cluster: Cluster): string {
  const named = cluster.plan.servers.filter((server) => addressOf(server).startsWith(`${server.name}:`));
  return hostsText(Object.fromEntries(named.map(({ name }) => [name, '127.0.0.1'])));
}
