import type { ConfFile } from '../conf-file.ts';
import { type BrokerGroup, type Deployment, inControllerMode } from '../deployment.ts';
import { isLoopback, isWildcard, sameAddress } from '../host.ts';
import { haPort } from '../ports.ts';
import { at, type Rule } from '../rule.ts';

const keys = ['brokerIP1', 'brokerIP2'] as const;

function announced(broker: ConfFile, deployment: Deployment) {
  const given = keys.flatMap((key) => {
    const host = broker.given(key)?.value.trim() ?? '';
    return host === '' ? [] : [{ key, host }];
  });
  const wildcard = given.find(({ host }) => isWildcard(host));
  if (wildcard !== undefined) return [at('wildcard', broker, wildcard.key, `${wildcard.key} = ${wildcard.host}`)];
  const loopback = given.find(({ host }) => isLoopback(host));
  const other = deployment.elsewhere(broker);
  if (loopback !== undefined && other !== null) {
    return [
      at('loopback', broker, loopback.key, `${loopback.key} = ${loopback.host}, and ${other} is another machine`),
    ];
  }
  const [first, second] = given;
  if (first?.key !== 'brokerIP1' || second !== undefined || isLoopback(first.host)) return [];
  return [at('ha-unset', broker, 'brokerIP1', `brokerIP1 = ${first.host}, and no brokerIP2`)];
}

/** A slave of fixed role that is told a master which no file of its group is. */
function fixedMaster({ replicas }: BrokerGroup) {
  const masters = replicas.filter((broker) => broker.text('brokerRole') !== 'SLAVE');
  const known = masters.flatMap((master) => {
    const host = (master.given('brokerIP2') ?? master.given('brokerIP1'))?.value;
    return host === undefined ? [] : [sameAddress(`${host}:${haPort(master)}`)];
  });
  const slaves = replicas.filter((broker) => broker.text('brokerRole') === 'SLAVE' && !inControllerMode(broker));
  return slaves.flatMap((slave) => {
    const told = slave.given('haMasterAddress')?.value.trim() ?? '';
    if (told.length < 6 || known.length === 0 || known.includes(sameAddress(told))) return [];
    return [
      at(
        'ha-master',
        slave,
        'haMasterAddress',
        `haMasterAddress = ${told}, and the master replicates at ${known.join(' and ')}`,
      ),
    ];
  });
}

export const addresses: Rule = {
  id: 'D12',
  name: 'addresses',
  title: 'Slaves, controllers and clients reach the addresses that a broker announces',
  cases: {
    wildcard: {
      severity: 'error',
      finds: '0.0.0.0 as brokerIP1 or brokerIP2',
      consequence: 'It is announced as it stands: clients and slaves dial themselves.',
      remedy: 'Announce the address of this machine; bindAddress is what decides where it listens.',
      requirement: 'CTL-DSN-20',
      proof: { tag: 'CTL-DSN-20', scenario: 'what the <sender> sends does not arrive' },
    },
    loopback: {
      severity: 'error',
      finds: 'loopback as brokerIP1 or brokerIP2 while others are elsewhere',
      consequence:
        'Clients, or slaves, on other machines dial themselves: the slave never catches up, never joins the set and is never elected.',
      remedy: 'Announce an address that the other machines reach.',
      requirement: 'CTL-DSN-20',
      proof: { tag: 'CTL-DSN-20', scenario: 'what the <sender> sends does not arrive' },
    },
    'ha-unset': {
      severity: 'warning',
      finds: 'brokerIP1 without brokerIP2',
      consequence:
        'Replication is announced at the first interface that the broker finds, which may be a bridge or another network.',
      remedy: 'Set brokerIP2 too.',
      requirement: 'CTL-DSN-20',
      proof: { tag: 'CTL-DSN-20', scenario: 'what the <sender> sends does not arrive' },
    },
    'ha-master': {
      severity: 'error',
      finds: 'haMasterAddress of a slave of fixed role that is not the HA address of its master',
      consequence: 'The slave dials that address for ever, whatever NameServers say, and replicates nothing.',
      remedy:
        'Write brokerIP2 of the master with its HA port (listenPort + 1 unless haListenPort is set), or remove the line.',
      requirement: 'CTL-PAR-01',
      proof: { tag: 'CTL-PAR-01', scenario: '<release> brokers, <role>' },
    },
  },
  check: (deployment) => [
    ...deployment.brokers.flatMap((broker) => announced(broker, deployment)),
    ...deployment.groups.flatMap(fixedMaster),
  ],
};
