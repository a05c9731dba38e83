import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ExecaError, execa } from 'execa';
import type { Release } from '../../../reference-impl/base/release.ts';
import { cacheFolder } from '../folders.ts';
import { withLock } from '../lock.ts';
import { SetupError } from '../setup-error.ts';
import { compareVersions } from '../version-range.ts';
import { missingParts } from './apache-releases.ts';
import { javaVersion } from './java.ts';
import type { Role } from './target.ts';

/** One release in the user's cache folder. */
export interface ApacheInstallation {
  /** Folder of every jar of the release and of what it depends on. */
  readonly lib: string;
  /** `ROCKETMQ_HOME`. */
  readonly home: string;
  /** JVM options that send the log of every process to its standard output. */
  readonly logging: readonly string[];
  /** Class-data archive of a role; the file need not exist. */
  archiveOf(role: Role): string;
}

const artifacts: Record<Release, readonly string[]> = {
  old: ['namesrv', 'broker', 'tools', 'client'],
  new: ['namesrv', 'broker', 'controller', 'tools', 'client'],
};
const fetchDeadlineMs = 600_000;
/** From here on a release brings logback under a name of its own. */
const relocatedSince = '5.1.0';

function partsOf(version: string, release: Release): readonly string[] {
  const missing = missingParts(version);
  const parts = artifacts[release].filter((part) => !missing.includes(part));
  if (parts.length === 0) throw new SetupError(`Maven Central has no part of Apache RocketMQ ${version}.`);
  return parts;
}

/** Finds or fetches a release. Throws `SetupError` when Java, Maven or the release is missing. */
export async function installApache(version: string, release: Release): Promise<ApacheInstallation> {
  const java = await javaVersion();
  const folder = await cacheFolder('apache', version);
  const lib = path.join(folder, 'lib');
  const home = path.join(folder, 'home');
  const logback = path.join(home, 'conf', 'logback.xml');
  await withLock(path.join(folder, 'lock'), async () => {
    if (!existsSync(lib)) await fetchJars(version, release, folder, lib);
    await writeLogback(path.dirname(logback), version);
  });
  return {
    lib,
    home,
    // A relocated logback reads a property of its own; releases before it also read their files below ROCKETMQ_HOME.
    logging: [`-Drmq.logback.configurationFile=${logback}`, `-Dlogback.configurationFile=${logback}`],
    archiveOf: (role) => path.join(folder, `${role}-java-${java}.jsa`),
  };
}

async function fetchJars(version: string, release: Release, folder: string, lib: string): Promise<void> {
  const pom = path.join(folder, 'pom.xml');
  const scratch = `${lib}-${process.pid}`;
  await writeFile(pom, pomText(version, partsOf(version, release)));
  try {
    await execa(
      'mvn',
      ['--batch-mode', '--quiet', '--file', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${scratch}`],
      { timeout: fetchDeadlineMs },
    );
  } catch (thrown) {
    await rm(scratch, { recursive: true, force: true });
    if (!(thrown instanceof ExecaError)) throw thrown;
    throw new SetupError(
      thrown.code === 'ENOENT'
        ? 'Apache targets need Maven, which fetches their jars: put `mvn` on the PATH.'
        : `Maven could not fetch Apache RocketMQ ${version}:\n${String(thrown.stdout).slice(-1000)}`,
      { cause: thrown },
    );
  }
  // Complete or absent: a run that was killed while Maven copied leaves no half of a release.
  await rename(scratch, lib);
}

function pomText(version: string, names: readonly string[]): string {
  const dependency = (name: string) =>
    `<dependency><groupId>org.apache.rocketmq</groupId><artifactId>rocketmq-${name}</artifactId><version>${version}</version></dependency>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>switchlab</groupId><artifactId>apache-rocketmq</artifactId>
<version>${version}</version><packaging>pom</packaging>
<dependencies>
${names.map(dependency).join('\n')}
</dependencies>
</project>
`;
}

async function writeLogback(folder: string, version: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const packages = compareVersions(version, relocatedSince) < 0 ? '' : 'org.apache.rocketmq.logging.';
  const text = `<configuration>
  <appender name="stdout" class="${packages}ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d{HH:mm:ss.SSS} %level %logger{0} %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="stdout"/></root>
</configuration>
`;
  for (const name of ['logback.xml', 'logback_namesrv.xml', 'logback_broker.xml', 'logback_controller.xml']) {
    await writeFile(path.join(folder, name), text);
  }
}
