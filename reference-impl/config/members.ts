import { parseAddress, splitAddresses } from '../base/address.ts';
import { type ErrorCode, SwitchlabError } from '../base/errors.ts';

/** A DLedger group as one member's configuration describes it. */
export interface DLedgerMembers {
  readonly selfId: string;
  /** `host:port` of this member, as the others dial it. */
  readonly selfAddress: string;
  /** Address by member id, this member included. */
  readonly peers: ReadonlyMap<string, string>;
}

/** Keys that describe a group, and the codes of what can be wrong with them. */
export interface MemberKeys {
  readonly peersKey: string;
  readonly selfIdKey: string;
  readonly peersIllegal: ErrorCode;
  readonly selfIdUnknown: ErrorCode;
}

/** Reads a list `n0-host:port;n1-host:port` and finds this member in it. Throws the codes in `keys`. */
export function readMembers(list: string, selfId: string, keys: MemberKeys): DLedgerMembers {
  const { peersKey, selfIdKey, peersIllegal, selfIdUnknown } = keys;
  const items = splitAddresses(list);
  const peers = new Map(items.map((item) => readPeer(list, item, keys)));
  if (peers.size === 0) throw new SwitchlabError(peersIllegal, `${peersKey} is empty.`);
  if (peers.size !== items.length) throw new SwitchlabError(peersIllegal, `${peersKey} "${list}" names an id twice.`);
  const selfAddress = peers.get(selfId);
  if (selfAddress === undefined) {
    throw new SwitchlabError(selfIdUnknown, `${selfIdKey} "${selfId}" is not in ${peersKey} "${list}".`);
  }
  return { selfId, selfAddress, peers };
}

/** The id is what stands before the first `-`. */
function readPeer(list: string, item: string, { peersKey, peersIllegal }: MemberKeys): [id: string, address: string] {
  const dash = item.indexOf('-');
  const address = item.slice(dash + 1);
  try {
    parseAddress(address);
  } catch (thrown) {
    throw new SwitchlabError(peersIllegal, `${peersKey} "${list}": "${item}".`, { cause: thrown });
  }
  if (dash < 1) throw new SwitchlabError(peersIllegal, `${peersKey} "${list}": "${item}".`);
  return [item.slice(0, dash), address];
}
