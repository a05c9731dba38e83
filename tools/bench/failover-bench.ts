import { availableParallelism } from 'node:os';
import { ControllerGroup } from '../lab/controller-group.ts';
import { temporaryFolder } from '../lab/folders.ts';
import { MasterLoss } from '../lab/master-loss.ts';
import { readProfile } from '../lab/profile.ts';
import type { Targets } from '../lab/targets.ts';
import { readTopology } from '../lab/topology.ts';
import type { Pace } from '../lab/traffic/group-traffic.ts';
import { Trial } from '../lab/trial.ts';
import { rowOfTimes, table } from './table.ts';

export interface FailoverBenchOptions {
  /** Prepared, each measured in turn. */
  readonly targets: readonly Targets[];
  readonly profile: string;
  readonly runs: number;
}

/** A group that loses its master, in one cluster again and again. */
interface Loss {
  readonly master: MasterLoss;
  readonly controllers: ControllerGroup;
}

const topology = readTopology('nameservers/three-controllers', 'brokers/controller-mode');
// Room for every send that a dead broker leaves unanswered: a stuck window would be measured instead of the failover.
const pace: Pace = { rate: 100, window: 4096, pollNameServerInterval: 100 };

const losses: Readonly<Record<string, (loss: Loss) => Promise<void>>> = {
  'master killed': ({ master }) => master.lose('is killed'),
  'master frozen': ({ master }) => master.lose('freezes'),
  'master and controller leader killed': async ({ master, controllers }) => {
    const leader = await controllers.leader();
    await Promise.all([controllers.kill([leader]), master.lose('is killed')]);
  },
};

/**
 * Takes the master away `runs` times for each kind of loss; prints the medians. The ledger of every cluster is judged at
 * its end: throws when an acknowledged message is lost, or no other replica takes over in the time of the profile.
 */
export async function benchFailover({ targets, profile, runs }: FailoverBenchOptions): Promise<void> {
  console.log(
    `From the loss of a master to the first send that another replica acknowledged, ${runs} times each, profile ${profile}.`,
  );
  console.log(
    `Pair with allAckInSyncStateSet, three controllers, one NameServer; ${availableParallelism()} cores. One producer, ` +
      `${pace.rate} sends/s, each tried once; it asks for routes every ${pace.pollNameServerInterval} ms.`,
  );
  const rows: string[][] = [];
  for (const target of targets) {
    for (const [what, lose] of Object.entries(losses)) {
      const times = await measure(target, profile, runs, lose);
      rows.push(rowOfTimes(`${target.new.version}: ${what}`, times));
      console.log(`measured: ${target.new.version}, ${what}: ${times.join(', ')} ms; nothing acknowledged was lost`);
    }
  }
  console.log(`\n${table(['failover', 'median ms', 'least', 'most'], rows)}`);
}

async function measure(
  targets: Targets,
  profile: string,
  runs: number,
  lose: (loss: Loss) => Promise<void>,
): Promise<number[]> {
  await using folder = await temporaryFolder();
  await using trial = await Trial.start({
    topology,
    targets,
    profile: readProfile(profile),
    seed: 1,
    toxiproxyUrl: null,
    evidenceFolder: folder.path,
    config: { broker: { allAckInSyncStateSet: true } },
    observe: () => undefined,
  });
  const controllers = new ControllerGroup(trial);
  const master = new MasterLoss(trial);
  await controllers.isOneGroup();
  await trial.isOnline();
  await trial.startTraffic(['new'], pace);
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    await trial.traffic.acknowledges();
    await lose({ master, controllers });
    times.push(await master.isReplaced());
    await controllers.startKilled();
    await controllers.isOneGroup();
    await master.returns();
  }
  await trial.keepsEveryAcknowledgedMessage();
  return times;
}
