import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import type { Release } from '../../../reference-impl/base/release.ts';
import { Cluster } from '../cluster.ts';
import { temporaryFolder } from '../folders.ts';
import { withLock } from '../lock.ts';
import { readProfile } from '../profile.ts';
import type { Topology } from '../topology.ts';
import type { ApacheInstallation } from './apache-installation.ts';
import type { Target } from './target.ts';

const dumpDeadlineMs = 60_000;
/** Without archives, on a machine that may be busy. */
const firstBootMs = 240_000;

/** One process of each role that a release has. */
function everyRole(release: Release): Topology {
  const isNew = release === 'new';
  const roles = isNew ? 'elected' : 'fixed';
  return {
    namesrvs: [{ release, controller: isNew, guest: false, config: {} }],
    controllers: isNew ? [{ guest: false, config: {} }] : [],
    brokers: [{ group: 'broker-a', release, roles, replicas: 1, guests: [], config: {} }],
  };
}

/**
 * Makes the class-data archives of a release, from which its processes start in about half the time: starts each role once
 * and has the JVM write down what it loaded. Does nothing when they are there, or when this Java cannot make them (JDK 17
 * and later can).
 */
export async function makeArchives(target: Target, installation: ApacheInstallation): Promise<void> {
  const topology = everyRole(target.release);
  const names = ['namesrv-0', 'broker-a-0', ...(topology.controllers.length > 0 ? ['controller-1'] : [])];
  await withLock(`${installation.lib}.archives-lock`, async () => {
    if (existsSync(installation.archiveOf('broker')) || !(await canDump())) return;
    await using folder = await temporaryFolder();
    const recording = { ...target, launch: record(target) };
    const profile = readProfile('tuned');
    await using cluster = await Cluster.start(topology, {
      targets: {
        new: recording,
        old: recording,
        guest: null,
        of: () => recording,
        all: [recording],
        defaultProfile: '',
        versions: {},
        prepare: async () => undefined,
      },
      profile: { ...profile, deadlines: { ...profile.deadlines, ready: firstBootMs } },
      seed: 0,
      toxiproxyUrl: null,
      evidenceFolder: path.join(folder.path, 'evidence'),
    });
    for (const name of names) {
      await dump(cluster.process(name).pid!, installation.archiveOf(cluster.server(name).role));
    }
  });
}

function record(target: Target): Target['launch'] {
  return (spec) => {
    const launch = target.launch(spec);
    return { ...launch, args: ['-XX:+RecordDynamicDumpInfo', ...launch.args] };
  };
}

/** A tool that has not answered by then is as good as none. */
const probeMs = 60_000;

async function canDump(): Promise<boolean> {
  const java = await execa('java', ['-XX:+RecordDynamicDumpInfo', '-version'], { reject: false, timeout: probeMs });
  const jcmd = await execa('jcmd', ['-h'], { reject: false, timeout: probeMs });
  return !java.failed && !jcmd.failed;
}

/** Complete or absent, so that no process starts from half an archive. */
async function dump(pid: number, archive: string): Promise<void> {
  const scratch = `${archive}.new`;
  await rm(scratch, { force: true });
  await execa('jcmd', [String(pid), 'VM.cds', 'dynamic_dump', scratch], { timeout: dumpDeadlineMs });
  await rename(scratch, archive);
}
