import type { ConfFile } from '../conf-file.ts';
import { type BrokerGroup, inControllerMode } from '../deployment.ts';
import { at, type Rule } from '../rule.ts';

function judge(broker: ConfFile, replicas: number) {
  const least = broker.number('minInSyncReplicas');
  const acks = broker.number('inSyncReplicas');
  const beside = `and ${replicas} of the replicas given can be in sync`;
  const sightings = [];
  if (least > replicas)
    sightings.push(at('min-above', broker, 'minInSyncReplicas', `minInSyncReplicas = ${least}, ${beside}`));
  else if (least > 1 && least === replicas) {
    sightings.push(at('min-all', broker, 'minInSyncReplicas', `minInSyncReplicas = ${least}, ${beside}`));
  }
  if (acks <= 1) return sightings;
  if (broker.flag('allAckInSyncStateSet')) {
    sightings.push(at('acks-ignored', broker, 'inSyncReplicas', `inSyncReplicas = ${acks} with allAckInSyncStateSet`));
  } else if (acks > replicas) {
    sightings.push(at('acks-above', broker, 'inSyncReplicas', `inSyncReplicas = ${acks}, ${beside}`));
  } else if (acks === replicas) {
    sightings.push(at('acks-all', broker, 'inSyncReplicas', `inSyncReplicas = ${acks}, ${beside}`));
  }
  return sightings;
}

function group({ replicas }: BrokerGroup) {
  const switching = replicas.filter(inControllerMode);
  const full = switching.filter((broker) => !broker.flag('asyncLearner'));
  const [first, ...others] = full;
  const differ = others.filter((broker) => broker.number('minInSyncReplicas') !== first!.number('minInSyncReplicas'));
  return [
    ...full.flatMap((broker) => judge(broker, full.length)),
    ...differ.map((broker) => {
      const counts = `${broker.number('minInSyncReplicas')}, and ${first!.number('minInSyncReplicas')} in ${first!.path}`;
      return at('min-differs', broker, 'minInSyncReplicas', `minInSyncReplicas is ${counts}`);
    }),
  ];
}

export const replicaCounts: Rule = {
  id: 'D17',
  name: 'replica-counts',
  title: 'Replicas that must be in sync exist, with one to spare',
  cases: {
    'min-above': {
      severity: 'error',
      finds: 'minInSyncReplicas above the number of replicas, learners apart',
      consequence: 'Every send that waits for storage is refused: "in-sync replicas not enough".',
      remedy: 'Lower minInSyncReplicas, or add replicas (give the doctor the files of all).',
      requirement: 'CTL-BRK-19',
      proof: { tag: 'CTL-BRK-19', scenario: 'the second replica has not come yet' },
    },
    'min-all': {
      severity: 'note',
      finds: 'minInSyncReplicas equal to the number of replicas',
      consequence: 'With one replica lost every send is refused until it is back in the set.',
      remedy: 'Keep it if that is meant; else lower it by one.',
      requirement: 'CTL-BRK-19',
      proof: { tag: 'CTL-BRK-19', scenario: 'a slave is lost' },
    },
    'min-differs': {
      severity: 'warning',
      finds: 'replicas of one group with different minInSyncReplicas',
      consequence: 'After a switch other sends are refused than before.',
      remedy: 'Use one value in the group.',
      requirement: 'CTL-PAR-08',
      proof: { tag: 'CTL-PAR-08', scenario: '<lost> of 3 replicas lost' },
    },
    'acks-above': {
      severity: 'error',
      finds: 'inSyncReplicas above the number of replicas',
      consequence: 'Every send is stored and answered FLUSH_SLAVE_TIMEOUT.',
      remedy: 'Lower inSyncReplicas, or set allAckInSyncStateSet = true instead.',
      requirement: 'CTL-PAR-05',
      proof: { tag: 'CTL-PAR-05', scenario: 'a slave is lost, enableAutoInSyncReplicas <auto>' },
    },
    'acks-all': {
      severity: 'warning',
      finds: 'inSyncReplicas equal to the number of replicas',
      consequence:
        'With one replica lost every send is answered FLUSH_SLAVE_TIMEOUT: the shrinking set does not lower this number.',
      remedy: 'Set allAckInSyncStateSet = true instead: it waits for those that are in sync.',
      requirement: 'CTL-PAR-05',
      proof: { tag: 'CTL-PAR-05', scenario: 'a slave is lost, enableAutoInSyncReplicas <auto>' },
    },
    'acks-ignored': {
      severity: 'note',
      finds: 'inSyncReplicas with allAckInSyncStateSet',
      consequence: 'inSyncReplicas is ignored.',
      remedy: 'Remove it; minInSyncReplicas is the lower limit.',
      requirement: 'CTL-BRK-18',
      proof: { tag: 'CTL-BRK-18', scenario: 'more replicas are asked for than there are' },
    },
  },
  check: ({ groups }) => groups.flatMap(group),
};
