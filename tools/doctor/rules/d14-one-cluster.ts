import { splitAddresses } from '../../../reference-impl/base/address.ts';
import { type BrokerGroup, inControllerMode } from '../deployment.ts';
import { sameAddress } from '../host.ts';
import { at, type Rule } from '../rule.ts';

/** Both know one controller, or one NameServer. */
function shares(key: string, a: BrokerGroup, b: BrokerGroup): boolean {
  const addresses = (group: BrokerGroup) =>
    group.replicas.flatMap((broker) => splitAddresses(broker.text(key)).map(sameAddress));
  const first = addresses(a);
  return addresses(b).some((address) => first.includes(address));
}

export const oneCluster: Rule = {
  id: 'D14',
  name: 'one-cluster',
  title: 'A broker name belongs to one cluster',
  cases: {
    controllers: {
      severity: 'error',
      finds: 'one brokerName in two clusters under the same controllers',
      consequence:
        'Controllers know brokers by name alone: replicas of both clusters become one group with one master, and cut each other’s logs.',
      remedy: 'Rename the group of one cluster before it starts for the first time.',
      requirement: 'CTL-ID-02',
      proof: 'no scenario runs two clusters under one controller',
    },
    namesrvs: {
      severity: 'warning',
      finds: 'one brokerName in two clusters under the same NameServers',
      consequence: 'Routes go by broker name: clients of one cluster are sent to brokers of the other.',
      remedy: 'Rename the group of one cluster.',
      requirement: 'CTL-ID-02',
      proof: 'no scenario runs two clusters under one NameServer',
    },
  },
  check: ({ groups }) =>
    groups.flatMap((group, i) => {
      const other = groups.slice(0, i).find(({ name, cluster }) => name === group.name && cluster !== group.cluster);
      if (other === undefined) return [];
      const broker = group.replicas[0]!;
      const text = `${group.name} is a broker of ${group.cluster} here, and of ${other.cluster} in ${other.replicas[0]!.path}`;
      const isSwitching = [...group.replicas, ...other.replicas].some(inControllerMode);
      if (isSwitching && shares('controllerAddr', group, other)) return [at('controllers', broker, 'brokerName', text)];
      return shares('namesrvAddr', group, other) ? [at('namesrvs', broker, 'brokerName', text)] : [];
    }),
};
