import { isIPv4, isIPv6 } from 'node:net';
import { parseAddress } from '../base/address.ts';
import { SwitchlabError } from '../base/errors.ts';
import type { Host } from './types.ts';

/** Reads `1.2.3.4:port` or `[2001:db8::2]:port`; throws ADDRESS_ILLEGAL for anything that is not an IP address. */
export function parseHost(address: string): Host {
  const { host, port } = parseAddress(address);
  const ip = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  if (isIPv4(ip)) return { ip: Uint8Array.from(ip.split('.'), Number), port };
  if (isIPv6(ip)) return { ip: ipv6Bytes(ip), port };
  throw new SwitchlabError('ADDRESS_ILLEGAL', `"${address}" does not name an IP address.`);
}

/** `1.2.3.4:port`, or `[a:b:…]:port` with all eight groups. */
export function hostText(host: Host): string {
  return host.ip.length === 4 ? `${host.ip.join('.')}:${host.port}` : `[${ipText(host.ip)}]:${host.port}`;
}

/** Dotted IPv4, or eight unpadded groups of IPv6. */
export function ipText(ip: Uint8Array): string {
  if (ip.length === 4) return ip.join('.');
  return Array.from({ length: 8 }, (_, i) => ((ip[2 * i]! << 8) | ip[2 * i + 1]!).toString(16)).join(':');
}

function ipv6Bytes(text: string): Uint8Array {
  // An embedded IPv4 tail (`::ffff:1.2.3.4`) is two more groups.
  const [plain] = text.split('%');
  const hex = plain!.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    return `${((Number(a) << 8) | Number(b)).toString(16)}:${((Number(c) << 8) | Number(d)).toString(16)}`;
  });
  const [head, tail] = hex.split('::') as [string, string | undefined];
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array.from({ length: 8 - front.length - back.length }, () => '0');
  const bytes = new Uint8Array(16);
  [...front, ...middle, ...back].forEach((group, i) => {
    const value = Number.parseInt(group, 16);
    bytes[2 * i] = value >> 8;
    bytes[2 * i + 1] = value & 0xff;
  });
  return bytes;
}
