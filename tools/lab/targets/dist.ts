import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Release } from '../../../reference-impl/base/release.ts';
import { hostsText } from '../hosts-text.ts';
import { SetupError } from '../setup-error.ts';
import { javaHome, openedModules } from './java.ts';
import { everything, readyWhenItAnswers, type Role, type Target } from './target.ts';

const script: Record<Role, string> = { namesrv: 'mqnamesrv', controller: 'mqcontroller', broker: 'mqbroker' };
const versionedJar = /^rocketmq-broker-(\d+\.\d+\.\d+)(.*)\.jar$/;

/** The scripts ask for 4 and 8 GiB and touch them at the start. Theirs come first, so these win. */
const smallHeap = ['-Xms64m', '-Xmx256m', '-Xmn64m', '-XX:-AlwaysPreTouch', '-XX:MaxDirectMemorySize=512m'];
/** Building a TLS context costs each 5.x process a second or more of its start. */
const withoutTls = '-Dtls.server.mode=disabled';
/** Options of the scripts that a younger Java has no more. */
const tolerant = '-XX:+IgnoreUnrecognizedVMOptions';
const projectRoot = path.resolve(import.meta.dirname, '../../..');

/**
 * An unpacked distribution of RocketMQ, started by the scripts in its `bin`, with its logging configuration and its
 * libraries. Heap and host names go in by `JAVA_OPT_EXT`, which the scripts of 4.9 and later take; what that variable holds
 * already comes last. Throws `SetupError` when the folder is none.
 */
export function distTarget(folder: string): Target {
  const { number, version } = versionOf(folder);
  const release: Release = Number(number.split('.')[0]) >= 5 ? 'new' : 'old';
  const roles = Object.entries(script).filter(([, name]) => existsSync(path.join(folder, 'bin', name)));
  const has = new Set(roles.map(([role]) => role));
  const support = {
    abilities: new Set([...everything.abilities].filter((ability) => !(ability in script) || has.has(ability))),
    lacks: {},
  };
  let java: string | null = null;
  return {
    name: `dist:${folder}`,
    release,
    version: `RocketMQ ${version} in ${folder}`,
    apacheVersion: number,
    support,
    dialling: 'hosts',
    defaultProfile: 'tuned',
    async prepare() {
      const blank = [projectRoot, tmpdir()].find((place) => /\s/.test(place));
      if (blank !== undefined)
        throw new SetupError(`"${blank}" has a blank, which the scripts of RocketMQ do not take: move it (TMPDIR).`);
      java = await javaHome();
    },
    launch({ role, folder: home, configFile, hosts }) {
      const hostsFile = path.join(home, 'hosts');
      const jvm = [...smallHeap, tolerant, ...openedModules(release)];
      const options = [...jvm, withoutTls, `-Duser.home=${home}`, `-Djdk.net.hosts.file=${hostsFile}`];
      return {
        command: 'sh',
        args: [path.join(folder, 'bin', script[role]), '-c', configFile],
        env: {
          ROCKETMQ_HOME: folder,
          JAVA_OPT_EXT: [...options, process.env.JAVA_OPT_EXT ?? ''].join(' ').trim(),
          ...(java === null ? {} : { JAVA_HOME: java }),
        },
        files: { [hostsFile]: hostsText(hosts) },
        logFolder: 'logs',
        // Two shells wait for the JVM, and pass no signal on.
        signals: { stop: 'SIGTERM', stopReaches: 'all' },
        ready: readyWhenItAnswers,
      };
    },
  };
}

/** Read from the name of the broker's library: `5.3.3`, and with what a fork puts behind it. */
function versionOf(folder: string): { readonly number: string; readonly version: string } {
  const lib = path.join(folder, 'lib');
  if (!existsSync(path.join(folder, 'bin', script.broker)) || !existsSync(lib))
    throw new SetupError(
      `${folder} is no RocketMQ distribution: it has no bin/mqbroker or no lib. Name the folder itself.`,
    );
  if (/\s/.test(folder))
    throw new SetupError(`"${folder}" has a blank, which the scripts of RocketMQ do not take: move it.`);
  for (const file of readdirSync(lib)) {
    const [, number, rest] = versionedJar.exec(file) ?? [];
    if (number !== undefined) return { number, version: `${number}${rest}` };
  }
  throw new SetupError(`${lib} has no rocketmq-broker-<version>.jar, which tells the release.`);
}
