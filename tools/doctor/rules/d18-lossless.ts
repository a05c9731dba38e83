import type { ConfFile } from '../conf-file.ts';
import { type BrokerGroup, type Deployment, inControllerMode } from '../deployment.ts';
import { isLoopback } from '../host.ts';
import { at, type Rule } from '../rule.ts';

const allAck = 'allAckInSyncStateSet';

function acknowledged(broker: ConfFile, deployment: Deployment) {
  if (broker.flag(allAck)) {
    const isSafe = broker.number('minInSyncReplicas') > 1 || broker.text('flushDiskType') === 'SYNC_FLUSH';
    const host = deployment.hostOf(broker);
    if (isSafe || host === null || isLoopback(host)) return [];
    return [at('memory', broker, allAck, `${allAck} with minInSyncReplicas 1 and ASYNC_FLUSH`)];
  }
  if (broker.number('inSyncReplicas') > 1) return [];
  // A broker that persists its configuration writes down the role that it has at the moment.
  if (broker.given(allAck) !== undefined) return [at('chosen', broker, allAck, `${allAck} = false`)];
  if (broker.text('brokerRole') === 'SYNC_MASTER') {
    return [at('sync-master', broker, 'brokerRole', `brokerRole = SYNC_MASTER in controller mode, without ${allAck}`)];
  }
  return [at('default', broker, 'enableControllerMode', `no ${allAck}: it is false`)];
}

/** A 4.9 SYNC_MASTER waits for a slave; a new one waits for inSyncReplicas, which is 1: itself. */
function waitsForNobody(broker: ConfFile) {
  const isElected = inControllerMode(broker) || broker.flag('enableDLegerCommitLog');
  if (broker.release === 'old' || isElected || broker.text('brokerRole') !== 'SYNC_MASTER') return [];
  const count = broker.number('inSyncReplicas');
  return count > 1 ? [] : [at('waits-for-nobody', broker, 'brokerRole', `SYNC_MASTER with inSyncReplicas ${count}`)];
}

function group({ replicas }: BrokerGroup, deployment: Deployment) {
  const full = replicas.filter((broker) => inControllerMode(broker) && !broker.flag('asyncLearner'));
  const waiting = full.find((broker) => broker.flag(allAck));
  const others = waiting === undefined ? [] : full.filter((broker) => !broker.flag(allAck));
  if (others.length === 0) return full.flatMap((broker) => acknowledged(broker, deployment));
  return others.map((broker) =>
    at(
      'differs',
      broker,
      broker.given(allAck) ? allAck : 'enableControllerMode',
      `${allAck} is false here, and true in ${waiting!.path}`,
    ),
  );
}

function unclean({ controllers, switchingBrokers }: Deployment) {
  const waiting = switchingBrokers.find((broker) => broker.flag(allAck));
  const key = 'enableElectUncleanMaster';
  return controllers
    .filter((file) => file.flag(key))
    .map((file) =>
      waiting === undefined
        ? at('unclean', file, key, `${key} = true`)
        : at('unclean-lossless', file, key, `${key} = true, and ${allAck} = true in ${waiting.path}`),
    );
}

export const lossless: Rule = {
  id: 'D18',
  name: 'lossless',
  title: 'What is called lossless is',
  cases: {
    default: {
      severity: 'warning',
      finds: 'controller mode with the default acknowledgement: allAckInSyncStateSet false, inSyncReplicas 1',
      consequence: 'A send is acknowledged when the master alone has it: a switch loses what was not yet replicated.',
      remedy: 'Set allAckInSyncStateSet = true on every replica; or false, to say that the loss is accepted.',
      requirement: 'CTL-BRK-13',
      proof: { tag: 'lost-as-documented', scenario: 'messages that the defaults lose at a switch are counted' },
    },
    chosen: {
      severity: 'note',
      finds: 'allAckInSyncStateSet set to false',
      consequence: 'A switch loses what was acknowledged and not yet replicated.',
      remedy: 'Nothing, when that is meant.',
      requirement: 'CTL-BRK-13',
      proof: { tag: 'lost-as-documented', scenario: 'messages that the defaults lose at a switch are counted' },
    },
    'sync-master': {
      severity: 'error',
      finds: 'SYNC_MASTER in controller mode without allAckInSyncStateSet',
      consequence:
        'Nothing waits for a slave: acknowledged messages are lost at a switch, where the old cluster lost none.',
      remedy: 'Remove brokerRole and set allAckInSyncStateSet = true.',
      requirement: 'CTL-BRK-13',
      proof: { tag: 'lost-as-documented', scenario: 'messages that the defaults lose at a switch are counted' },
    },
    'waits-for-nobody': {
      severity: 'error',
      finds: 'a SYNC_MASTER of fixed role with inSyncReplicas 1, as from 5.0 on by default',
      consequence:
        'A send is acknowledged when the master alone has it, where 4.9 waits for a slave: what is not yet copied is lost with the master.',
      remedy: 'Set inSyncReplicas = 2; or brokerRole = ASYNC_MASTER, when that is meant.',
      requirement: 'CTL-PAR-01',
      proof: { tag: 'CTL-PAR-01', scenario: 'the slave of a <role> with inSyncReplicas <count> is lost' },
    },
    differs: {
      severity: 'error',
      finds: 'replicas of one group with and without allAckInSyncStateSet',
      consequence: 'The promise ends when the other one becomes master.',
      remedy: 'Set allAckInSyncStateSet = true on every replica.',
      requirement: 'CTL-BRK-14',
      proof: { tag: 'lost-as-documented', scenario: 'messages that the defaults lose at a switch are counted' },
    },
    memory: {
      severity: 'warning',
      finds: 'allAckInSyncStateSet with minInSyncReplicas 1 and ASYNC_FLUSH, not on loopback',
      consequence:
        'A master that is alone in its set acknowledges what only its memory has: a power failure there loses it.',
      remedy: 'Set flushDiskType = SYNC_FLUSH, or minInSyncReplicas = 2 with a replica to spare.',
      requirement: 'CTL-PAR-10',
      proof: 'a power failure cannot be played on one machine; CTL-RIP-03 shows that a master alone acknowledges',
    },
    'unclean-lossless': {
      severity: 'error',
      finds: 'allAckInSyncStateSet under enableElectUncleanMaster',
      consequence:
        'A replica outside the set may be elected: every acknowledged message that it lacks is cut from the others.',
      remedy: 'Remove enableElectUncleanMaster.',
      requirement: 'CTL-PAR-10',
      proof: { tag: 'CTL-CFG-08', scenario: 'it is allowed from the beginning' },
    },
    unclean: {
      severity: 'warning',
      finds: 'enableElectUncleanMaster',
      consequence: 'A replica that lags may be elected, and the messages that it lacks are gone.',
      remedy: 'Remove it, and allow it for one election with updateControllerConfig when nobody else is left.',
      requirement: 'CTL-CFG-08',
      proof: { tag: 'CTL-CFG-08', scenario: 'it is allowed from the beginning' },
    },
  },
  check: (deployment) => [
    ...deployment.groups.flatMap((replicas) => group(replicas, deployment)),
    ...deployment.brokers.flatMap(waitsForNobody),
    ...unclean(deployment),
  ],
};
