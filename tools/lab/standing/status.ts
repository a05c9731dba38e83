import { addressBook } from '../../../reference-impl/base/address.ts';
import { silentLog } from '../../../reference-impl/base/log.ts';
import { createOperator, type Operator } from '../../../reference-impl/client/operator.ts';
import { probe } from '../probe.ts';
import { questions } from '../prepared-process.ts';
import type { Role } from '../targets/target.ts';
import { isLiving } from './life.ts';
import type { StandingCluster, StandingProcess, StandingServer } from './state.ts';

/** One server of a standing cluster as it is now. */
export interface ServerStatus {
  readonly name: string;
  readonly role: Role;
  readonly address: string;
  readonly process: string;
  readonly pid: number;
  readonly alive: boolean;
  /** It answers. */
  readonly ready: boolean;
}

/** A broker group as NameServers and controllers know it now; brokers by name. */
export interface GroupStatus {
  readonly group: string;
  readonly brokers: readonly string[];
  readonly master: string | null;
  readonly slaves: readonly string[];
  /** Null: no controller knows the group. */
  readonly syncStateSet: readonly string[] | null;
  /** Null: no controller knows the group. */
  readonly masterEpoch: number | null;
  /** Controllers elect its master. */
  readonly elected: boolean;
}

const answerMs = 1_000;

/** Of every server, in the order of the topology. */
export async function serversOf({ processes }: StandingCluster): Promise<ServerStatus[]> {
  const looks = processes.flatMap((process) => process.servers.map(async (server) => await look(process, server)));
  return await Promise.all(looks);
}

async function look(process: StandingProcess, { name, role, address }: StandingServer): Promise<ServerStatus> {
  const alive = isLiving(process);
  const question = process.probe === 'answer' ? questions[role] : null;
  const seen = alive ? await probe({ address, question, waitMs: answerMs }) : null;
  const ready = seen?.outcome === (process.probe === 'answer' ? 'answered' : 'silent');
  return { name, role, address, process: process.name, pid: process.pid, alive, ready };
}

/** Of every broker group. What cannot be asked now is null or empty. */
export async function groupsOf(cluster: StandingCluster): Promise<GroupStatus[]> {
  const servers = cluster.processes.filter(isLiving).flatMap((process) => process.servers);
  const all = cluster.processes.flatMap((process) => process.servers);
  const of = (role: Role) => servers.filter((server) => server.role === role).map(({ address }) => address);
  await using operator = createOperator({
    namesrvAddrs: of('namesrv'),
    release: 'new',
    log: silentLog,
    addressBook: addressBook({}),
  });
  const groups = Map.groupBy(
    all.filter(({ group }) => group !== null),
    ({ group }) => group!.name,
  );
  const looks = [...groups].map(async ([group, members]) => await lookAt(group, members, of('controller'), operator));
  return await Promise.all(looks);
}

async function lookAt(
  group: string,
  members: readonly StandingServer[],
  controllers: readonly string[],
  operator: Operator,
): Promise<GroupStatus> {
  const nameOf = (wanted: string) => members.find(({ address }) => address === wanted)?.name ?? wanted;
  const [listed, record] = await Promise.all([
    orNull(async () => (await operator.clusterInfo()).brokerAddrTable.get(group)),
    orNull(async () =>
      (await firstAnswer(controllers, (controller) => operator.syncStateSet(controller, [group])))?.get(group),
    ),
  ]);
  const addresses = [...(listed?.brokerAddrs ?? [])];
  const named = (isMaster: boolean) =>
    addresses.filter(([id]) => (id === 0) === isMaster).map(([, address]) => nameOf(address));
  const known = record !== null && record.masterAddress !== null;
  return {
    group,
    elected: members[0]!.group!.elected,
    brokers: members.map(({ name }) => name),
    master: named(true)[0] ?? null,
    slaves: named(false).sort(),
    syncStateSet: known ? record.inSyncReplicas.map(({ brokerAddress }) => nameOf(brokerAddress)).sort() : null,
    masterEpoch: known ? record.masterEpoch : null,
  };
}

/** Every broker is listed, and under a controller in the SyncStateSet. */
export function isComplete({ brokers, master, slaves, syncStateSet, elected }: GroupStatus): boolean {
  const isListed = master !== null && slaves.length + 1 === brokers.length;
  return isListed && (!elected || syncStateSet?.length === brokers.length);
}

async function firstAnswer<A, T>(asked: readonly A[], ask: (one: A) => Promise<T>): Promise<T | null> {
  for (const one of asked) {
    const answer = await orNull(() => ask(one));
    if (answer !== null) return answer;
  }
  return null;
}

/** Of a cluster in any state, down included, not to get an answer is one. */
async function orNull<T>(ask: () => Promise<T | undefined>): Promise<T | null> {
  try {
    return (await ask()) ?? null;
  } catch {
    return null; // refused, silent or gone: the caller shows it as unknown
  }
}
