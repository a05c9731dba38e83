import { availableParallelism } from 'node:os';
import { Cluster, type ClusterOptions } from '../lab/cluster.ts';
import { temporaryFolder } from '../lab/folders.ts';
import { readProfile } from '../lab/profile.ts';
import type { Targets } from '../lab/targets.ts';
import { readTopology } from '../lab/topology.ts';
import { Trial } from '../lab/trial.ts';
import { rowOfTimes, table } from './table.ts';

const runs = 5;
const pair = readTopology('nameservers/new-and-controller', 'brokers/controller-mode');
const processes = { 'namesrv-0': 'NameServer', 'controller-0': 'controller', 'broker-a-0': 'broker, first of a pair' };

/** Boots every process, and a pair, again and again; prints the medians. */
export async function benchBoot(targets: Targets): Promise<void> {
  console.log(
    `Median of ${runs} after one warm-up; ${availableParallelism()} cores; ready: it answers a request, asked every 30 ms.`,
  );
  const times: Record<string, number[]> = {};
  const note = (what: string, ms: number) => (times[what] ??= []).push(ms);
  for (let run = 0; run <= runs; run++) {
    const counted = run === 0 ? () => undefined : note;
    await bootEach(targets, counted);
    await bootPair(targets, counted);
  }
  console.log(
    `\n${table(
      ['boot', 'median ms', 'least', 'most'],
      Object.entries(times).map(([what, ms]) => rowOfTimes(what, ms)),
    )}`,
  );
}

/** One after the other, each with the machine to itself. */
async function bootEach(targets: Targets, note: (what: string, ms: number) => void): Promise<void> {
  await using folder = await temporaryFolder();
  const heldBack = [...Object.keys(processes), 'broker-a-1'];
  await using cluster = await Cluster.start(pair, { ...optionsIn(folder.path, targets), heldBack });
  for (const [name, title] of Object.entries(processes)) {
    const process = cluster.process(name);
    const startMs = performance.now();
    await process.start();
    await process.waitReady(readProfile(targets.defaultProfile).deadlines.ready);
    note(title, performance.now() - startMs);
  }
}

async function bootPair(targets: Targets, note: (what: string, ms: number) => void): Promise<void> {
  await using folder = await temporaryFolder();
  const startMs = performance.now();
  const options = { ...optionsIn(folder.path, targets), topology: pair, observe: () => undefined };
  await using trial = await Trial.start(options);
  await trial.isOnline();
  note('from nothing to a pair in the SyncStateSet', performance.now() - startMs);
}

function optionsIn(folder: string, targets: Targets): ClusterOptions {
  const profile = readProfile(targets.defaultProfile);
  return { targets, profile, seed: 1, toxiproxyUrl: null, evidenceFolder: folder };
}
