import type { Cluster } from '../lab/cluster.ts';
import { addressOf, isNamed } from '../lab/plan-servers.ts';
import { reservePort } from '../lab/ports.ts';
import { openRelay } from '../lab/relay.ts';

/**
 * Addresses of the NameServers for a client that knows no host names of the lab. Where brokers are announced by such
 * names, a relay stands before each NameServer and puts the addresses into the routes.
 * @param resources takes the relays
 */
export async function namesrvAccess(cluster: Cluster, resources: AsyncDisposableStack): Promise<string[]> {
  const named = cluster.plan.servers.flatMap(({ ports }) => ports).filter(isNamed);
  const dialler = Object.fromEntries(named.map(({ announced, listens }) => [announced, listens]));
  const namesrvs = cluster.plan.servers.filter(({ role }) => role === 'namesrv');
  if (named.length === 0) return namesrvs.map(addressOf);
  return await Promise.all(
    namesrvs.map(async ({ ports: [{ listens: upstream }] }) => {
      const listen = `127.0.0.1:${await reservePort()}`;
      resources.use(await openRelay({ listen, upstream, dialler, server: {} }));
      return listen;
    }),
  );
}
