import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { ProcessExit } from '../lab/process-exit.ts';
import { lastLines } from '../lab/processes.ts';
import { processRegistry } from '../lab/process-registry.ts';

/** How one program of a stock client is run. */
export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of the runner. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ProgramRun extends CommandLine {
  /** As failures name it. */
  readonly title: string;
  /** Its working folder, created when missing. */
  readonly folder: string;
  /** Takes its standard error. */
  readonly logFile: string;
}

/** A running one; disposal kills it. */
export interface ClientProgram extends AsyncDisposable {
  /** Resolves when it has ended and all its lines were read. */
  readonly ended: Promise<void>;
  /** Set when it ended otherwise than with exit code 0, or printed what `onLine` refused. */
  readonly failure: ProcessExit | null;
}

/** @param onLine gets each line of standard output; the program is killed when it throws */
export async function startProgram(run: ProgramRun, onLine: (line: string) => void): Promise<ClientProgram> {
  const { title, command, args, env, folder, logFile } = run;
  const registry = await processRegistry();
  await mkdir(folder, { recursive: true });
  const child = execa(command, args, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', { file: logFile }],
    buffer: false,
    reject: false,
  });
  if (child.pid !== undefined) registry.add(child.pid);
  let failure: ProcessExit | null = null;
  const read = readLines(child.stdout, onLine).catch((thrown: unknown) => {
    failure = new ProcessExit(`${title}: ${String(thrown)}`, { cause: thrown });
    child.kill('SIGKILL');
  });
  const watch = async () => {
    const [{ exitCode, signal }] = await Promise.all([child, read]);
    if (exitCode === 0) return;
    const how = signal ?? `exit code ${exitCode}`;
    failure ??= new ProcessExit(`${title} ended with ${how}:\n${lastLines(logFile)}`);
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
}

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream })) onLine(line);
}
