import { commaList, isJRaft, memberAddresses, ownAddress, readPeers } from '../controllers.ts';
import type { ConfFile } from '../conf-file.ts';
import { isEmbedded } from '../deployment.ts';
import { endpoint, isLoopback, sameAddress } from '../host.ts';
import { at, type Rule, type Sighting } from '../rule.ts';
import { wrongMembers } from '../wrong-members.ts';

function groupKey(file: ConfFile): string {
  return isJRaft(file) ? 'jRaftGroupId' : 'controllerDLegerGroup';
}

function selfKey(file: ConfFile): string {
  return isJRaft(file) ? 'jRaftServerId' : 'controllerDLegerSelfId';
}

function membersKey(file: ConfFile): string {
  return isJRaft(file) ? 'jRaftInitConf' : 'controllerDLegerPeers';
}

function alone(file: ConfFile): Sighting[] {
  const wrong = isEmbedded(file) ? null : wrongMembers(file);
  const sightings: Sighting[] = wrong === null ? [] : [at(wrong.what, file, wrong.key, wrong.text)];
  if (file.text(groupKey(file)) === '')
    sightings.push(at('group-missing', file, groupKey(file), 'no controllerDLegerGroup'));
  return sightings;
}

/** Differences from the first file of the group. */
function together(files: readonly ConfFile[]): Sighting[] {
  const [first, ...others] = files as [ConfFile, ...ConfFile[]];
  return others.flatMap((file) => {
    const sightings: Sighting[] = [];
    const group = file.text(groupKey(file));
    if (group !== '' && first.text(groupKey(first)) !== '' && group !== first.text(groupKey(first))) {
      const text = `${groupKey(file)} is "${group}", and "${first.text(groupKey(first))}" in ${first.path}`;
      sightings.push(at('group-differs', file, groupKey(file), text));
    }
    if (membersText(file) !== membersText(first)) {
      const text = `${membersKey(file)} = ${membersText(file)}, and ${membersText(first)} in ${first.path}`;
      sightings.push(at('peers-differ', file, membersKey(file), text));
    }
    const same = files.slice(0, files.indexOf(file)).find((earlier) => ownAddress(earlier) === ownAddress(file));
    if (same !== undefined && ownAddress(file) !== null) {
      const text = `${selfKey(file)} ${file.text(selfKey(file))} belongs to ${same.path} too`;
      sightings.push(at('self-id-twice', file, selfKey(file), text));
    }
    return sightings;
  });
}

/** The members in the order of their ids: the order of the list itself does not matter to DLedger. */
function membersText(file: ConfFile): string {
  if (isJRaft(file)) return commaList(file.text('jRaftInitConf')).join(',');
  const { peers } = readPeers(file.text('controllerDLegerPeers'));
  return peers
    .map(({ id, address }) => `${id}-${sameAddress(address)}`)
    .sort()
    .join(';');
}

function size(first: ConfFile): Sighting[] {
  const addresses = isJRaft(first) ? commaList(first.text('jRaftInitConf')) : memberAddresses(first);
  if (addresses.every((address) => isLoopback(endpoint(address)?.host ?? ''))) return [];
  if (addresses.length === 1) return [at('single', first, membersKey(first), 'one controller')];
  return addresses.length % 2 === 0 ? [at('even', first, membersKey(first), `${addresses.length} controllers`)] : [];
}

export const controllerMembers: Rule = {
  id: 'D2',
  name: 'controller-members',
  title: 'Controllers of a group agree on its name and peers, and each is one of them',
  cases: {
    peers: {
      severity: 'error',
      finds: 'peers missing, named twice or not written as id-host:port;id-host:port',
      consequence: 'The controller exits at start with 255.',
      remedy: 'Write controllerDLegerPeers = n0-host:port;n1-host:port;n2-host:port.',
      requirement: 'CTL-CFG-03',
      proof: { tag: 'CTL-CFG-04', scenario: 'one of three controllers names itself wrongly' },
    },
    'self-id': {
      severity: 'error',
      finds: 'a self id that is missing or no peer',
      consequence: 'The controller exits at start with 255.',
      remedy: 'Name the peer that this process is: controllerDLegerSelfId = n0, or jRaftServerId as in jRaftInitConf.',
      requirement: 'CTL-CFG-04',
      proof: { tag: 'CTL-CFG-04', scenario: 'one of three controllers names itself wrongly' },
    },
    'group-missing': {
      severity: 'error',
      finds: 'no group name',
      consequence:
        'The Raft group has no name that members could agree on: no leader, so no broker in controller mode comes online.',
      remedy: 'Set controllerDLegerGroup, to the same name on every member.',
      requirement: 'CTL-CFG-02',
      proof: { tag: 'CTL-CFG-02', scenario: 'one of three controllers has another controllerDLegerGroup' },
    },
    'group-differs': {
      severity: 'error',
      finds: 'members with different group names',
      consequence: 'The odd one never joins: the group has one member less than it seems, and may have no majority.',
      remedy: 'Give every member the same group name.',
      requirement: 'CTL-CFG-02',
      proof: { tag: 'CTL-CFG-02', scenario: 'one of three controllers has another controllerDLegerGroup' },
    },
    'peers-differ': {
      severity: 'error',
      finds: 'members with different peer lists',
      consequence: 'Members count majorities of different groups, and tell brokers different peers.',
      remedy: 'Copy one peer list to every member.',
      requirement: 'CTL-CFG-03',
      proof: { tag: 'CTL-CFG-03', scenario: 'one of three controllers has a file without one of the others' },
    },
    'self-id-twice': {
      severity: 'error',
      finds: 'two members with one self id',
      consequence: 'Two processes answer for one member, and another member is missing.',
      remedy: 'Give each member the id of its own entry.',
      requirement: 'CTL-CFG-04',
      proof: { tag: 'CTL-CFG-04', scenario: 'one of three controllers names itself wrongly' },
    },
    single: {
      severity: 'warning',
      finds: 'a single controller, not on loopback',
      consequence: 'While it is away groups go on and nothing switches.',
      remedy: 'Run three controllers on three machines.',
      requirement: 'CTL-DEP-06',
      proof: { tag: 'CTL-DEP-06', scenario: 'traffic goes on' },
    },
    even: {
      severity: 'warning',
      finds: 'an even number of controllers',
      consequence: 'The group bears no more losses than with one controller less: a majority of 2 is 2, of 4 is 3.',
      remedy: 'Run three controllers, or five.',
      requirement: 'CTL-DEP-04',
      proof: { tag: 'CTL-DEP-04', scenario: '<lost> is killed' },
    },
  },
  check: ({ controllers, controllerGroups }) => [
    ...controllers.flatMap(alone),
    ...controllerGroups.flatMap(together),
    ...controllerGroups.flatMap(([first]) => size(first!)),
  ],
};
