import type { ConfFile } from '../conf-file.ts';
import type { Deployment } from '../deployment.ts';
import { knownRegressions, type Regression } from '../known-regressions.ts';
import { at, type Case, type Rule, type Severity, type Sighting } from '../rule.ts';
import { compareVersions, isAtLeast, parseVersion, versionText } from '../version.ts';

/** First release that knows brokers by id instead of address. */
const byId = '5.1.1';

function pairs({ switchingBrokers, controllers, namesrvs }: Deployment): Sighting[] {
  const broker = switchingBrokers[0];
  if (broker === undefined) return [];
  if (controllers.length === 0) {
    if (namesrvs.length === 0) return [];
    const isOld = namesrvs.every(({ release }) => release === 'old');
    const text = `controller mode, and none of the files has a controller: ${namesrvs.map(({ path }) => path).join(', ')}`;
    return [at(isOld ? 'old-namesrv' : 'no-controller', broker, 'enableControllerMode', text)];
  }
  const newer = controllers.find(({ version }) => isAtLeast(version, byId));
  const older = controllers.find(({ version }) => !isAtLeast(version, byId));
  return switchingBrokers.flatMap((file) => {
    const isNew = isAtLeast(file.version, byId);
    const odd = isNew ? older : newer;
    if (odd === undefined) return [];
    const text = `broker ${versionText(file.version)}, controller ${versionText(odd.version)} in ${odd.path}`;
    return [at(isNew ? 'new-broker' : 'old-broker', file, 'enableControllerMode', text)];
  });
}

function mixedControllers({ controllerGroups }: Deployment): Sighting[] {
  return controllerGroups.flatMap((files) => {
    const [older, newer] = [false, true].map((side) => files.find(({ version }) => isAtLeast(version, byId) === side));
    if (older === undefined || newer === undefined) return [];
    const text = `controller ${versionText(older.version)} beside ${versionText(newer.version)} in ${newer.path}`;
    return [at('mixed-controllers', older, 'controllerDLegerPeers', text)];
  });
}

/** One sighting for each mistake and version, at the first file that has it. Only versions that the user named tell. */
function regressions({ switchingBrokers, controllers }: Deployment): Sighting[] {
  return knownRegressions.flatMap((regression) => {
    const files = regression.role === 'broker' ? switchingBrokers : controllers;
    const hit = files.filter((file) => file.facts.versionGiven && isAffected(file, regression));
    const versions = new Set(hit.map(({ version }) => versionText(version)));
    return [...versions].map((version) => {
      const own = hit.filter((file) => versionText(file.version) === version);
      const others = own.length === 1 ? '' : `, here and in ${own.length - 1} more`;
      const key = regression.role === 'broker' ? 'enableControllerMode' : 'controllerDLegerPeers';
      return at(caseOf(regression), own[0]!, key, `${version}: ${regression.consequence}${others}`);
    });
  });
}

function isAffected(file: ConfFile, { from, to, needs }: Regression): boolean {
  const isInRange = isAtLeast(file.version, from) && compareVersions(file.version, parseVersion(to)!) <= 0;
  return isInRange && (needs === undefined || needs(file));
}

function caseOf({ requirement }: Regression): string {
  return requirement.replace('CTL-', '').toLowerCase();
}

const regressionCases = Object.fromEntries(
  knownRegressions.map((regression): [string, Case] => {
    const { requirement, role, from, to, fixed, consequence, scenario } = regression;
    const releases = from === to ? from : `${from} to ${to}`;
    return [
      caseOf(regression),
      {
        severity: severityOf(regression),
        finds: `a ${role} of ${releases}: ${consequence}`,
        consequence: `A known mistake of ${releases}.`,
        remedy: remedyOf(fixed),
        requirement,
        proof: scenario === undefined ? 'only an affected release shows it' : { tag: requirement, scenario },
      },
    ];
  }),
);

/** What an operator can act on is a warning. */
function severityOf({ requirement, fixed }: Regression): Severity {
  if (requirement === 'CTL-REG-03') return 'error';
  return fixed === null ? 'note' : 'warning';
}

function remedyOf(fixed: string | null): string {
  return fixed === null
    ? 'No release without it was known when this was written: read the issue.'
    : `Use ${fixed} or newer.`;
}

export const versions: Rule = {
  id: 'D19',
  name: 'versions',
  title: 'Versions work together, and have no known mistake that hits this set-up',
  cases: {
    'old-namesrv': {
      severity: 'error',
      finds: 'controller mode with NameServers of 4.9 and no controller',
      consequence: 'The brokers live, print boot success and never come online.',
      remedy: 'Run controllers apart and list them in controllerAddr (give the doctor their files).',
      requirement: 'CTL-CMP-05',
      proof: { tag: 'CTL-CMP-05', scenario: 'controller-mode brokers, <nameservers>' },
    },
    'no-controller': {
      severity: 'error',
      finds: 'controller mode with NameServers that carry no controller, and none apart',
      consequence: 'The brokers live, print boot success and never come online.',
      remedy: 'Set enableControllerInNamesrv, or run controllers apart (give the doctor their files).',
      requirement: 'CTL-CMP-08',
      proof: { tag: 'CTL-CMP-08', scenario: 'controller-mode brokers, <nameservers>' },
    },
    'old-broker': {
      severity: 'error',
      finds: 'a broker up to 5.1.0 under a controller from 5.1.1 on',
      consequence: 'It keeps the role it has and never switches; after a restart it does not come online.',
      remedy:
        'Upgrade controllers and brokers together, in the documented order: controllers cleared, epoch files deleted, old master first.',
      requirement: 'CTL-CMP-18',
      proof: 'the protocol of 5.0.0 and 5.1.0 is not built in the reference',
    },
    'new-broker': {
      severity: 'error',
      finds: 'a broker from 5.1.1 on under a controller up to 5.1.0',
      consequence: 'It does not come online.',
      remedy: 'Upgrade the controllers first: stopped, cleared, started anew.',
      requirement: 'CTL-CMP-19',
      proof: 'the protocol of 5.0.0 and 5.1.0 is not built in the reference',
    },
    'mixed-controllers': {
      severity: 'error',
      finds: 'one controller group with members on both sides of 5.1.1',
      consequence: 'Their logs have different events: they cannot share one.',
      remedy: 'Stop all of them, clear their folders, and start the new ones.',
      requirement: 'CTL-UPG-09',
      proof: 'the protocol of 5.0.0 and 5.1.0 is not built in the reference',
    },
    ...regressionCases,
  },
  check: (deployment) => [...pairs(deployment), ...mixedControllers(deployment), ...regressions(deployment)],
};
