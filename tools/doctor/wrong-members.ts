import { commaList, isJRaft, ownAddress, readPeers } from './controllers.ts';
import type { ConfFile } from './conf-file.ts';

/** What keeps a controller from starting: a peer list that cannot be read, or a self id that is none of them. */
export interface WrongMembers {
  readonly what: 'peers' | 'self-id';
  readonly key: string;
  readonly text: string;
}

/** null: the process finds itself in its list. */
export function wrongMembers(file: ConfFile): WrongMembers | null {
  return isJRaft(file) ? wrongJRaft(file) : wrongDLedger(file);
}

function wrongDLedger(file: ConfFile): WrongMembers | null {
  const key = 'controllerDLegerPeers';
  const list = file.text(key);
  const { peers, bad } = readPeers(list);
  if (bad.length > 0) return { what: 'peers', key, text: `"${bad[0]}" in ${key} is not id-host:port` };
  if (peers.length === 0) return { what: 'peers', key, text: `${key} is empty` };
  if (new Set(peers.map(({ id }) => id)).size < peers.length) {
    return { what: 'peers', key, text: `${key} = ${list} names an id twice` };
  }
  const self = file.text('controllerDLegerSelfId');
  if (ownAddress(file) !== null) return null;
  const text =
    self === '' ? 'no controllerDLegerSelfId' : `controllerDLegerSelfId "${self}" is not in ${key} = ${list}`;
  return { what: 'self-id', key: 'controllerDLegerSelfId', text };
}

function wrongJRaft(file: ConfFile): WrongMembers | null {
  const self = file.text('jRaftServerId');
  const list = file.text('jRaftInitConf');
  if (commaList(list).includes(self)) return null;
  return { what: 'self-id', key: 'jRaftServerId', text: `jRaftServerId ${self} is not in jRaftInitConf = ${list}` };
}
