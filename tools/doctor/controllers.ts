import type { ConfFile } from './conf-file.ts';
import { endpoint, sameAddress } from './host.ts';

/** One entry of `controllerDLegerPeers`. */
export interface Peer {
  readonly id: string;
  readonly address: string;
  readonly host: string;
  readonly port: number;
}

/** Reads `n0-host:port;n1-host:port`; what RocketMQ reads otherwise is returned apart, as it stands. */
export function readPeers(list: string): { readonly peers: readonly Peer[]; readonly bad: readonly string[] } {
  const peers: Peer[] = [];
  const bad: string[] = [];
  for (const raw of list.split(';').filter((text) => text.trim() !== '')) {
    const item = raw.trim();
    const dash = item.indexOf('-');
    const address = item.slice(dash + 1);
    const parts = dash < 1 ? null : endpoint(address);
    // RocketMQ takes blanks for a part of the id, or of the port.
    if (parts === null || item !== raw) bad.push(raw);
    if (parts !== null) peers.push({ id: item.slice(0, dash), address, ...parts });
  }
  return { peers, bad };
}

export function isJRaft(controller: ConfFile): boolean {
  return controller.text('controllerType').toLowerCase() === 'jraft';
}

/** A comma list as the jRaft keys have it. */
export function commaList(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

/** Key of the list by which brokers reach the controllers of the file's group. */
export function addressKey(controller: ConfFile): 'jRaftControllerRPCAddr' | 'controllerDLegerPeers' {
  return isJRaft(controller) ? 'jRaftControllerRPCAddr' : 'controllerDLegerPeers';
}

/** `host:port` of every member of the file's group as the file has it; what is no address is left out. */
export function memberAddresses(controller: ConfFile): string[] {
  if (isJRaft(controller)) return commaList(controller.text('jRaftControllerRPCAddr')).filter((item) => item !== '');
  return readPeers(controller.text('controllerDLegerPeers')).peers.map(({ address }) => address);
}

/** `host:port` by which brokers reach this controller, null when its file does not say. */
export function ownAddress(controller: ConfFile): string | null {
  if (isJRaft(controller)) {
    const place = commaList(controller.text('jRaftInitConf')).indexOf(controller.text('jRaftServerId'));
    return commaList(controller.text('jRaftControllerRPCAddr'))[place] ?? null;
  }
  const selfId = controller.text('controllerDLegerSelfId');
  return readPeers(controller.text('controllerDLegerPeers')).peers.find(({ id }) => id === selfId)?.address ?? null;
}

/** Controllers whose lists share an address: the groups that the files mean. */
export function controllerGroups(controllers: readonly ConfFile[]): ConfFile[][] {
  const groups: { files: ConfFile[]; addresses: Set<string> }[] = [];
  for (const file of controllers) {
    const addresses = new Set(memberAddresses(file).map(sameAddress));
    const shared = groups.filter((group) => [...addresses].some((address) => group.addresses.has(address)));
    const joined = { files: [file], addresses };
    for (const group of shared) {
      joined.files.unshift(...group.files);
      for (const address of group.addresses) addresses.add(address);
      groups.splice(groups.indexOf(group), 1);
    }
    groups.push(joined);
  }
  return groups.map(({ files }) => files);
}
