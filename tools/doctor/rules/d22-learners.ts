import { type BrokerGroup, type Deployment, inControllerMode } from '../deployment.ts';
import { at, type Rule } from '../rule.ts';

const key = 'asyncLearner';

function group({ name, replicas }: BrokerGroup, { controllers }: Deployment) {
  const switching = replicas.filter(inControllerMode);
  const first = switching.find((broker) => broker.flag(key));
  const full = switching.filter((broker) => !broker.flag(key));
  const unclean = controllers.find((file) => file.flag('enableElectUncleanMaster'));
  if (first === undefined) return [];
  const sightings = [];
  if (full.length === 0) sightings.push(at('only', first, key, `every replica of ${name} that is given is a learner`));
  else if (full.length === 1) {
    sightings.push(at('one-candidate', first, key, `${name} has one replica beside its learners: ${full[0]!.path}`));
  }
  if (unclean !== undefined) {
    sightings.push(at('unclean', first, key, `a learner in ${name}, and enableElectUncleanMaster in ${unclean.path}`));
  }
  const stores = full.flatMap(({ facts }) => facts.store ?? []);
  if (full.length > 0 && stores.length === full.length && stores.every(({ identity }) => identity === null)) {
    sightings.push(at('first', first, key, `no other replica of ${name} has registered yet`));
  }
  return sightings;
}

export const learners: Rule = {
  id: 'D22',
  name: 'learners',
  title: 'Learners do not come first, nor alone',
  cases: {
    only: {
      severity: 'error',
      finds: 'a group of learners only',
      consequence:
        'Documented: nobody is ever elected. Releases up to 5.3.3: the first one becomes master, and no other ever joins its set.',
      remedy: 'Leave two replicas of each group without asyncLearner (give the doctor the files of all).',
      requirement: 'CTL-BRK-16',
      proof: { tag: 'CTL-BRK-16', scenario: 'it comes first' },
    },
    'one-candidate': {
      severity: 'warning',
      finds: 'a group with one replica that is no learner',
      consequence: 'When that one is lost nobody takes over.',
      remedy: 'Add a replica without asyncLearner.',
      requirement: 'CTL-BRK-16',
      proof: { tag: 'CTL-BRK-16', scenario: 'it does not take over from the master' },
    },
    unclean: {
      severity: 'error',
      finds: 'a learner under enableElectUncleanMaster',
      consequence: 'Releases up to 5.3.3 elect it when nobody else is left: what it lacks is lost.',
      remedy: 'Remove enableElectUncleanMaster.',
      requirement: 'CTL-BRK-16',
      proof: { tag: 'CTL-BRK-16', scenario: 'it is the only one left and elections are unclean' },
    },
    first: {
      severity: 'warning',
      finds: 'a learner in a group whose other stores are new',
      consequence: 'Releases up to 5.3.3 make whoever comes first the master, a learner too.',
      remedy: 'Start another replica first, and wait until getSyncStateSet shows it as master.',
      requirement: 'CTL-BRK-16',
      proof: { tag: 'CTL-BRK-16', scenario: 'it comes first' },
    },
  },
  check: (deployment) => deployment.groups.flatMap((replicas) => group(replicas, deployment)),
};
