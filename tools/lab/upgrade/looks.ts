import type { Condition } from './condition.ts';
import type { Load } from './load.ts';
import { carriesController, isRunning, processOf, type Site, type SiteMember } from './site.ts';
import { epochFiles, hasDledgerLog, logEndsOnDisk, namesInStore } from './stores.ts';

/** What a look at one condition is about. */
export interface Sight {
  readonly site: Site;
  readonly load: Load;
  /** Members and groups of the step. */
  readonly members: readonly SiteMember[];
  readonly groups: readonly string[];
  /** Whether the condition holds until now; kept between the looks of one wait. */
  readonly memory: Map<string, { readonly value: number; readonly sinceMs: number }>;
}

/** Whether it holds, and what was seen, for people. */
export interface Look {
  readonly holds: boolean;
  readonly seen: string;
}

/** Acknowledgements that show that a group takes writes. */
const proofAcknowledgements = 5;
/** Longer than clients of the lab keep a route, so that no late write follows. */
const quietMs = 700;
const writable = 2;

/** Looks once. A look that throws has seen nothing yet. */
export async function lookAt(condition: Condition, sight: Sight): Promise<Look> {
  return await looks[condition](sight);
}

const looks: Record<Condition, (sight: Sight) => Look | Promise<Look>> = {
  serves: async ({ members }) => {
    const silent = await Promise.all(
      members.map(async (member) => !isRunning(member) || !(await member.prepared.isReady())),
    );
    return all(members, (_, i) => !silent[i], 'does not answer');
  },
  stopped: ({ members }) => all(members, (member) => !isRunning(member), 'runs'),
  'does not serve': ({ members }) => all(members, (member) => processOf(member).state === 'ended', 'runs'),
  online: async ({ site, groups }) =>
    await listing(site, groups, (master, others, running) => {
      const addresses = new Set([master, ...others]);
      return master !== undefined && running.every(({ address }) => addresses.has(address));
    }),
  'not online': async ({ site, groups }) =>
    await listing(site, groups, (master, others) => master === undefined && others.length === 0),
  'another serves': ({ site, members }) => {
    const role = members[0]?.role;
    const others = site.members.filter(
      (member) => member.role === role && !members.includes(member) && isRunning(member),
    );
    return { holds: others.length > 0, seen: `${others.length} others run` };
  },
  'writes forbidden': async ({ site, load, groups }) => {
    const open = await site.askNamesrvs(async (operator) => {
      const routes = await Promise.all(load.topics.map((topic) => operator.topicRoute(topic)));
      return routes
        .flatMap(({ queueDatas }) => queueDatas)
        .filter(({ brokerName, perm }) => groups.includes(brokerName) && (perm & writable) !== 0);
    });
    return { holds: open.every((queues) => queues.length === 0), seen: `${open.flat().length} routes are writable` };
  },
  'not written': async ({ site, groups, memory }) => {
    const ends = await Promise.all(groups.map(async (group) => await logEnd(site, await servingMaster(site, group))));
    const total = ends.reduce((sum, end) => sum + end, 0);
    const last = memory.get('log end');
    if (last?.value !== total) memory.set('log end', { value: total, sinceMs: Date.now() });
    const stillMs = last?.value === total ? Date.now() - last.sinceMs : 0;
    return { holds: stillMs >= quietMs, seen: `log end ${total}, unchanged for ${stillMs} ms` };
  },
  acknowledged: ({ load, groups, memory }) => {
    const counts = groups.map((group) => {
      const count = acknowledgedIn(load, group);
      const first = memory.get(group) ?? { value: count, sinceMs: Date.now() };
      memory.set(group, first);
      return count - first.value;
    });
    return {
      holds: counts.every((count) => count >= proofAcknowledgements),
      seen: `new acknowledgements: ${counts.join(', ')}`,
    };
  },
  drained: async ({ site, load, groups }) => {
    const lags = await Promise.all(
      groups.flatMap((group) =>
        load.consumers.map(async ({ topic, consumerGroup }) => {
          const { address } = await servingMaster(site, group);
          const { queues } = await site.operator.consumeStats(address, consumerGroup, topic);
          const written = (await site.operator.topicStats(address, topic)).reduce(
            (sum, { maxOffset }) => sum + maxOffset,
            0,
          );
          return written - queues.reduce((sum, { consumerOffset }) => sum + consumerOffset, 0);
        }),
      ),
    );
    return { holds: lags.every((lag) => lag === 0), seen: `lag ${lags.join(', ')}` };
  },
  aligned: async (sight) => await alignment(sight, true),
  'not aligned': async (sight) => await alignment(sight, false),
  elected: async ({ site, members, groups }) => {
    const masters = await Promise.all(
      groups.map(async (group) => (await site.replicasInfo(group))?.masterAddress ?? null),
    );
    const addresses = members.map(({ address }) => address);
    return {
      holds: masters.every((master) => master !== null && addresses.includes(master)),
      seen: `masters: ${masters.join(', ')}`,
    };
  },
  'master elected': async ({ site, groups }) => {
    const masters = await Promise.all(
      groups.map(async (group) => (await site.replicasInfo(group))?.masterAddress || null),
    );
    return { holds: masters.every((master) => master !== null), seen: `masters: ${masters.join(', ')}` };
  },
  'in the SyncStateSet': async ({ site, members, groups }) => {
    const sets = await Promise.all(groups.map(async (group) => (await site.replicasInfo(group))?.inSyncReplicas ?? []));
    const inSync = sets
      .flat()
      .filter(({ alive }) => alive)
      .map(({ brokerAddress }) => brokerAddress);
    return {
      ...all(members, ({ address }) => inSync.includes(address), 'is not in the set'),
      seen: `in sync: ${inSync.join(', ')}`,
    };
  },
  led: async ({ site }) => {
    const leaders = await leadersOf(site);
    return {
      holds: leaders.length > 0 && new Set(leaders).size === 1 && leaders[0] !== null,
      seen: `leaders: ${leaders.join(', ')}`,
    };
  },
  'led by it': async ({ site, members }) => {
    const leaders = await leadersOf(site);
    const own = members.map(({ controllerAddress }) => controllerAddress);
    return {
      holds: leaders.length > 0 && leaders.every((leader) => own.includes(leader)),
      seen: `leaders: ${leaders.join(', ')}`,
    };
  },
  'group unknown': async ({ site, groups }) => {
    const infos = await Promise.all(groups.map((group) => site.replicasInfo(group)));
    const sets = infos.flatMap((info) => [info?.inSyncReplicas ?? [], info?.notInSyncReplicas ?? []]);
    const known = sets.flat();
    return { holds: known.length === 0, seen: `${known.length} brokers known` };
  },
  'topics known': ({ members, load }) => {
    const lacking = (member: SiteMember) => [
      ...load.topics.filter((topic) => !namesInStore(member, 'topics').includes(topic)),
      ...load.consumers
        .filter(({ consumerGroup }) => !namesInStore(member, 'subscriptionGroup').includes(consumerGroup))
        .map(({ consumerGroup }) => consumerGroup),
    ];
    return all(members, (member) => lacking(member).length === 0, 'lacks some');
  },
  'log empty': async ({ site, members }) => {
    const ends = await Promise.all(members.map((member) => logEnd(site, member)));
    return { holds: ends.every((end) => end === 0), seen: `log ends ${ends.join(', ')}` };
  },
  'data in DLedger form': ({ members }) => all(members, hasDledgerLog, 'has none'),
  'no DLedger data': ({ members }) => all(members, (member) => !hasDledgerLog(member), 'has some'),
  'no learner': ({ members }) =>
    all(members, ({ prepared: { config } }) => String(config.asyncLearner) !== 'true', 'is one'),
  'no epoch file': ({ members }) => all(members, (member) => epochFiles(member).length === 0, 'has one'),
};

