import { commaList, isJRaft } from '../controllers.ts';
import type { ConfFile } from '../conf-file.ts';
import { endpoint, sameName } from '../host.ts';
import { at, type Rule } from '../rule.ts';

const raft = 'jRaftInitConf';
const rpc = 'jRaftControllerRPCAddr';

function judge(file: ConfFile) {
  const unset = [raft, rpc].find((key) => file.given(key) === undefined);
  if (unset !== undefined) return [at('default', file, unset, `no ${unset}: it is ${file.text(unset)}`)];
  const semicolon = [raft, rpc].find((key) => file.text(key).includes(';'));
  if (semicolon !== undefined) return [at('separator', file, semicolon, `${semicolon} = ${file.text(semicolon)}`)];
  const [members, addresses] = [commaList(file.text(raft)), commaList(file.text(rpc))];
  if (members.length !== addresses.length) {
    return [at('length', file, rpc, `${raft} has ${members.length} entries, ${rpc} ${addresses.length}`)];
  }
  const hosts = [members, addresses].map((list) => list.map((item) => sameName(endpoint(item)?.host ?? item)));
  const place = hosts[0]!.findIndex((host, i) => host !== hosts[1]![i]);
  const isPermutation = hosts[0]!.toSorted().join() === hosts[1]!.toSorted().join();
  if (place < 0 || !isPermutation) return [];
  return [
    at('order', file, rpc, `entry ${place + 1} is ${members[place]} in ${raft} and ${addresses[place]} in ${rpc}`),
  ];
}

export const jRaftLists: Rule = {
  id: 'D21',
  name: 'jraft-lists',
  title: 'The two lists of a jRaft controller name the same members in the same order',
  cases: {
    default: {
      severity: 'error',
      finds: 'a jRaft controller without jRaftInitConf or jRaftControllerRPCAddr',
      consequence: 'The default lists three controllers on localhost.',
      remedy: 'Set both lists on every member.',
      requirement: 'CTL-CFG-16',
      proof: 'the jRaft kernel is not built in the reference',
    },
    separator: {
      severity: 'error',
      finds: 'semicolons in a list of jRaft',
      consequence:
        'The list cannot be read, and the controller does not start: jRaft separates by commas, controllerAddr by semicolons.',
      remedy: 'Separate by commas.',
      requirement: 'CTL-CFG-15',
      proof: 'the jRaft kernel is not built in the reference',
    },
    length: {
      severity: 'error',
      finds: 'lists of different lengths',
      consequence:
        'A leader is told to brokers by its place in the list: the one without an address is told by none or a wrong one.',
      remedy: 'Give each member of jRaftInitConf its entry in jRaftControllerRPCAddr.',
      requirement: 'CTL-CFG-16',
      proof: 'the jRaft kernel is not built in the reference',
    },
    order: {
      severity: 'error',
      finds: 'lists of the same machines in different orders',
      consequence: 'Brokers are told the address of another member than the leader.',
      remedy: 'Use one order for both.',
      requirement: 'CTL-CFG-16',
      proof: 'the jRaft kernel is not built in the reference',
    },
  },
  check: ({ controllers }) => controllers.filter(isJRaft).flatMap(judge),
};
