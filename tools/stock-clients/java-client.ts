import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { hostsText } from '../lab/hosts-text.ts';
import { installApache } from '../lab/targets/apache-installation.ts';
import { builtOnce } from './built-once.ts';
import type { StockClient } from './stock-client.ts';

/** Releases whose client and tools are used. */
type ClientVersion = '4.9.7' | '5.3.3';

/** Programs that must be on the PATH: Maven fetches the jars. */
export const javaTools: readonly string[] = ['java', 'javac', 'mvn'];

/** What one Java process is started with. */
interface JavaRun {
  readonly mainClass: string;
  readonly args: readonly string[];
  /** Its working folder and home; takes its log files. Created when missing. */
  readonly folder: string;
  /** Text of a hosts file. The JVM asks it alone for names. */
  readonly hosts: string;
}

/** The client and tools jars of one release, with the programs of `java/` compiled against them. */
export interface JavaClient extends StockClient {
  /** What it printed by its end, or by the deadline. */
  output(run: JavaRun, deadlineMs: number): Promise<{ stdout: string; stderr: string }>;
}

/** They live for seconds: small heaps, the quick compiler. */
const javaOptions = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];
const compileMs = 180_000;
/** Of the programs; a stock client that says nothing asks every 30 s. */
const routePollMs = 1_000;
const sourceFolder = path.join(import.meta.dirname, 'java');
const programs = { producer: 'StockProducer', consumer: 'StockConsumer' } as const;

/** Fetches the jars and compiles the programs, both into the user's cache. Throws `SetupError`. */
export async function prepareJavaClient(version: ClientVersion): Promise<JavaClient> {
  const { lib, home } = await installApache(version, version === '4.9.7' ? 'old' : 'new');
  const jars = path.join(lib, '*');
  const classes = await builtOnce(version, sourceFolder, async (target) => {
    const sources = readdirSync(sourceFolder).map((name) => path.join(sourceFolder, name));
    await execa('javac', ['-proc:none', '--release', '11', '-d', target, '-cp', jars, ...sources], {
      timeout: compileMs,
    });
  });
  const env = { ROCKETMQ_HOME: home };

  async function commandLine({ mainClass, args, folder, hosts }: JavaRun): Promise<string[]> {
    const logback = path.join(folder, 'logback.xml');
    const hostsFile = path.join(folder, 'hosts');
    await mkdir(folder, { recursive: true });
    await writeFile(logback, logbackText(version));
    await writeFile(hostsFile, hosts);
    return [
      ...javaOptions,
      `-Duser.home=${folder}`,
      `-Djdk.net.hosts.file=${hostsFile}`,
      `-Drmq.logback.configurationFile=${logback}`,
      `-Dlogback.configurationFile=${logback}`,
      '-Drocketmq.client.logUseSlf4j=true',
      `-DroutePollMs=${routePollMs}`,
      '-cp',
      `${classes}:${jars}`,
      mainClass,
      ...args,
    ];
  }

  return {
    name: `java:${version}`,
    version,
    routePollMs,
    async command(program, args, folder) {
      const run = { mainClass: programs[program], args, folder, hosts: hostsText({}) };
      return { command: 'java', args: await commandLine(run), env };
    },
    async output(run, deadlineMs) {
      const args = await commandLine(run);
      return await execa('java', args, { cwd: run.folder, env, stdin: 'ignore', timeout: deadlineMs, reject: false });
    },
  };
}

/** Warnings to standard error: standard output is for the rows alone. 5.x carries a relocated logback. */
function logbackText(version: ClientVersion): string {
  const packages = version === '4.9.7' ? '' : 'org.apache.rocketmq.logging.';
  return `<configuration>
  <appender name="stderr" class="${packages}ch.qos.logback.core.ConsoleAppender">
    <target>System.err</target>
    <encoder><pattern>%d{HH:mm:ss.SSS} %level %logger{0} %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="stderr"/></root>
</configuration>
`;
}
