import { hostname } from 'node:os';

/** Hosts file of a JVM, which then asks nothing else: it must know this machine's own name as well. */
export function hostsText(hosts: Readonly<Record<string, string>>): string {
  const lines = Object.entries(hosts).map(([name, address]) => `${address} ${name}\n`);
  return `127.0.0.1 localhost ${hostname()}\n${lines.join('')}`;
}
