import { type Endpoint, parseAddress } from '../../reference-impl/base/address.ts';
import { SwitchlabError } from '../../reference-impl/base/errors.ts';

/** A host by the one name it has here: lower case, every loopback as 127.0.0.1. */
export function sameName(host: string): string {
  const lower = host.trim().toLowerCase();
  return isLoopback(lower) ? '127.0.0.1' : lower;
}

export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1|\[::1\])$/i.test(host.trim());
}

/** Every interface: nothing that another machine can dial. */
export function isWildcard(host: string): boolean {
  return /^(0\.0\.0\.0|::|\[::\])$/.test(host.trim());
}

/** Digits, not a name. */
export function isIpAddress(host: string): boolean {
  return /^\d+(\.\d+){3}$/.test(host) || host.includes('::');
}

/** `host:port` in parts, null when it is none. */
export function endpoint(address: string): Endpoint | null {
  try {
    const parts = parseAddress(address);
    return /[\s,;/]/.test(parts.host) ? null : parts;
  } catch (thrown) {
    if (thrown instanceof SwitchlabError) return null;
    throw thrown;
  }
}

/** An address as it is compared: `host:port` with the one name of its host. */
export function sameAddress(address: string): string {
  const parts = endpoint(address);
  return parts === null ? address.trim() : `${sameName(parts.host)}:${parts.port}`;
}
