import { closeSync, fstatSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { endOfFile, textFrom } from './file-part.ts';
import { Inconclusive } from './inconclusive.ts';
import { ProcessExit } from './process-exit.ts';
import { groupEnd, signalGroup } from './process-group.ts';
import { processRegistry } from './process-registry.ts';
import type { Signals } from './targets/target.ts';
import type { Note } from './timeline.ts';
import { ConditionFailure, until } from './until.ts';

/** How to run one process. */
export interface ProcessSpec {
  /** Unique in its cluster: `broker-a-0`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of the runner. */
  readonly env: Readonly<Record<string, string>>;
  /** Absent: one process, which SIGTERM ends. Else it is the first of a process group, and has ended when all of that have. */
  readonly signals?: Signals | null;
  readonly workingFolder: string;
  /** Takes standard output and standard error of every start, one after the other. */
  readonly logFile: string;
  /** Whether it serves; may throw to say not yet. */
  readonly isReady: () => Promise<boolean>;
  readonly note: Note;
}

export interface LabProcess extends AsyncDisposable {
  readonly name: string;
  readonly logFile: string;
  readonly state: 'ready to start' | 'running' | 'paused' | 'ended';
  /** Of the current or last start. */
  readonly pid: number | undefined;
  /** Where in its log the output of the current or last start begins, in bytes. */
  readonly outputStart: number;
  /** The first exit that nobody asked for, over all starts. */
  readonly unexpectedExit: ProcessExit | null;
  /** Starts it, again after an end. Resolves when it has a pid. @param mayEnd its end by itself is no surprise */
  start(mayEnd?: boolean): Promise<void>;
  /** Resolves when it serves. Throws its unexpected exit, or `ConditionFailure` at the deadline. */
  waitReady(deadlineMs: number): Promise<void>;
  /** To be asked of a process that should refuse to run: its last lines when it ended. Throws at the deadline. */
  endsByItself(deadlineMs: number): Promise<string>;
  /** Ends it with SIGTERM, or the signal that is its own. Throws when it still runs at the deadline, and kills it then. */
  stop(deadlineMs: number): Promise<void>;
  /** Ends it with SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Stops it in its tracks (SIGSTOP): its sockets stay open and silent. */
  pause(): void;
  resume(): void;
  /** Its next start is that of another program. */
  become(spec: ProcessSpec): void;
}

const lastLinesCount = 15;
const lineLengthMax = 500;
const endBytes = 64 * 1024;
/** What a target may say before it serves, as far as it is read. */
const outputBytesMax = 16 * 1024 * 1024;
const startMark = '--- ';

/** A process of the lab that has not started yet. Whoever disposes of it kills it, and it starts no more. */
export function createProcess(first: ProcessSpec): LabProcess {
  let spec = first;
  let child: Child | undefined;
  let outputStart = 0;
  let ended: Promise<unknown> = Promise.resolve();
  let state: LabProcess['state'] = 'ready to start';
  let endIsWanted = false;
  let isDisposed = false;
  let unexpectedExit: ProcessExit | null = null;
  /** Of the current or last start. */
  let hasGroup = false;

  function note(what: string): void {
    spec.note({ process: spec.name, what });
  }

  function signal(name: NodeJS.Signals, whom: 'first' | 'all' = 'all'): void {
    if (child === undefined || state === 'ended')
      throw unexpectedExit ?? new Inconclusive(`${spec.name} does not run: no ${name} for it.`);
    note(name);
    if (!hasGroup || whom === 'first') child.kill(name);
    else signalGroup(child.pid!, name);
  }

  async function start(mayEnd = false): Promise<void> {
    if (state === 'running' || state === 'paused') throw new Inconclusive(`${spec.name} runs already.`);
    if (isDisposed) throw new Inconclusive(`${spec.name} was given up and starts no more.`);
    const registry = await processRegistry();
    hasGroup = Boolean(spec.signals);
    const begun = spawn(spec);
    const started = begun.child;
    outputStart = begun.outputStart;
    if (started.pid === undefined) throw new Inconclusive(`${spec.name}: ${(await started).shortMessage}`);
    registry.add(started.pid, hasGroup);
    child = started;
    endIsWanted = mayEnd;
    state = 'running';
    ended = watch(started);
    note('started');
  }

  async function watch(started: Child): Promise<void> {
    const { exitCode, signal } = await started;
    if (hasGroup) await groupEnd(started.pid!);
    state = 'ended';
    const how = signal === undefined ? `exit code ${exitCode}` : signal;
    note(`ended, ${how}`);
    if (endIsWanted) return;
    unexpectedExit ??= new ProcessExit(`${spec.name} ended by itself: ${how}.\n${lastLines(spec.logFile)}`);
  }

  async function waitReady(deadlineMs: number): Promise<void> {
    const look = async () => {
      if (state === 'ended') throw unexpectedExit ?? new Inconclusive(`${spec.name} was ended before it was ready.`);
      return await spec.isReady();
    };
    await until(`${spec.name} serves`, look, (ready) => ready, { deadlineMs, pollMs: 30 });
    note('serves');
  }

  /** Whether it ended within that time. */
  async function endsWithin(deadlineMs: number): Promise<boolean> {
    const timer = new AbortController();
    const late = delay(deadlineMs, false, { signal: timer.signal }).catch(() => false);
    const inTime = await Promise.race([ended.then(() => true), late]);
    timer.abort();
    return inTime;
  }

  async function endsByItself(deadlineMs: number): Promise<string> {
    endIsWanted = true;
    if (!(await endsWithin(deadlineMs))) throw new ConditionFailure(`${spec.name} still runs.`);
    return lastLines(spec.logFile);
  }

  async function stop(deadlineMs: number): Promise<void> {
    endIsWanted = true;
    if (state === 'paused') resume();
    const { stop, stopReaches } = spec.signals ?? { stop: 'SIGTERM', stopReaches: 'first' };
    signal(stop, stopReaches);
    if (await endsWithin(deadlineMs)) return;
    await kill();
    throw new ConditionFailure(`${spec.name} still ran ${deadlineMs / 1000} s after ${stop}, and was killed.`);
  }

  async function kill(): Promise<void> {
    endIsWanted = true;
    signal('SIGKILL');
    await ended;
  }

  function resume(): void {
    signal('SIGCONT');
    state = 'running';
  }

  return {
    name: first.name,
    logFile: first.logFile,
    get state() {
      return state;
    },
    get outputStart() {
      return outputStart;
    },
    get pid() {
      return child?.pid;
    },
    get unexpectedExit() {
      return unexpectedExit;
    },
    start,
    waitReady,
    endsByItself,
    stop,
    kill,
    pause() {
      signal('SIGSTOP');
      state = 'paused';
    },
    resume,
    become(next) {
      spec = next;
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      if (state === 'running' || state === 'paused') await kill();
    },
  };
}

type Child = ReturnType<typeof spawn>['child'];

function spawn({ command, args, env, signals, workingFolder, logFile }: ProcessSpec) {
  mkdirSync(path.dirname(logFile), { recursive: true });
  // The child writes to the file itself, not through a pipe of this process: its log survives the runner.
  // execa takes every descriptor; its types know the first ten.
  const log = openSync(logFile, 'a') as 3;
  try {
    writeSync(log, `${startMark}${command} ${args.join(' ')}\n`);
    const outputStart = fstatSync(log).size;
    const outputs = { stdin: 'ignore', stdout: log, stderr: log, buffer: false } as const;
    const detached = Boolean(signals);
    // A Java broker takes about 10 s to end; execa would kill it after 5.
    const ending = { detached, cleanup: !detached, forceKillAfterDelay: false } as const;
    const child = execa(command, args, { cwd: workingFolder, env, ...outputs, ...ending, reject: false });
    return { child, outputStart };
  } finally {
    closeSync(log);
  }
}

/** What a process has written since its last start. */
export function lastOutput({ logFile, outputStart }: Pick<LabProcess, 'logFile' | 'outputStart'>): string {
  return textFrom(logFile, outputStart, outputBytesMax);
}

/** The end of a log, for whoever has to say why its process is gone. */
export function lastLines(file: string): string {
  const lines = endOfFile(file, endBytes).trimEnd().split('\n');
  const clipped = (line: string) => (line.length > lineLengthMax ? `${line.slice(0, lineLengthMax)} …` : line);
  return lines.slice(-lastLinesCount).map(clipped).join('\n');
}
