import type { BrokerGroup, Deployment } from '../deployment.ts';
import { at, type Rule } from '../rule.ts';

/** Stores whose lists have one epoch at different places: their histories split there. */
function split({ replicas }: BrokerGroup) {
  return replicas.flatMap((broker, i) => {
    const own = broker.facts.store?.epochs ?? [];
    for (const other of replicas.slice(0, i)) {
      const theirs = new Map((other.facts.store?.epochs ?? []).map(({ epoch, startOffset }) => [epoch, startOffset]));
      const entry = own.find(({ epoch, startOffset }) => theirs.has(epoch) && theirs.get(epoch) !== startOffset);
      if (entry === undefined) continue;
      const text = `epoch ${entry.epoch} begins at ${entry.startOffset}, and at ${theirs.get(entry.epoch)} in the store of ${other.path}`;
      return [at('split', broker, 'storePathRootDir', text)];
    }
    return [];
  });
}

function stale(deployment: Deployment) {
  const stores = deployment.controllers.flatMap(({ facts }) => facts.controllerStore ?? []);
  // One that was not given may have the data.
  if (stores.length === 0 || stores.length < deployment.controllers.length || !stores.every(({ empty }) => empty))
    return [];
  return deployment.switchingBrokers.flatMap((broker) => {
    const last = broker.facts.store?.epochs.at(-1);
    if (last === undefined) return [];
    return [
      at(
        'stale',
        broker,
        'storePathRootDir',
        `${broker.facts.store!.path} ends with epoch ${last.epoch}, and no controller has data`,
      ),
    ];
  });
}

export const epochs: Rule = {
  id: 'D11',
  name: 'epochs',
  title: 'Epochs on disk fit the controllers and each other',
  cases: {
    stale: {
      severity: 'error',
      finds: 'a store with epochs while the controllers begin anew',
      consequence:
        'The controllers count from epoch 1 again: a new master cannot add its epoch, and logs are compared by lists that mean something else.',
      remedy:
        'Restore the controllers from their folders; or delete epochFileCheckpoint and its .bak on every broker and start the old master first.',
      requirement: 'CTL-UPG-12',
      proof: { tag: 'CTL-CFG-05', scenario: 'the only controller loses its data' },
    },
    split: {
      severity: 'error',
      finds: 'stores of one group with an epoch at different offsets',
      consequence:
        'The replica that follows cuts its log back to the last epoch that both have; messages after it are lost there.',
      remedy: 'Keep the store with the acknowledged messages, and start the other one empty.',
      requirement: 'CTL-DSN-04',
      proof: { tag: 'CTL-DSN-04', scenario: 'the old master comes back with a longer log' },
    },
  },
  check: (deployment) => [...stale(deployment), ...deployment.groups.flatMap(split)],
};
