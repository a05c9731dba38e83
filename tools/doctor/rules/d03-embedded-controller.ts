import { ownAddress } from '../controllers.ts';
import { isEmbedded } from '../deployment.ts';
import { endpoint } from '../host.ts';
import { portsOf } from '../ports.ts';
import { at, type Rule } from '../rule.ts';
import { wrongMembers } from '../wrong-members.ts';

const memberKeys = [
  'controllerDLegerPeers',
  'controllerDLegerSelfId',
  'controllerDLegerGroup',
  'jRaftInitConf',
  'jRaftServerId',
];

export const embeddedController: Rule = {
  id: 'D3',
  name: 'embedded-controller',
  title: 'A controller inside a NameServer does not take the NameServer down',
  cases: {
    members: {
      severity: 'error',
      finds: 'an embedded controller that does not find itself among its peers',
      consequence: 'The whole process exits at start with 255, and its routes with it.',
      remedy: 'Correct the peers and the self id, or leave enableControllerInNamesrv off.',
      requirement: 'CTL-CFG-04',
      proof: { tag: 'CTL-CFG-04', scenario: 'one of three controllers names itself wrongly' },
    },
    port: {
      severity: 'error',
      finds: 'an embedded controller on the port of its NameServer',
      consequence: 'The second bind fails: the whole process exits with 255, and its routes with it.',
      remedy: 'Give the controller a port of its own, such as 9878, in every peer list and in controllerAddr.',
      requirement: 'CTL-DEP-01',
      proof: { tag: 'CTL-DEP-01', scenario: 'one process answers routes and elects' },
    },
    off: {
      severity: 'warning',
      finds: 'settings of a controller in a NameServer that does not carry one',
      consequence: 'No controller starts: brokers in controller mode that count on it do not come online.',
      remedy: 'Set enableControllerInNamesrv = true, or remove the settings.',
      requirement: 'CTL-CFG-01',
      proof: { tag: 'CTL-CFG-01', scenario: 'enableControllerInNamesrv is false unless set' },
    },
  },
  check: ({ namesrvs }) =>
    namesrvs.flatMap((file) => {
      const set = memberKeys.find((key) => file.given(key) !== undefined);
      if (!isEmbedded(file)) {
        return set === undefined
          ? []
          : [at('off', file, set, `${set} is set, and enableControllerInNamesrv is not true`)];
      }
      const wrong = wrongMembers(file);
      if (wrong !== null) return [at('members', file, wrong.key, wrong.text)];
      const own = endpoint(ownAddress(file) ?? '');
      const routes = portsOf(file)[0]!.port;
      if (own?.port !== routes) return [];
      return [at('port', file, 'controllerDLegerPeers', `controller and NameServer both listen on ${routes}`)];
    }),
};
