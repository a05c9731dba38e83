import { commaList, isJRaft, memberAddresses } from './controllers.ts';
import type { ConfFile } from './conf-file.ts';
import type { Deployment } from './deployment.ts';
import { endpoint, isIpAddress, isLoopback, sameAddress } from './host.ts';

/** `controllerAddr` of a broker beside the controllers that the files have. */
export interface ControllerList {
  /** Entries between the semicolons, blanks included, as RocketMQ splits them. */
  readonly items: readonly string[];
  /** Addresses that brokers should list, empty when no file tells. */
  readonly wanted: readonly string[];
  /** One name stands for all of them: it needs a DNS lookup. */
  readonly isDomain: boolean;
  /** Raft addresses of jRaft controllers, which brokers must not use. */
  readonly raftOnly: readonly string[];
}

export function controllerList(broker: ConfFile, deployment: Deployment): ControllerList {
  const text = broker.text('controllerAddr');
  const items = text === '' ? [] : text.split(';').filter((item) => item.trim() !== '');
  const group = groupOf(items, deployment.controllerGroups);
  const wanted = [...new Set(group.flatMap(memberAddresses).map(sameAddress))];
  const raftOnly = group.filter(isJRaft).flatMap((file) => commaList(file.text('jRaftInitConf')).map(sameAddress));
  const only = items.length === 1 && !text.includes(',') ? items[0]! : '';
  const host = (endpoint(only)?.host ?? only).trim();
  const isName = host !== '' && !isIpAddress(host) && !isLoopback(host);
  return { items, wanted, isDomain: isName && wanted.length > 1 && !wanted.includes(sameAddress(only)), raftOnly };
}

/** The controllers that the entries name, or the only ones that there are. */
function groupOf(items: readonly string[], groups: readonly (readonly ConfFile[])[]): readonly ConfFile[] {
  const listed = new Set(items.map(sameAddress));
  const named = groups.filter((files) => files.flatMap(memberAddresses).some((item) => listed.has(sameAddress(item))));
  if (named.length > 0) return named.flat();
  return groups.length === 1 ? groups[0]! : [];
}
