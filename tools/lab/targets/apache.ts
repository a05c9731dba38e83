import { existsSync } from 'node:fs';
import path from 'node:path';
import { assert } from '../../../reference-impl/base/assert.ts';
import { errorText } from '../../../reference-impl/base/errors.ts';
import type { Release } from '../../../reference-impl/base/release.ts';
import { hostsText } from '../hosts-text.ts';
import { makeArchives } from './apache-archives.ts';
import { type ApacheInstallation, installApache } from './apache-installation.ts';
import { missingParts } from './apache-releases.ts';
import { openedModules } from './java.ts';
import { abilities, readyWhenItAnswers, type Role, type Target } from './target.ts';

const mainClass: Record<Role, string> = {
  namesrv: 'org.apache.rocketmq.namesrv.NamesrvStartup',
  controller: 'org.apache.rocketmq.controller.ControllerStartup',
  broker: 'org.apache.rocketmq.broker.BrokerStartup',
};

/** Small heaps and the quick compiler: a lab process lives for seconds, and many share a laptop. */
const javaOptions = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

/** Building a TLS context costs each 5.x process a second or more of its start. */
const withoutTls = '-Dtls.server.mode=disabled';

/** A release of Apache RocketMQ, from Maven Central by its coordinates. */
export function apacheTarget(version: string): Target {
  const release: Release = Number(version.split('.')[0]) >= 5 ? 'new' : 'old';
  const missing = missingParts(version);
  let installation: ApacheInstallation | undefined;
  const target: Target = {
    name: `apache:${version}`,
    release,
    version: `Apache RocketMQ ${version}`,
    apacheVersion: version,
    support: { abilities: new Set(abilities.filter((ability) => !missing.includes(ability))), lacks: {} },
    dialling: 'hosts',
    defaultProfile: 'tuned',
    async prepare() {
      if (installation !== undefined) return;
      installation = await installApache(version, release);
      if (missing.length === 0) await makeArchives(target, installation).catch(goWithout);
    },
    launch({ role, folder, configFile, hosts }) {
      assert(installation !== undefined, `${version} was not prepared`);
      const { lib, home, logging } = installation;
      const hostsFile = path.join(folder, 'hosts');
      const archive = installation.archiveOf(role);
      return {
        command: 'java',
        args: [
          ...javaOptions,
          ...(existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []),
          ...openedModules(release),
          withoutTls,
          `-Duser.home=${folder}`,
          `-Djdk.net.hosts.file=${hostsFile}`,
          ...logging,
          '-cp',
          path.join(lib, '*'),
          mainClass[role],
          '-c',
          configFile,
        ],
        env: { ROCKETMQ_HOME: home },
        files: { [hostsFile]: hostsText(hosts) },
        logFolder: null,
        signals: null,
        ready: readyWhenItAnswers,
      };
    },
  };
  return target;
}

/** Archives only make the start quicker. */
function goWithout(thrown: unknown): void {
  console.error(`No class-data archives, so every start takes twice as long: ${errorText(thrown)}`);
}
