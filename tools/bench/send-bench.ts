import { availableParallelism } from 'node:os';
import path from 'node:path';
import { temporaryFolder } from '../lab/folders.ts';
import { addressOf } from '../lab/plan-servers.ts';
import { reservePort } from '../lab/ports.ts';
import { probe } from '../lab/probe.ts';
import { createProcess } from '../lab/processes.ts';
import { readProfile } from '../lab/profile.ts';
import type { Targets } from '../lab/targets.ts';
import { unnoted } from '../lab/timeline.ts';
import { readTopology } from '../lab/topology.ts';
import { type MeasuredApart, measureSendsApart, type SendOrder } from '../lab/traffic/sends-apart.ts';
import { Trial } from '../lab/trial.ts';
import { until } from '../lab/until.ts';
import { table } from './table.ts';

/** What receives the messages: where it is found, and its processes. */
interface Receiver {
  readonly namesrvAddrs: readonly string[];
  /** The one that acknowledges comes first. */
  readonly pids: Readonly<Record<string, number>>;
}

interface Row {
  readonly receiver: string;
  readonly header: SendOrder['header'];
  readonly bodyBytes: number;
  readonly measured: MeasuredApart;
}

const topic = 'BenchTopic';
const inFlight = 256;
const warmUpMs = 3_000;
const measureMs = 5_000;
const headers = ['ROCKETMQ', 'JSON'] as const;
const bodySizes = [128, 1024] as const;
const readyDeadlineMs = 20_000;

/** Measures every combination and prints the table. Throws when a send was not acknowledged. */
export async function benchSend(targets: Targets): Promise<void> {
  console.log(
    `${inFlight} sends in flight on one connection for ${measureMs / 1000} s after ${warmUpMs / 1000} s of warm-up, ASYNC_FLUSH, 4 queues.`,
  );
  console.log(
    `${availableParallelism()} cores; producer, master, slave, NameServer and controller are a process each, bound to no core.`,
  );
  const rows = [
    ...(await naiveRows()),
    ...(await clusterRows('one broker, mode off', targets, 'nameservers/new-without-controller', 'brokers/single')),
    ...(await clusterRows(
      'pair, all in sync acknowledge',
      targets,
      'nameservers/new-and-controller',
      'brokers/controller-mode',
    )),
  ];
  console.log(`\n${render(rows)}`);
}

async function naiveRows(): Promise<Row[]> {
  await using folder = await temporaryFolder();
  const port = await reservePort();
  const address = `127.0.0.1:${port}`;
  await using server = createProcess({
    name: 'naive',
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', path.join(import.meta.dirname, 'naive-server.ts'), String(port)],
    env: {},
    workingFolder: folder.path,
    logFile: path.join(folder.path, 'naive.log'),
    isReady: async () => (await probe({ address, question: null, waitMs: 10 })).outcome === 'silent',
    note: unnoted,
  });
  await server.start();
  await server.waitReady(readyDeadlineMs);
  return await measure('naive server', { namesrvAddrs: [address], pids: { naive: server.pid! } });
}

async function clusterRows(receiver: string, targets: Targets, ...topology: string[]): Promise<Row[]> {
  await using folder = await temporaryFolder();
  await using trial = await Trial.start({
    topology: readTopology(...topology),
    targets,
    profile: readProfile(targets.defaultProfile),
    seed: 1,
    toxiproxyUrl: null,
    evidenceFolder: folder.path,
    config: { broker: { allAckInSyncStateSet: true, flushDiskType: 'ASYNC_FLUSH' } },
    observe: () => undefined,
  });
  await trial.isOnline();
  const { cluster, group, views } = trial;
  // The first broker of a group starts alone and becomes its master.
  const master = addressOf(cluster.replicas(group)[0]!);
  await views.operator.createTopic(master, { topicName: topic, readQueueNums: 4, writeQueueNums: 4, perm: 6 });
  const isRouted = (routes: Awaited<ReturnType<typeof views.route>>) =>
    routes.every((route) => route.master === master);
  await until('the topic has a route', () => views.route(topic), isRouted, trial.within('online'));
  const pids = cluster.replicas(group).map(({ name }) => [name, cluster.process(name).pid!] as const);
  return await measure(receiver, { namesrvAddrs: cluster.addresses('namesrv'), pids: Object.fromEntries(pids) });
}

async function measure(receiver: string, { namesrvAddrs, pids }: Receiver): Promise<Row[]> {
  const rows: Row[] = [];
  for (const header of headers) {
    for (const bodyBytes of bodySizes) {
      const load = { topic, bodyBytes, inFlight, warmUpMs, measureMs, header };
      const measured = await measureSendsApart({ ...load, namesrvAddrs, pids });
      const { SEND_OK: acknowledged = 0, ...others } = measured.outcomes;
      if (acknowledged === 0 || Object.keys(others).length > 0)
        throw new Error(`${receiver}: not every send was acknowledged: ${JSON.stringify(measured.outcomes)}`);
      rows.push({ receiver, header, bodyBytes, measured });
      console.log(`measured: ${receiver}, ${header}, ${bodyBytes} B`);
    }
  }
  return rows;
}

function render(rows: readonly Row[]): string {
  const floor = ({ header, bodyBytes }: Row) =>
    rows.find((row) => row.header === header && row.bodyBytes === bodyBytes)!.measured;
  const heading = ['receiver', 'header', 'body B', 'messages/s', 'p50 ms', 'p99 ms'];
  const cpu = ['broker CPU µs', 'slave CPU µs', 'producer CPU µs', 'messages/s : naive', 'CPU : naive'];
  const text = rows.map((row) => {
    const { receiver, header, bodyBytes, measured } = row;
    const { acknowledgedPerSecond, p50Ms, p99Ms } = measured;
    const [broker, slave] = cpuPerMessage(measured);
    const naive = floor(row);
    return [
      receiver,
      header === 'JSON' ? 'JSON' : 'binary',
      String(bodyBytes),
      acknowledgedPerSecond.toFixed(0),
      p50Ms.toFixed(2),
      p99Ms.toFixed(2),
      broker!.toFixed(1),
      slave?.toFixed(1) ?? '-',
      ((measured.ownCpuSeconds * 1e6) / measured.outcomes.SEND_OK!).toFixed(1),
      (acknowledgedPerSecond / naive.acknowledgedPerSecond).toFixed(2),
      (broker! / cpuPerMessage(naive)[0]!).toFixed(2),
    ];
  });
  return table([...heading, ...cpu], text);
}

/** Microseconds of each process, the acknowledging one first. */
function cpuPerMessage({ cpuSeconds, outcomes }: MeasuredApart): number[] {
  return Object.values(cpuSeconds).map((seconds) => (seconds * 1e6) / outcomes.SEND_OK!);
}
