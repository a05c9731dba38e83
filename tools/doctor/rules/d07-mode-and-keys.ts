import type { ConfFile } from '../conf-file.ts';
import { type BrokerGroup, inControllerMode } from '../deployment.ts';
import { at, type Rule } from '../rule.ts';
import { shown } from '../shown.ts';

/** Without effect under fixed roles. */
const modeOnly = ['allAckInSyncStateSet', 'syncFromLastFile', 'asyncLearner', 'haMaxTimeSlaveNotCatchup'];
/** Of the acting-master mode: without effect in controller mode. */
const actingMasterOnly = ['enableAutoInSyncReplicas', 'haMaxGapNotInSync'];

function fixedRoles(broker: ConfFile) {
  if (broker.release === 'old') return [];
  const address = broker.given('controllerAddr');
  const keys = broker.flag('enableSlaveActingMaster') ? modeOnly : [...modeOnly, 'minInSyncReplicas'];
  const idle = keys.filter((key) => broker.changes(key));
  return [
    ...(address === undefined || address.value.trim() === ''
      ? []
      : [at('mode-off', broker, 'controllerAddr', 'controllerAddr is set, and enableControllerMode is not true')]),
    ...idle.map((key) =>
      at('fixed-roles', broker, key, `${shown(key, broker.given(key)!.value)} without controller mode`),
    ),
  ];
}

function switching(broker: ConfFile) {
  const idle = actingMasterOnly.filter((key) => broker.changes(key));
  return idle.map((key) =>
    at('acting-master', broker, key, `${shown(key, broker.given(key)!.value)} in controller mode`),
  );
}

function half({ name, replicas }: BrokerGroup) {
  const on = replicas.find(inControllerMode);
  if (on === undefined) return [];
  const off = replicas.filter((broker) => !inControllerMode(broker));
  return off.map((broker) =>
    at('half', broker, 'enableControllerMode', `${name} has fixed roles here, and controller mode in ${on.path}`),
  );
}

export const modeAndKeys: Rule = {
  id: 'D7',
  name: 'mode-and-keys',
  title: 'Controller mode, its address and its settings go together',
  cases: {
    'mode-off': {
      severity: 'warning',
      finds: 'controllerAddr without enableControllerMode',
      consequence: 'The broker never talks to a controller: its role is fixed and nothing switches.',
      remedy: 'Set enableControllerMode = true, or remove controllerAddr.',
      requirement: 'CTL-BRK-01',
      proof: { tag: 'CTL-CMP-15', scenario: 'a fixed-role group never talks to the controller' },
    },
    half: {
      severity: 'error',
      finds: 'replicas of one group with and without controller mode',
      consequence:
        'The fixed role is announced beside the elected one: two masters in a route, or a slave that the controllers do not know.',
      remedy: 'Stop the whole group and give all its replicas the same mode.',
      requirement: 'CTL-UPG-03',
      proof: { tag: 'CTL-CMP-15', scenario: 'a fixed-role group never talks to the controller' },
    },
    'fixed-roles': {
      severity: 'warning',
      finds: 'a setting of controller mode without the mode',
      consequence: 'It has no effect: nothing waits, nothing degrades.',
      remedy: 'Set enableControllerMode = true, or remove the setting.',
      requirement: 'CTL-PAR-02',
      proof: { tag: 'CTL-PAR-02', scenario: '<key> is <value>' },
    },
    'acting-master': {
      severity: 'warning',
      finds: 'a setting of the acting-master mode in controller mode',
      consequence:
        'It has no effect: the SyncStateSet shrinks by time (haMaxTimeSlaveNotCatchup), down to minInSyncReplicas.',
      remedy: 'Remove the setting.',
      requirement: 'CTL-PAR-07',
      proof: { tag: 'CTL-PAR-07', scenario: 'a slave falls behind and catches up in time, haMaxGapNotInSync <gap>' },
    },
  },
  check: ({ brokers, groups }) => [
    ...brokers.flatMap((broker) => (inControllerMode(broker) ? switching(broker) : fixedRoles(broker))),
    ...groups.flatMap(half),
  ],
};
