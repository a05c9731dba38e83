import path from 'node:path';
import type { ConfFile } from '../conf-file.ts';
import type { Deployment } from '../deployment.ts';
import { at, type Rule } from '../rule.ts';

function identityOf(broker: ConfFile): string | null {
  const identity = broker.facts.store?.identity ?? null;
  return identity === null ? null : `${identity.cluster}#${identity.broker}#${identity.id}`;
}

function folderOf(broker: ConfFile, deployment: Deployment): string | null {
  const host = deployment.hostOf(broker);
  return host === null ? null : `${host}:${path.normalize(broker.text('storePathRootDir'))}`;
}

/** Brokers of which an earlier one has the same value, with that one. */
function repeated(brokers: readonly ConfFile[], valueOf: (broker: ConfFile) => string | null) {
  return brokers.flatMap((broker, i) => {
    const value = valueOf(broker);
    const first = value === null ? undefined : brokers.slice(0, i).find((other) => valueOf(other) === value);
    return first === undefined ? [] : [{ broker, first, value: value! }];
  });
}

export const oneIdentity: Rule = {
  id: 'D10',
  name: 'one-identity',
  title: 'A store, and an identity, belong to one broker',
  cases: {
    identity: {
      severity: 'error',
      finds: 'two stores with the same brokerIdentity',
      consequence:
        'Two brokers are one replica to the controllers: its address jumps between them, and an elected master may be either.',
      remedy: 'Delete brokerIdentity from the copy before it starts: that broker then gets an id of its own.',
      requirement: 'CTL-ID-13',
      proof: { tag: 'CTL-ID-06', scenario: 'a stranger applies for an id that is taken' },
    },
    folder: {
      severity: 'error',
      finds: 'two brokers of one machine with the same storePathRootDir',
      consequence: 'The second one finds the store locked and exits with 255.',
      remedy: 'Give each broker a folder of its own.',
      requirement: 'CTL-ID-14',
      proof: 'the second process ends at once: STORE_LOCKED in docs/errors.md',
    },
  },
  check: (deployment) => [
    ...repeated(deployment.brokers, identityOf).map(({ broker, first, value }) =>
      at(
        'identity',
        broker,
        'storePathRootDir',
        `${broker.facts.store!.path} is ${value}, and so is the store of ${first.path}`,
      ),
    ),
    ...repeated(deployment.brokers, (broker) => folderOf(broker, deployment)).map(({ broker, first, value }) =>
      at('folder', broker, 'storePathRootDir', `${value} is the store of ${first.path} too`),
    ),
  ],
};
