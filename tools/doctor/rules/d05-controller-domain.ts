import { controllerList } from '../controller-list.ts';
import { at, type Rule } from '../rule.ts';

export const controllerDomain: Rule = {
  id: 'D5',
  name: 'controller-domain',
  title: 'A domain in controllerAddr goes with the DNS switch',
  cases: {
    'no-switch': {
      severity: 'error',
      finds: 'one name for several controllers, and fetchControllerAddrByDnsLookup off',
      consequence:
        'The name counts as one controller: heartbeats reach the one that it resolves to, and the others take the broker for dead.',
      remedy: 'Set fetchControllerAddrByDnsLookup = true (5.1.0 or newer), or list every controller.',
      requirement: 'CTL-BRK-06',
      proof: { tag: 'CTL-BRK-06', scenario: '<key> of a <role>' },
    },
    'no-domain': {
      severity: 'error',
      finds: 'a list of controllers, and fetchControllerAddrByDnsLookup on',
      consequence:
        'The whole text is looked up as one name: the lookup fails, no controller is known, and the broker never comes online.',
      remedy: 'Remove fetchControllerAddrByDnsLookup, or write one domain:port.',
      requirement: 'CTL-BRK-05',
      proof: { tag: 'CTL-BRK-02', scenario: 'controllerAddr is empty' },
    },
  },
  check: (deployment) =>
    deployment.switchingBrokers.flatMap((broker) => {
      const { items, wanted, isDomain } = controllerList(broker, deployment);
      const key = 'controllerAddr';
      if (!broker.flag('fetchControllerAddrByDnsLookup')) {
        if (!isDomain) return [];
        return [at('no-switch', broker, key, `${key} = ${items[0]!} stands for ${wanted.join(' and ')}`)];
      }
      if (items.length < 2) return [];
      return [at('no-domain', broker, key, `${key} = ${items.join(';')} with fetchControllerAddrByDnsLookup`)];
    }),
};
