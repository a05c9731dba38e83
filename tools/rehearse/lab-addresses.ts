import type { ConfFile } from '../doctor/conf-file.ts';
import { sameAddress } from '../doctor/host.ts';
import { haPort } from '../doctor/ports.ts';
import { reserveBrokerPort, reservePort } from '../lab/ports.ts';
import { type Server, splitList } from './servers.ts';

/** Where each address of the user's cluster is in the rehearsal, by the address as `sameAddress` has it. */
export type LabAddresses = ReadonlyMap<string, string>;

/** Reserves a loopback port for every address that the servers listen on. */
export async function labAddresses(servers: readonly Server[]): Promise<LabAddresses> {
  const places = new Map<string, string>();
  const place = async (address: string, reserve: () => Promise<number>) => {
    const known = sameAddress(address);
    if (!places.has(known)) places.set(known, `127.0.0.1:${await reserve()}`);
  };
  for (const { role, address, controllerAddress, file } of servers) {
    await place(address, role === 'broker' ? reserveBrokerPort : reservePort);
    if (controllerAddress !== null) await place(controllerAddress, reservePort);
    if (role === 'broker')
      places.set(sameAddress(haAddressOf(address, file)), nextPort(places.get(sameAddress(address))!));
    if (role === 'broker' && file.flag('enableDLegerCommitLog'))
      for (const peer of splitList(file.text('dLegerPeers'))) await place(peerAddress(peer), reservePort);
  }
  return places;
}

/** Where the slaves of a broker dial it. */
function haAddressOf(address: string, file: ConfFile): string {
  const host = file.given('brokerIP2')?.value.trim() ?? address.slice(0, address.lastIndexOf(':'));
  return `${host}:${haPort(file)}`;
}

/** The address whose port is the next one: HA in the rehearsal. */
export function nextPort(address: string): string {
  const colon = address.lastIndexOf(':');
  return `${address.slice(0, colon)}:${Number(address.slice(colon + 1)) + 1}`;
}

/** `host:port` of `n0-host:port`. */
export function peerAddress(peer: string): string {
  return peer.slice(peer.indexOf('-') + 1);
}
