import type { ConfFile } from '../conf-file.ts';
import type { Deployment } from '../deployment.ts';
import { endpoint, sameName } from '../host.ts';
import { haPort } from '../ports.ts';
import { at, type Rule } from '../rule.ts';
import { isAtLeast, versionText } from '../version.ts';

/** `10912`, or `host:10912` of this broker. */
function probed(
  broker: ConfFile,
  { probes, hostOf }: { probes: readonly string[]; hostOf: string | null },
): string | undefined {
  const hosts = [hostOf, ...['brokerIP1', 'brokerIP2'].map((key) => sameName(broker.given(key)?.value ?? ''))];
  return probes.find((probe) => {
    const address = endpoint(probe);
    if (address === null) return Number(probe.replace(/^:/, '')) === haPort(broker);
    return address.port === haPort(broker) && hosts.includes(sameName(address.host));
  });
}

export const healthProbe: Rule = {
  id: 'D20',
  name: 'health-probe',
  title: 'Nobody but slaves dials the HA port',
  cases: {
    ha: {
      severity: 'error',
      finds: 'a health probe (--probe) at the HA port of a broker up to 5.3.1',
      consequence: 'Each probe leaves a connection behind, until the master has no file descriptors left.',
      remedy: 'Probe listenPort, or use 5.3.2 or newer.',
      requirement: 'CTL-REG-12',
      proof: 'only an affected release shows it',
    },
  },
  check: (deployment: Deployment) =>
    deployment.switchingBrokers.flatMap((broker) => {
      if (isAtLeast(broker.version, '5.3.2')) return [];
      const probe = probed(broker, { probes: deployment.probes, hostOf: deployment.hostOf(broker) });
      if (probe === undefined) return [];
      const key = broker.given('haListenPort') === undefined ? 'listenPort' : 'haListenPort';
      return [
        at('ha', broker, key, `a probe dials ${probe}: HA port ${haPort(broker)} of a ${versionText(broker.version)}`),
      ];
    }),
};
