import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { startWaves } from '../cluster.ts';
import { planCluster, type PlannedProcess } from '../plan.ts';
import { addressOf } from '../plan-servers.ts';
import { wellKnownPorts } from '../ports.ts';
import { PreparedProcess } from '../prepared-process.ts';
import { lastLines } from '../processes.ts';
import { ProcessExit } from '../process-exit.ts';
import { startOf } from '../process-registry.ts';
import type { Profile } from '../profile.ts';
import { signalGroup } from '../process-group.ts';
import { SetupError } from '../setup-error.ts';
import type { Targets } from '../targets.ts';
import { readTopology } from '../topology.ts';
import { until } from '../until.ts';
import { endAll, isLiving } from './life.ts';
import {
  claimStandingFolder,
  removeStandingFolder,
  type StandingCluster,
  type StandingProcess,
  type StandingServer,
  writeStanding,
} from './state.ts';
import { groupsOf, isComplete } from './status.ts';

export interface UpOptions {
  /** Files below `configs/topologies`, each with a part of the cluster or all of it. */
  readonly topology: readonly string[];
  /** As a user wrote it. */
  readonly target: string;
  /** Prepared. */
  readonly targets: Targets;
  readonly profile: Profile;
  readonly interrupted: AbortSignal;
  readonly say: (line: string) => void;
}

const noLinks = 'a standing cluster has no proxies on its links.';

/**
 * Starts a cluster that goes on when this process has ended. Resolves when every process serves and every group is complete.
 * Interrupted or failed, it ends what it started and removes what it made. Throws `SetupError` while another one stands,
 * `ProcessExit`, `ConditionFailure`.
 */
export async function standUp(options: UpOptions): Promise<StandingCluster> {
  const { topology, target, targets, profile, interrupted } = options;
  const parts = readTopology(...topology);
  const folder = claimStandingFolder();
  let cluster: StandingCluster = {
    topology,
    target,
    profile: profile.name,
    since: new Date().toISOString(),
    stopMs: profile.deadlines.stop,
    processes: [],
  };
  const record = (started: StandingProcess) => {
    cluster = { ...cluster, processes: [...cluster.processes, started] };
    writeStanding(cluster);
  };
  try {
    writeStanding(cluster);
    const plan = await planCluster({
      topology: parts,
      targets,
      profile,
      config: {},
      configOf: {},
      folder,
      ports: wellKnownPorts(),
      noToxiproxy: noLinks,
      mayEnter: false,
    });
    for (const wave of startWaves(plan.processes)) await startWave(wave, folder, options, record);
    const look = () => groupsOf(cluster);
    const { online } = profile.deadlines;
    const whole = until('every group is complete', look, (groups) => groups.every(isComplete), { deadlineMs: online });
    await orInterrupted(whole, interrupted);
    return cluster;
  } catch (thrown) {
    await endAll(cluster.processes, profile.deadlines.stop);
    removeStandingFolder();
    throw thrown;
  }
}

async function startWave(
  wave: readonly PlannedProcess[],
  folder: string,
  { profile, interrupted, say }: UpOptions,
  record: (started: StandingProcess) => void,
): Promise<void> {
  const started = wave.map((planned) => {
    interrupted.throwIfAborted();
    const prepared = prepare(planned, folder, profile);
    const process = launch(prepared, planned);
    record(process);
    return { prepared, process };
  });
  const serving = started.map(async ({ prepared, process }) => {
    const look = async () => {
      if (isLiving(process)) return await prepared.isReady();
      throw new ProcessExit(`${process.name} ended by itself.\n${lastLines(process.logFile)}`);
    };
    await until(`${process.name} serves`, look, (ready) => ready, { deadlineMs: profile.deadlines.ready });
    say(`${process.name} serves`);
  });
  await orInterrupted(Promise.all(serving), interrupted);
}

function prepare(planned: PlannedProcess, folder: string, { environment }: Profile): PreparedProcess {
  return new PreparedProcess({
    ...planned,
    serves: planned.servers.map(({ role, ports: [{ listens }] }) => ({ role, listens })),
    evidenceFolder: path.join(folder, 'logs'),
    environment,
    labDefect: null,
    note: () => undefined,
  });
}

/** In a session of its own, writing to its own log: nothing ties it to this process. */
function launch(prepared: PreparedProcess, planned: PlannedProcess): StandingProcess {
  const { name, command, args, env, workingFolder, logFile, signals = null } = prepared.spec;
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const stdio = ['ignore', log, log] as const;
  const child = spawn(command, args, {
    cwd: workingFolder,
    env: {
      ...process.env,
      ...env,
    },
    detached: true,
    stdio: [...stdio],
  });
  closeSync(log);
  // That it could not be started is told by what is missing below.
  child.on('error', () => undefined);
  child.unref();
  const start = child.pid === undefined ? null : startOf(child.pid);
  if (child.pid === undefined || start === null) {
    // Nobody would know of what it left.
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    throw new SetupError(`${name}: ${command} cannot be started, or its start time not be read from /proc.`);
  }
  const servers = planned.servers.map((server): StandingServer => {
    const group = server.member && {
      name: server.member.group.group,
      elected: server.member.group.roles === 'elected',
    };
    return { name: server.name, role: server.role, address: addressOf(server), group };
  });
  const { configFile } = prepared;
  return { name, pid: child.pid, start, signals, logFile, configFile, probe: prepared.readiness.probe, servers };
}

async function orInterrupted<T>(work: Promise<T>, interrupted: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(new Error(`interrupted by ${String(interrupted.reason)}`));
  if (interrupted.aborted) stop();
  interrupted.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    interrupted.removeEventListener('abort', stop);
    // What lost the race has no other reader.
    work.catch(() => undefined);
    promise.catch(() => undefined);
  }
}
