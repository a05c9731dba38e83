import { splitAddresses } from '../../../reference-impl/base/address.ts';
import { addressKey, memberAddresses } from '../controllers.ts';
import type { ConfFile } from '../conf-file.ts';
import type { Deployment } from '../deployment.ts';
import { endpoint, isLoopback } from '../host.ts';
import { at, type Rule } from '../rule.ts';

/** What makes loopback wrong here: a member on another machine, or a broker. */
function someoneElsewhere(file: ConfFile, deployment: Deployment): string | null {
  const remote = memberAddresses(file).find((address) => !isLoopback(endpoint(address)?.host ?? 'localhost'));
  if (remote !== undefined) return `member ${remote}`;
  const dials = deployment.brokers.flatMap((broker) => splitAddresses(broker.text('controllerAddr')));
  const dialled = dials.find((address) => !isLoopback(endpoint(address)?.host ?? 'localhost'));
  if (dialled !== undefined) return `a broker that dials ${dialled}`;
  const brokers = deployment.brokers.map((broker) => deployment.hostOf(broker));
  const own = deployment.hostOf(file);
  const host = brokers.find((name) => name !== null && !isLoopback(name) && name !== own);
  return host ? `a broker on ${host}` : null;
}

export const loopbackPeers: Rule = {
  id: 'D1',
  name: 'loopback-peers',
  title: 'Controllers are listed by addresses that others reach',
  cases: {
    loopback: {
      severity: 'error',
      finds: 'loopback among the peers of a controller while a broker or another controller is elsewhere',
      consequence:
        'A broker asks any controller for the leader and dials the address it is told: its own machine. It never comes online, and the other controllers never reach this one.',
      remedy: 'List each controller by an address that every broker and controller reaches.',
      requirement: 'CTL-CFG-18',
      proof: { tag: 'CTL-CFG-18', scenario: '<nameservers>' },
    },
  },
  check: (deployment) =>
    deployment.controllers.flatMap((file) => {
      const loopback = memberAddresses(file).find((address) => isLoopback(endpoint(address)?.host ?? ''));
      const other = someoneElsewhere(file, deployment);
      if (loopback === undefined || other === null) return [];
      const key = addressKey(file);
      return [at('loopback', file, key, `${key} lists ${loopback}, and there is ${other}`)];
    }),
};
