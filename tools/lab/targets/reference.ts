import path from 'node:path';
import { type Release, versionName } from '../../../reference-impl/base/release.ts';
import { everything, readyWhenItAnswers, type Role, type Target } from './target.ts';

const bin = path.resolve(import.meta.dirname, '../../../reference-impl/bin');
const program: Record<Role, string> = { namesrv: 'mqnamesrv.ts', controller: 'mqcontroller.ts', broker: 'mqbroker.ts' };

/** The reference implementation of this repository in one personality, started by path on the Node that runs the lab. */
export function referenceTarget(release: Release): Target {
  return {
    name: `reference:${release}`,
    release,
    version: `reference, as ${versionName[release]}`,
    apacheVersion: null,
    support: everything,
    dialling: 'address-book',
    defaultProfile: 'compressed',
    prepare: async () => undefined,
    launch({ role, folder, configFile, dials, labDefect }) {
      const book = path.join(folder, 'address-book.json');
      const defect = labDefect === null ? [] : ['--lab-defect', labDefect];
      return {
        command: process.execPath,
        args: [
          '--disable-warning=ExperimentalWarning',
          path.join(bin, program[role]),
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
