import type { ConfFile } from '../conf-file.ts';
import { type ControllerList, controllerList } from '../controller-list.ts';
import { endpoint, isIpAddress, sameAddress } from '../host.ts';
import { at, type Rule } from '../rule.ts';

const key = 'controllerAddr';

function syntax(broker: ConfFile, { items }: ControllerList) {
  const text = broker.text(key);
  if (items.length === 0) return [at('empty', broker, key, 'enableControllerMode is on, and controllerAddr is empty')];
  if (text.includes(',')) return [at('commas', broker, key, `commas in ${key} = ${text}`)];
  const portless = items.find((item) => endpoint(item) === null);
  if (portless !== undefined) return [at('port', broker, key, `"${portless.trim()}" in ${key} is not host:port`)];
  const blank = items.find((item) => item !== item.trim());
  return blank === undefined ? [] : [at('blank', broker, key, `a blank beside "${blank.trim()}" in ${key}`)];
}

function coverage(broker: ConfFile, { items, wanted, isDomain, raftOnly }: ControllerList) {
  if (wanted.length === 0 || isDomain) return [];
  const listed = items.map(sameAddress);
  const raft = listed.find((address) => raftOnly.includes(address) && !wanted.includes(address));
  if (raft !== undefined) return [at('raft-port', broker, key, `${raft} in ${key} is a Raft address (jRaftInitConf)`)];
  const missing = wanted.filter((address) => !listed.includes(address));
  const extra = listed.filter((address) => !wanted.includes(address));
  if (missing.length === 0) {
    return extra.length === 0
      ? []
      : [at('stranger', broker, key, `${extra.join(' and ')} in ${key} is no controller of these files`)];
  }
  if (mayBeTheSame(missing, extra)) {
    return [at('other-names', broker, key, `${key} lists ${extra.join(';')}, the controllers ${missing.join(';')}`)];
  }
  return [at('not-covered', broker, key, `${key} = ${items.join(';')} lacks ${missing.join(' and ')}`)];
}

/** As many strangers as are missing, on the same ports, and not all of them IP addresses, which tell apart. */
function mayBeTheSame(missing: readonly string[], extra: readonly string[]): boolean {
  const ports = (addresses: readonly string[]) =>
    addresses
      .map((address) => String(endpoint(address)?.port))
      .sort()
      .join();
  const all = [...missing, ...extra].map((address) => endpoint(address)?.host ?? '');
  return ports(missing) === ports(extra) && !all.every(isIpAddress);
}

export const controllerAddr: Rule = {
  id: 'D4',
  name: 'controller-addr',
  title: 'controllerAddr lists every controller, separated by semicolons',
  cases: {
    empty: {
      severity: 'error',
      finds: 'controller mode without controllerAddr',
      consequence: 'The broker prints boot success and never registers: it is in no route and refuses sends.',
      remedy: 'Set controllerAddr = host:port;host:port;host:port.',
      requirement: 'CTL-BRK-02',
      proof: { tag: 'CTL-BRK-02', scenario: 'controllerAddr is empty' },
    },
    commas: {
      severity: 'error',
      finds: 'controllerAddr with commas',
      consequence: 'The whole text is one address that cannot be dialled: the broker never comes online.',
      remedy: 'Separate the controllers by semicolons.',
      requirement: 'CTL-BRK-03',
      proof: { tag: 'CTL-BRK-03', scenario: 'the leader of three controllers is lost' },
    },
    port: {
      severity: 'error',
      finds: 'an entry of controllerAddr without a port',
      consequence:
        'That controller is never dialled, nor looked up when the DNS switch is on; when it is the only one the broker never comes online.',
      remedy: 'Write each entry as host:port.',
      requirement: 'CTL-BRK-03',
      proof: { tag: 'CTL-BRK-02', scenario: 'controllerAddr is empty' },
    },
    blank: {
      severity: 'warning',
      finds: 'blanks around a semicolon of controllerAddr',
      consequence: 'RocketMQ keeps the blank as part of the host name, which then resolves to nothing.',
      remedy: 'Remove the blanks.',
      requirement: 'CTL-BRK-03',
      proof: { tag: 'CTL-BRK-03', scenario: 'the leader of three controllers is lost' },
    },
    'not-covered': {
      severity: 'error',
      finds: 'a controller that controllerAddr lacks',
      consequence:
        'That controller gets no heartbeats: when it leads it takes the broker for dead and elects another master.',
      remedy: 'List every controller.',
      requirement: 'CTL-BRK-04',
      proof: { tag: 'CTL-BRK-04', scenario: 'the leader is lost before brokers ask who leads' },
    },
    'other-names': {
      severity: 'warning',
      finds: 'controllerAddr and peers that name controllers differently',
      consequence:
        'Whether every controller is listed cannot be told, and a broker dials both forms: each must resolve on its machine.',
      remedy: 'Use the addresses of the peer list.',
      requirement: 'CTL-BRK-04',
      proof: { tag: 'CTL-CFG-18', scenario: '<nameservers>' },
    },
    stranger: {
      severity: 'warning',
      finds: 'an entry of controllerAddr that is no controller',
      consequence: 'The broker looks for a controller there for ever.',
      remedy: 'Remove it, or give the doctor the file of that controller.',
      requirement: 'CTL-BRK-04',
      proof: { tag: 'CTL-BRK-04', scenario: 'the leader is lost before brokers ask who leads' },
    },
    'raft-port': {
      severity: 'error',
      finds: 'controllerAddr with the Raft ports of jRaft controllers',
      consequence: 'Those ports speak Raft only: the broker never comes online.',
      remedy: 'List the addresses of jRaftControllerRPCAddr.',
      requirement: 'CTL-CFG-16',
      proof: 'the jRaft kernel is not built in the reference',
    },
  },
  check: (deployment) =>
    deployment.switchingBrokers.flatMap((broker) => {
      const list = controllerList(broker, deployment);
      const wrong = syntax(broker, list);
      return wrong.length > 0 || broker.flag('fetchControllerAddrByDnsLookup') ? wrong : coverage(broker, list);
    }),
};
