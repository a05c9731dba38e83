import { sameAddress } from '../doctor/host.ts';
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
    if (role === 'broker' && file.flag('enableDLegerCommitLog'))
      for (const peer of splitList(file.text('dLegerPeers'))) await place(peerAddress(peer), reservePort);
  }
  return places;
}

/** `host:port` of `n0-host:port`. */
export function peerAddress(peer: string): string {
  return peer.slice(peer.indexOf('-') + 1);
}
