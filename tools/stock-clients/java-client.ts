import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { ProcessExit } from '../lab/process-exit.ts';
import { processRegistry } from '../lab/process-registry.ts';
import { installApache } from '../lab/targets/apache-installation.ts';
import { compilePrograms } from './java-programs.ts';

/** Releases whose client and tools are used. */
export type ClientVersion = '4.9.7' | '5.3.3';

/** What one Java process of a stock client is started with. */
export interface JavaRun {
  readonly mainClass: string;
  readonly args: readonly string[];
  /** Its working folder and home; takes its log files. Created when missing. */
  readonly folder: string;
  /** Text of a hosts file. The JVM asks it alone for names. */
  readonly hosts: string;
}

/** A running one; disposal kills it. */
export interface JavaProgram extends AsyncDisposable {
  /** Resolves when it has ended and all its lines were read. */
  readonly ended: Promise<void>;
  /** Set when it ended otherwise than with exit code 0, or printed what `onLine` refused. */
  readonly failure: ProcessExit | null;
}

/** The client and tools jars of one release, with the programs of `java/` compiled against them. */
export interface JavaClient {
  readonly version: ClientVersion;
  /** @param onLine gets each line of standard output; the program is killed when it throws */
  start(run: JavaRun, onLine: (line: string) => void): Promise<JavaProgram>;
  /** What it printed by its end, or by the deadline. */
  output(run: JavaRun, deadlineMs: number): Promise<{ stdout: string; stderr: string }>;
}

/** They live for seconds: small heaps, the quick compiler. */
const javaOptions = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];
const lastLinesCount = 15;

/** Fetches the jars and compiles the programs, both into the user's cache. Throws `SetupError`. */
export async function prepareJavaClient(version: ClientVersion): Promise<JavaClient> {
  const { lib, home } = await installApache(version, version === '4.9.7' ? 'old' : 'new');
  const classPath = `${await compilePrograms(version, lib)}:${path.join(lib, '*')}`;
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
      '-cp',
      classPath,
      mainClass,
      ...args,
    ];
  }

  return {
    version,
    async start(run, onLine) {
      const registry = await processRegistry();
      const args = await commandLine(run);
      const errors = path.join(run.folder, 'stderr.log');
      const child = execa('java', args, {
        cwd: run.folder,
        env,
        stdio: ['ignore', 'pipe', { file: errors }],
        buffer: false,
        reject: false,
      });
      if (child.pid !== undefined) registry.add(child.pid);
      let failure: ProcessExit | null = null;
      const read = readLines(child.stdout, onLine).catch((thrown: unknown) => {
        failure = new ProcessExit(`${run.mainClass} ${version}: ${String(thrown)}`, { cause: thrown });
        child.kill('SIGKILL');
      });
      const watch = async () => {
        const [{ exitCode, signal }] = await Promise.all([child, read]);
        if (exitCode === 0) return;
        const how = signal ?? `exit code ${exitCode}`;
        failure ??= new ProcessExit(`${run.mainClass} ${version} ended with ${how}:\n${lastLines(errors)}`);
      };
      const ended = watch();
      return {
        ended,
        get failure() {
          return failure;
        },
        async [Symbol.asyncDispose]() {
          child.kill('SIGKILL');
          await ended;
        },
      };
    },
    async output(run, deadlineMs) {
      const args = await commandLine(run);
      return await execa('java', args, { cwd: run.folder, env, stdin: 'ignore', timeout: deadlineMs, reject: false });
    },
  };
}

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream })) onLine(line);
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

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lastLinesCount).join('\n');
}
