import type { ConfFile } from '../conf-file.ts';
import { at, type Rule } from '../rule.ts';

const keys = ['brokerClusterName', 'brokerName'] as const;

/** An unset brokerName is the name of a machine that the doctor does not stand on. */
function isHostName(broker: ConfFile, key: (typeof keys)[number]): boolean {
  return key === 'brokerName' && broker.given(key) === undefined;
}

export const brokerName: Rule = {
  id: 'D9',
  name: 'broker-name',
  title: 'A broker keeps the names that its store was registered under',
  cases: {
    changed: {
      severity: 'error',
      finds: 'a brokerName or brokerClusterName other than in brokerIdentity',
      consequence: 'The broker never registers with a controller, tries again for ever and is in no route.',
      remedy: 'Put the old name back, or start the broker with an empty store.',
      requirement: 'CTL-ID-14',
      proof: { tag: 'CTL-ID-14', scenario: 'a slave loses its identity' },
    },
    hash: {
      severity: 'error',
      finds: 'a # in brokerName or brokerClusterName',
      consequence: 'brokerIdentity separates its fields by #: after a restart the broker does not know itself.',
      remedy: 'Choose names without #.',
      requirement: 'CTL-ID-14',
      proof: { tag: 'CTL-ID-10', scenario: 'a slave restarts' },
    },
  },
  check: ({ switchingBrokers }) =>
    switchingBrokers.flatMap((broker) => {
      const hash = keys.find((key) => broker.text(key).includes('#'));
      if (hash !== undefined) return [at('hash', broker, hash, `${hash} = ${broker.text(hash)}`)];
      const identity = broker.facts.store?.identity ?? null;
      if (identity === null) return [];
      const stored = { brokerClusterName: identity.cluster, brokerName: identity.broker };
      const changed = keys.filter((key) => !isHostName(broker, key) && broker.text(key) !== stored[key]);
      return changed.map((key) =>
        at(
          'changed',
          broker,
          key,
          `${key} = ${broker.text(key)}, and ${stored[key]} in ${broker.facts.store!.path}/brokerIdentity`,
        ),
      );
    }),
};
