import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import type { Release } from '../../../reference-impl/base/release.ts';
import { SetupError } from '../setup-error.ts';

const oldest = 11;

/** 4.9.x looks into the JDK when it unmaps its files: without these a restart over existing files ends with code 253. */
const oldAddOpens = [
  ...['java.nio', 'sun.nio.ch', 'java.lang', 'java.util'].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
  '--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED',
];

/** 5.x looks there for its transient store pool alone. */
const newAddExports = ['--add-exports=java.base/sun.nio.ch=ALL-UNNAMED'];

/** What a release needs to see of the JDK. */
export function openedModules(release: Release): readonly string[] {
  return release === 'old' ? oldAddOpens : newAddExports;
}

/** A Java that has not told its version by then hangs. */
const versionMs = 60_000;

/** Version of a Java, `17.0.15`; of the one on the PATH unless given. Throws `SetupError` when there is none, or it is too old. */
export async function javaVersion(java = 'java'): Promise<string> {
  const { stderr } = await execa(java, ['-version'], { timeout: versionMs }).catch((thrown: unknown) => {
    throw new SetupError(`Apache targets need Java ${oldest} or later: put \`java\` on the PATH.`, { cause: thrown });
  });
  const version = /version "([^"]+)"/.exec(stderr)?.[1] ?? 'unknown';
  // Java 8 is 1.8.0_392.
  if (Number.parseInt(version, 10) < oldest)
    throw new SetupError(`Apache targets need Java ${oldest} or later, and \`${java}\` is ${version}.`);
  return version;
}

/** Throws `SetupError` when there is no Java on the PATH that Apache targets can use. */
export async function requireJava(): Promise<void> {
  await javaVersion();
}

/**
 * The Java that the scripts of a distribution shall use: that of `JAVA_HOME`, else the one on the PATH. Throws `SetupError`
 * when there is none, it is too old, or has a blank in its path, which the scripts do not take.
 */
export async function javaHome(): Promise<string> {
  const home = process.env.JAVA_HOME || path.dirname(path.dirname(await javaOnPath()));
  const java = path.join(home, 'bin', 'java');
  if (!existsSync(java)) throw new SetupError(`JAVA_HOME is ${home}, and ${java} is not there.`);
  await javaVersion(java);
  if (/\s/.test(home))
    throw new SetupError(`Java is in "${home}", and the scripts of RocketMQ take no blank in that: set JAVA_HOME.`);
  return home;
}

async function javaOnPath(): Promise<string> {
  await requireJava();
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const found = folders.map((folder) => path.join(folder, 'java')).find((file) => existsSync(file))!;
  return realpathSync(found);
}
