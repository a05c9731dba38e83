import { sameAddress } from '../doctor/host.ts';
import { type LabAddresses, nextPort, peerAddress } from './lab-addresses.ts';
import { type Server, splitList } from './servers.ts';

export interface UsersWordsOptions {
  readonly servers: readonly Server[];
  readonly addresses: LabAddresses;
  /** Homes of the processes are below it. */
  readonly folder: string;
  /** Takes the configuration files of the rehearsal. */
  readonly evidenceFolder: string;
}

/** What was seen in a rehearsal, with the user's own addresses and files in place of those of this machine. */
export function usersWords({
  servers,
  addresses,
  folder,
  evidenceFolder,
}: UsersWordsOptions): (text: string) => string {
  const users = new Map(servers.flatMap((server) => addressesOf(server).flatMap((own) => pairs(own, addresses))));
  // Names of some servers are the beginnings of others'.
  const longestFirst = servers.toSorted((a, b) => b.name.length - a.name.length);
  const homes = longestFirst.flatMap(({ name, file }): [string, string][] => [
    // An absolute path of the user's lies below; see `below`.
    [`${folder}/${name}/files/`, '/'],
    [`${folder}/${name}`, '$ROCKETMQ_HOME'],
    [`${evidenceFolder}/${name}.conf`, file.path],
  ]);
  return (text) =>
    homes
      .reduce((said, [lab, own]) => said.replaceAll(lab, own), text)
      .replaceAll(/127\.0\.0\.1:\d+/g, (address) => users.get(address) ?? 'a port of the rehearsal');
}

function addressesOf({ role, address, controllerAddress, file }: Server): string[] {
  const peers = role === 'broker' && file.flag('enableDLegerCommitLog') ? splitList(file.text('dLegerPeers')) : [];
  return [address, ...(controllerAddress === null ? [] : [controllerAddress]), ...peers.map(peerAddress)];
}

/** The address of the rehearsal with the user's, and that of the HA port, which is the next one. */
function pairs(own: string, addresses: LabAddresses): [string, string][] {
  const lab = addresses.get(sameAddress(own))!;
  return [
    [nextPort(lab), nextPort(own)],
    [lab, own],
  ];
}
