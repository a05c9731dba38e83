import { isJRaft } from '../controllers.ts';
import type { ConfFile } from '../conf-file.ts';
import { inControllerMode } from '../deployment.ts';
import { at, type Rule } from '../rule.ts';

function broker(file: ConfFile) {
  if (!inControllerMode(file)) return [];
  const folder = file.facts.store?.dledgerFolder ?? null;
  return [
    ...(file.flag('enableDLegerCommitLog')
      ? [at('two-modes', file, 'enableDLegerCommitLog', 'enableControllerMode and enableDLegerCommitLog are both true')]
      : []),
    ...(file.flag('enableSlaveActingMaster')
      ? [
          at(
            'acting-master',
            file,
            'enableSlaveActingMaster',
            'enableControllerMode and enableSlaveActingMaster are both true',
          ),
        ]
      : []),
    ...(folder === null
      ? []
      : [
          at(
            'dledger-store',
            file,
            'enableControllerMode',
            `${file.facts.store!.path} has ${folder}: a DLedger commit log`,
          ),
        ]),
  ];
}

/** Keys of the Raft kernel that the file does not choose. */
function kernel(file: ConfFile) {
  const begin = isJRaft(file) ? 'controllerDLeger' : 'jRaft';
  const idle = file.facts.pairs.find(({ key }) => key.startsWith(begin) && file.given(key) !== undefined);
  if (idle === undefined) return [];
  return [at('kernel', file, idle.key, `${idle.key} is set, and controllerType is ${file.text('controllerType')}`)];
}

export const exclusive: Rule = {
  id: 'D16',
  name: 'exclusive',
  title: 'Options that exclude each other are not combined',
  cases: {
    'two-modes': {
      severity: 'error',
      finds: 'controller mode and the DLedger commit log',
      consequence: 'The broker exits at start with 252.',
      remedy: 'Set one of the two to false. A DLedger store cannot be taken along.',
      requirement: 'CTL-UPG-05',
      proof: 'the process ends at once: MODES_EXCLUSIVE in docs/errors.md',
    },
    'acting-master': {
      severity: 'warning',
      finds: 'controller mode and enableSlaveActingMaster',
      consequence: 'Heartbeats are sent twice, and a slave may act for a master that the controllers replace.',
      remedy: 'Remove enableSlaveActingMaster.',
      requirement: 'CTL-PAR-06',
      proof: { tag: 'CTL-PAR-06', scenario: 'a slave is lost, enableAutoInSyncReplicas <auto>' },
    },
    'dledger-store': {
      severity: 'error',
      finds: 'controller mode over a store with a DLedger commit log',
      consequence:
        'The broker starts, registers and has no messages, without a word; the old ones stay in a folder that it does not read.',
      remedy:
        'Drain the group first, then start with an empty store that keeps config/topics.json and config/subscriptionGroup.json.',
      requirement: 'CTL-UPG-05',
      proof: { tag: 'CTL-UPG-05', scenario: 'it is done all the same' },
    },
    kernel: {
      severity: 'warning',
      finds: 'settings of the Raft kernel that controllerType does not choose',
      consequence:
        'They have no effect: the controller starts with the kernel of controllerType and the defaults of its settings.',
      remedy:
        'Set controllerType to the kernel that is meant, or remove the settings. There is no way to change it and keep the data.',
      requirement: 'CTL-CFG-11',
      proof: { tag: 'CTL-CFG-11', scenario: '<key> is <value>' },
    },
  },
  check: ({ brokers, controllers }) => [...brokers.flatMap(broker), ...controllers.flatMap(kernel)],
};
