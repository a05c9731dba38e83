import { controllerList } from '../controller-list.ts';
import { endpoint, isIpAddress, sameAddress } from '../host.ts';
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
      proof: { tag: 'CTL-BRK-05', scenario: 'the controller is known by its name alone' },
    },
    'one-of-them': {
      severity: 'error',
      finds: 'the address of one controller of several, and fetchControllerAddrByDnsLookup on',
      consequence:
        'The lookup finds that one only: the others get no heartbeat, and take the broker for dead when they lead.',
      remedy:
        'Write a domain:port that resolves to every controller, or list them all without fetchControllerAddrByDnsLookup.',
      requirement: 'CTL-BRK-05',
      proof: { tag: 'CTL-BRK-05', scenario: 'the controller is known by its name alone' },
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
      const [only] = items;
      if (
        items.length === 1 &&
        wanted.length > 1 &&
        (isIpAddress(endpoint(only!)?.host ?? '') || wanted.includes(sameAddress(only!)))
      )
        return [
          at(
            'one-of-them',
            broker,
            key,
            `${key} = ${only} with fetchControllerAddrByDnsLookup, and there are ${wanted.join(' and ')}`,
          ),
        ];
      if (items.length < 2) return [];
      return [at('no-domain', broker, key, `${key} = ${items.join(';')} with fetchControllerAddrByDnsLookup`)];
    }),
};
