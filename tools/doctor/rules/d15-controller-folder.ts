import type { ConfFile } from '../conf-file.ts';
import { at, type Rule } from '../rule.ts';
import { isAtLeast, versionText } from '../version.ts';

const key = 'controllerStorePath';
const temporary = /^\/(tmp|var\/tmp|dev\/shm|run|var\/run)(\/|$)/;

function judge(file: ConfFile) {
  const folder = file.text(key);
  const version = versionText(file.version);
  const isRenamed = isAtLeast(file.version, '5.2.0');
  if (folder === '') {
    if (!isRenamed) return [at('renamed', file, key, `no ${key}: ${version} keeps its log in ~/DledgerController`)];
    return [at('default', file, key, `no ${key}: the log is in ~/${file.text('controllerType')}Controller`)];
  }
  if (temporary.test(folder))
    return [at('temporary', file, key, `${key} = ${folder}, which a reboot or a cleaner empties`)];
  const store = file.facts.controllerStore;
  if (store !== undefined && !store.exists) return [at('missing', file, key, `${store.path} does not exist`)];
  return isRenamed && /DledgerController/.test(folder) ? [at('old-spelling', file, key, `${key} = ${folder}`)] : [];
}

export const controllerFolder: Rule = {
  id: 'D15',
  name: 'controller-folder',
  title: 'The log of a controller has a folder that stays',
  cases: {
    default: {
      severity: 'warning',
      finds: 'no controllerStorePath',
      consequence:
        'The only record of roles and epochs lies in the home folder of whoever starts the process; another user, or HOME, begins with none.',
      remedy: 'Set controllerStorePath to a folder that is kept.',
      requirement: 'CTL-CFG-05',
      proof: { tag: 'CTL-CFG-05', scenario: 'the only controller loses its data' },
    },
    renamed: {
      severity: 'warning',
      finds: 'no controllerStorePath before 5.2.0',
      consequence:
        'From 5.2.0 on the default is ~/DLedgerController, with two capitals: after the upgrade the controller begins empty.',
      remedy: 'Set controllerStorePath to the present folder before the upgrade.',
      requirement: 'CTL-CFG-05',
      proof: { tag: 'CTL-CFG-05', scenario: 'the only controller loses its data' },
    },
    temporary: {
      severity: 'error',
      finds: 'a controllerStorePath that a reboot or a cleaner empties',
      consequence: 'When all members have lost their data the controllers know no broker, and epochs begin anew.',
      remedy: 'Move it to a disk that stays.',
      requirement: 'CTL-CFG-05',
      proof: { tag: 'CTL-CFG-05', scenario: 'the only controller loses its data' },
    },
    missing: {
      severity: 'warning',
      finds: 'a controller folder that does not exist',
      consequence: 'The controller begins empty; it gets its data from the others only when they have some.',
      remedy: 'Check the path; a first start is the only one without it.',
      requirement: 'CTL-CFG-05',
      proof: { tag: 'CTL-CFG-05', scenario: 'the others lose their leader' },
    },
    'old-spelling': {
      severity: 'warning',
      finds: 'DledgerController in a path from 5.2.0 on',
      consequence:
        'Pages and scripts for 5.2.0 and newer mean DLedgerController: a clearing step misses this folder, and removing the line begins an empty one.',
      remedy: 'Stop the controller, rename the folder and the path together.',
      requirement: 'CTL-UPG-09',
      proof: { tag: 'CTL-CFG-05', scenario: 'the only controller loses its data' },
    },
  },
  check: ({ controllers }) => controllers.flatMap(judge),
};
