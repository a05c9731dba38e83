import path from 'node:path';
import { type Release, versionName } from '../../../reference-impl/base/release.ts';
import { referencePrograms } from './reference-programs.ts';
import { everything, readyWhenItAnswers, type Role, type Target } from './target.ts';

let programs: Readonly<Record<Role, string>> | undefined;
const programsOfRoles = () => (programs ??= referencePrograms());

/** The reference implementation of this repository in one personality, on the Node that runs the lab. */
export function referenceTarget(release: Release): Target {
  return {
    name: `reference:${release}`,
    release,
    version: `reference, as ${versionName[release]}`,
    apacheVersion: null,
    support: everything,
    dialling: 'address-book',
    defaultProfile: 'compressed',
    async prepare() {
      programsOfRoles();
    },
    launch({ role, folder, configFile, dials, labDefect }) {
      const book = path.join(folder, 'address-book.json');
      const defect = labDefect === null ? [] : ['--lab-defect', labDefect];
      return {
        command: process.execPath,
        args: [
          '--disable-warning=ExperimentalWarning',
          programsOfRoles()[role],
          '-c',
          configFile,
          '--release',
          release,
          '--address-book',
          book,
          ...defect,
        ],
        env: { ROCKETMQ_HOME: folder, HOME: folder },
        files: { [book]: JSON.stringify(dials, null, 1) },
        logFolder: null,
        signals: null,
        ready: readyWhenItAnswers,
      };
    },
  };
}
