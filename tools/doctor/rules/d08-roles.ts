import type { ConfFile } from '../conf-file.ts';
import { type BrokerGroup, inControllerMode } from '../deployment.ts';
import { at, type Rule } from '../rule.ts';
import { shown } from '../shown.ts';

function ignored(broker: ConfFile) {
  // RocketMQ's own sample files say so, and nobody takes -1 for an id.
  const isPlaceholder = broker.number('brokerId') < 0 && broker.text('brokerRole') === 'SLAVE';
  const keys = ['brokerRole', 'brokerId', 'haMasterAddress'].filter((key) => broker.given(key) !== undefined);
  return keys.map((key) => {
    const name = isPlaceholder && key !== 'haMasterAddress' ? 'placeholder' : 'ignored';
    return at(name, broker, key, `${shown(key, broker.given(key)!.value)} in controller mode`);
  });
}

function fixed(broker: ConfFile) {
  const id = broker.number('brokerId');
  const role = broker.text('brokerRole');
  if (role === 'SLAVE')
    return id > 0 ? [] : [at('slave-id', broker, 'brokerId', `brokerRole = SLAVE with brokerId ${id}`)];
  return id === 0 ? [] : [at('master-id', broker, 'brokerId', `brokerRole = ${role} with brokerId ${id}`)];
}

/** Brokers of fixed roles that announce themselves under one id. */
function doubled({ name, replicas }: BrokerGroup) {
  const idOf = (broker: ConfFile) => (broker.text('brokerRole') === 'SLAVE' ? broker.number('brokerId') : 0);
  return replicas.filter(hasFixedRole).flatMap((broker, i, all) => {
    const same = all.slice(0, i).find((other) => idOf(other) === idOf(broker));
    if (same === undefined) return [];
    const text = `${name} has ${idOf(broker) === 0 ? 'a master' : `a slave ${idOf(broker)}`} here and in ${same.path}`;
    return [at('doubled', broker, idOf(broker) === 0 ? 'brokerRole' : 'brokerId', text)];
  });
}

function hasFixedRole(broker: ConfFile): boolean {
  return !inControllerMode(broker) && !broker.flag('enableDLegerCommitLog');
}

export const roles: Rule = {
  id: 'D8',
  name: 'roles',
  title: 'brokerRole and brokerId mean what the mode makes of them',
  cases: {
    ignored: {
      severity: 'warning',
      finds: 'brokerRole, brokerId or haMasterAddress in controller mode',
      consequence:
        'It has no effect: the controller gives the role, and the id from 1 upward. SYNC_MASTER makes nothing wait.',
      remedy: 'Remove the line; allAckInSyncStateSet = true is what waits for slaves.',
      requirement: 'CTL-ID-03',
      proof: { tag: 'CTL-ID-03', scenario: 'master and slave have changed places' },
    },
    placeholder: {
      severity: 'note',
      finds: 'brokerRole = SLAVE with brokerId = -1 in controller mode',
      consequence: 'It has no effect: the controller gives role and id.',
      remedy: 'Remove both lines, or leave them.',
      requirement: 'CTL-ID-03',
      proof: { tag: 'CTL-ID-03', scenario: 'master and slave have changed places' },
    },
    'slave-id': {
      severity: 'error',
      finds: 'a slave of fixed role whose brokerId is not above 0',
      consequence: 'The broker exits at start with 253.',
      remedy: 'Give the slave a brokerId from 1 upward.',
      requirement: 'CTL-PAR-01',
      proof: { tag: 'CTL-PAR-01', scenario: '<release> brokers, <role>' },
    },
    'master-id': {
      severity: 'warning',
      finds: 'a master of fixed role with a brokerId other than 0',
      consequence: 'Start-up makes it 0: a file that was meant for a slave starts a second master.',
      remedy: 'Set brokerRole = SLAVE, or brokerId = 0.',
      requirement: 'CTL-PAR-01',
      proof: { tag: 'CTL-PAR-01', scenario: '<release> brokers, <role>' },
    },
    doubled: {
      severity: 'error',
      finds: 'two brokers of fixed role under one name and id',
      consequence:
        'They take turns in the route: each registration replaces the other, and their messages are in two logs.',
      remedy: 'Give one of them another role, id or brokerName.',
      requirement: 'CTL-PAR-01',
      proof: { tag: 'CTL-PAR-01', scenario: '<release> brokers, <role>' },
    },
  },
  check: ({ brokers, groups }) => [
    ...brokers.flatMap((broker) =>
      inControllerMode(broker) ? ignored(broker) : hasFixedRole(broker) ? fixed(broker) : [],
    ),
    ...groups.flatMap(doubled),
  ],
};
