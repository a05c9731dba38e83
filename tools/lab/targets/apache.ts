import { existsSync } from 'node:fs';
import path from 'node:path';
import { assert } from '../../../reference-impl/base/assert.ts';
import type { Release } from '../../../reference-impl/base/release.ts';
import { hostsText } from '../hosts-text.ts';
import { makeArchives } from './apache-archives.ts';
import { type ApacheInstallation, installApache } from './apache-installation.ts';
import { missingParts } from './apache-releases.ts';
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

/** 4.9.x looks into the JDK when it unmaps its files: without these a restart over existing files ends with code 253. */
const oldAddOpens = [
  ...['java.nio', 'sun.nio.ch', 'java.lang', 'java.util'].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
  '--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED',
];

/** 5.x looks there for its transient store pool alone. */
const newAddExports = ['--add-exports=java.base/sun.nio.ch=ALL-UNNAMED'];

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
      if (missing.length === 0) await makeArchives(target, installation);
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
          ...(release === 'old' ? oldAddOpens : newAddExports),
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