/** Attempts of a group that were acknowledged so far. */
export function acknowledgedIn(load: Load, group: string): number {
  return load.attempts.reduce(
    (sum, { brokerName, outcome }) => sum + Number(brokerName === group && outcome === 'SEND_OK'),
    0,
  );
}

function all(
  members: readonly SiteMember[],
  holds: (member: SiteMember, i: number) => boolean,
  otherwise: string,
): Look {
  const not = members.filter((member, i) => !holds(member, i)).map(({ name }) => name);
  return { holds: not.length === 0, seen: not.length === 0 ? 'all of them' : `${not.join(', ')} ${otherwise}` };
}

/** Every NameServer that runs lists the groups like that. */
async function listing(
  site: Site,
  groups: readonly string[],
  accept: (master: string | undefined, others: readonly string[], running: readonly SiteMember[]) => boolean,
): Promise<Look> {
  const views = await site.askNamesrvs(async (operator, { name }) => {
    const { brokerAddrTable } = await operator.clusterInfo();
    return groups.map((group) => {
      const brokers = [...(brokerAddrTable.get(group)?.brokerAddrs ?? [])];
      const master = brokers.find(([id]) => id === 0)?.[1];
      const others = brokers.filter(([id]) => id !== 0).map(([, address]) => address);
      const text = `${name} lists ${group}: master ${master ?? 'none'}, others ${others.join(', ') || 'none'}`;
      return { holds: accept(master, others, site.replicas(group).filter(isRunning)), text };
    });
  });
  const flat = views.flat();
  return { holds: flat.every(({ holds }) => holds), seen: flat.map(({ text }) => text).join('; ') };
}

async function alignment({ site, groups }: Sight, wanted: boolean): Promise<Look> {
  const perGroup = await Promise.all(
    groups.map(async (group) => {
      const replicas = site.replicas(group).filter(({ joins }) => !joins);
      return await Promise.all(replicas.map(async (member) => [member.name, await logEnd(site, member)] as const));
    }),
  );
  const aligned = perGroup.every((ends) => new Set(ends.map(([, end]) => end)).size === 1);
  const seen = perGroup
    .flat()
    .map(([name, end]) => `${name} ends at ${end}`)
    .join(', ');
  return { holds: aligned === wanted, seen };
}

/** Where the commit log of a member ends: as it says while it runs, as its disk says otherwise. */
async function logEnd(site: Site, member: SiteMember): Promise<number> {
  if (!isRunning(member)) return logEndsOnDisk(member).maxOffset;
  return Number((await site.operator.brokerRuntimeInfo(member.address)).commitLogMaxOffset);
}

/** The master that NameServers list now. Throws while they list none. */
export async function servingMaster(site: Site, group: string): Promise<SiteMember> {
  const [address] = await site.askNamesrvs(async (operator) => {
    const broker = (await operator.clusterInfo()).brokerAddrTable.get(group);
    return [...(broker?.brokerAddrs ?? [])].find(([id]) => id === 0)?.[1];
  });
  const master = site.replicas(group).find((replica) => replica.address === address);
  if (master === undefined)
    throw new Error(`NameServers list no master of ${group} that is at this site: ${address ?? 'none'}.`);
  return master;
}

async function leadersOf(site: Site): Promise<(string | null)[]> {
  const controllers = site.members.filter(
    (member) => member.controllerAddress !== null && carriesController(member) && isRunning(member),
  );
  const ask = async ({ controllerAddress }: SiteMember) =>
    (await site.operator.controllerMetadata(controllerAddress!)).controllerLeaderAddress;
  return await Promise.all(controllers.map(ask));
}
