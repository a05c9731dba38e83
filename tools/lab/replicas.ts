import { setTimeout as delay } from 'node:timers/promises';
import { brokerConfig } from '../../reference-impl/config/broker.ts';
import type { HaStatus } from '../../reference-impl/client/broker-calls.ts';
import type { ReplicasInfo } from '../../reference-impl/client/controller-calls.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import type { GroupView } from './group-views.ts';
import type { Trial } from './trial.ts';
import { until } from './until.ts';

/** A fault that a scenario put on one replica. */
export interface ReplicaFault {
  readonly server: PlannedServer;
  readonly atMs: number;
}

/** Intervals and limits of brokers that a scenario measures against, ms. */
export type BrokerInterval =
  | 'haMaxTimeSlaveNotCatchup'
  | 'checkSyncStateSetPeriod'
  | 'brokerHeartbeatInterval'
  | 'controllerHeartBeatTimeoutMills'
  | 'syncControllerMetadataPeriod';

/** A heartbeat that leaves late. */
const heartbeatSlackMs = 100;

/** The replicas of a trial's group: who is master, who follows, and faults on single ones. */
export class Replicas {
  readonly #trial: Trial;
  #fault: ReplicaFault | null = null;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  get all(): readonly PlannedServer[] {
    return this.#trial.cluster.replicas(this.#trial.group);
  }

  get running(): readonly PlannedServer[] {
    return this.all.filter(({ name }) => this.#trial.cluster.process(name).state === 'running');
  }

  /** The replica that last got a fault. Throws when none did. */
  get fault(): ReplicaFault {
    if (this.#fault === null) throw new Error('No replica of the scenario has a fault before this step.');
    return this.#fault;
  }

  /** When the last fault came, 0 without any: what the ledger is judged from. */
  get sinceMs(): number {
    return this.#fault?.atMs ?? 0;
  }

  /** Replicas that were held back at the start of the cluster. */
  get absent(): readonly PlannedServer[] {
    return this.all.filter(({ name }) => this.#trial.cluster.process(name).state === 'ready to start');
  }

  /** What the brokers of this scenario were configured with; the documented default where they were not. */
  intervalMs(key: BrokerInterval): number {
    const { config } = this.#trial.cluster.plan.processes.find(({ role }) => role === 'broker')!;
    return Number(config[key] ?? brokerConfig('new', {})[key]);
  }

  /** Silence after which a controller counts a broker as dead; its last heartbeat may have come before its fault, ms. */
  get silenceMs(): readonly [least: number, most: number] {
    const limitMs = this.intervalMs('controllerHeartBeatTimeoutMills');
    return [limitMs - this.intervalMs('brokerHeartbeatInterval') - heartbeatSlackMs, limitMs];
  }

  /** The master that the NameServers list. Throws while they list none of the group. */
  async master(): Promise<PlannedServer> {
    const [{ master }] = (await this.#trial.views.clusterInfo()) as [GroupView];
    const server = this.all.find((replica) => addressOf(replica) === master);
    if (server === undefined) throw new Error(`No replica of the group is the master: it is ${master}.`);
    return server;
  }

  /** Running replicas other than the master, in the order of their names. */
  async slaves(): Promise<PlannedServer[]> {
    const master = await this.master();
    return this.running.filter((replica) => replica !== master);
  }

  /** What the controller's leader says of the group. Throws while it knows none. */
  async info(): Promise<ReplicasInfo> {
    const info = await this.#trial.replicasInfo();
    if (info === undefined) throw new Error('The controller does not know the group.');
    return info;
  }

  /** Names of the members of the SyncStateSet, sorted. */
  async inSync(): Promise<string[]> {
    const { inSyncReplicas } = await this.info();
    return this.#names(inSyncReplicas.map(({ brokerAddress }) => brokerAddress));
  }

  /** Names of the replicas that the controller counts as alive, sorted. */
  async alive(): Promise<string[]> {
    const { inSyncReplicas, notInSyncReplicas } = await this.info();
    const alive = [...inSyncReplicas, ...notInSyncReplicas].filter((replica) => replica.alive);
    return this.#names(alive.map(({ brokerAddress }) => brokerAddress));
  }

  /** The controllers' leader, perhaps a new one, counts every replica as alive. */
  async areAlive(): Promise<void> {
    const all = (names: readonly string[]) => names.length === this.all.length;
    await until('every replica is alive', () => this.alive(), all, this.#trial.within('switch'));
  }

  /** Exactly these are in the SyncStateSet, the master among them, and every NameServer lists them as master and slaves. */
  async areInSync(members: readonly PlannedServer[]): Promise<void> {
    const names = members.map(({ name }) => name).sort();
    const same = (seen: readonly string[]) => JSON.stringify(seen) === JSON.stringify(names);
    await until(`${names.join(', ')} are in sync`, () => this.inSync(), same, this.#trial.within('online'));
    await this.areListed(members);
  }

  /** Every NameServer lists these, one as master and the others as slaves. */
  async areListed(members: readonly PlannedServer[]): Promise<void> {
    const listed = ({ master, slaves }: GroupView) => {
      const seen = new Set([master, ...slaves]);
      return master !== null && members.every((member) => seen.has(addressOf(member)));
    };
    const look = () => this.#trial.views.clusterInfo();
    await until('NameServers list them', look, (views) => views.every(listed), this.#trial.within('online'));
  }

  /** Stops the process of a replica in its tracks: its connections stay open and silent. */
  freeze(server: PlannedServer): void {
    this.#trial.cluster.process(server.name).pause();
    this.#faulted('frozen', server);
  }

  /** No set and no master can change until controllers start again. */
  async killControllers(): Promise<void> {
    await Promise.all(this.#trial.controllers.map(({ name }) => this.#trial.cluster.process(name).kill()));
  }

  /** Every slave has a replication connection, as a new master tells. */
  async areConnected(): Promise<void> {
    const look = async () => this.#trial.views.operator.haStatus(addressOf(await this.master()));
    const slaves = (await this.slaves()).length;
    const all = ({ haConnectionInfo }: HaStatus) => haConnectionInfo.length === slaves;
    await until('slaves are connected', look, all, this.#trial.within('online'));
  }

  /** Without controller mode a new slave copies topics once a minute: it serves the traffic's topic from now on. */
  async tellSlavesTheTopic(): Promise<void> {
    const { operator } = this.#trial.views;
    const config = { topicName: this.#trial.traffic.topic, readQueueNums: 4, writeQueueNums: 4, perm: 6 };
    await Promise.all((await this.slaves()).map((slave) => operator.createTopic(addressOf(slave), config)));
  }

  /** Slaves copy topics every few seconds: every replica has that of the traffic when it resolves. */
  async knowTheTopic(): Promise<void> {
    const ask = ({ ports: [{ announced }] }: PlannedServer) =>
      this.#trial.views.operator.topicStats(announced, this.#trial.traffic.topic);
    const look = () => Promise.all(this.running.map(ask));
    await until('every replica knows the topic', look, () => true, this.#trial.within('online'));
  }

  /** Lets the replica with the fault go on: thaws it, or starts it again after a kill. */
  async mend(server: PlannedServer = this.fault.server): Promise<void> {
    const process = this.#trial.cluster.process(server.name);
    if (process.state === 'paused') return process.resume();
    await process.start();
    await process.waitReady(this.#trial.options.profile.deadlines.ready);
  }

  async kill(server: PlannedServer): Promise<void> {
    await this.#trial.cluster.process(server.name).kill();
    this.#faulted('killed', server);
  }

  /** Freezes the first slave, and lets it go on after that time. */
  async interrupt(durationMs: number): Promise<void> {
    const [slave] = await this.slaves();
    this.freeze(slave!);
    // The length is the fault itself, not a wait for its effect.
    await delay(durationMs);
    await this.mend();
  }

  async killAll(): Promise<void> {
    await Promise.all(this.running.map((server) => this.kill(server)));
  }

  /** Kills the first `count` slaves together. */
  async killSlaves(count: number): Promise<void> {
    const slaves = await this.slaves();
    await Promise.all(slaves.slice(0, count).map((slave) => this.kill(slave)));
  }

  /** Starts the replicas that were held back. */
  async startAbsent(): Promise<void> {
    await Promise.all(this.absent.map((server) => this.mend(server)));
  }

  /** Starts or thaws whatever does not run. */
  async mendAll(): Promise<void> {
    await Promise.all(this.all.filter((server) => !this.running.includes(server)).map((server) => this.mend(server)));
  }

  #faulted(what: 'frozen' | 'killed', server: PlannedServer): void {
    this.#fault = { server, atMs: Date.now() };
    this.#trial.options.observe(what, server.name, `${server.name} ${what}`);
  }

  #names(addresses: readonly string[]): string[] {
    return this.all
      .filter((replica) => addresses.includes(addressOf(replica)))
      .map(({ name }) => name)
      .sort();
  }
}
