import { existsSync } from 'node:fs';
import { type Release } from '../../reference-impl/base/release.ts';
import type { ReplicaIdentity, ReplicasInfo } from '../../reference-impl/client/controller-calls.ts';
import type { ReplicaLog, Violation } from '../check/ledger.ts';
import { noAcknowledgedLoss } from '../check/messages.ts';
import { acknowledgedInEverySyncReplica } from '../check/replicas.ts';
import { Cluster, type ClusterOptions } from './cluster.ts';
import { type GroupView, GroupViews } from './group-views.ts';
import { GroupWatch } from './group-watch.ts';
import { Inconclusive } from './inconclusive.ts';
import type { Link } from './link.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import { isOn } from './settings-file.ts';
import type { Topology } from './topology.ts';
import { keysInCommitLog } from './traffic/commit-log.ts';
import { drainBroker } from './traffic/drain.ts';
import { GroupTraffic, type Pace } from './traffic/group-traffic.ts';
import { ConditionFailure, throughout, until } from './until.ts';
import { assertNone } from './violations.ts';

/** Writes what was seen into the report. */
export type Observe = (what: string, value: boolean | number | string, text: string) => void;

export interface TrialOptions extends ClusterOptions {
  readonly topology: Topology;
  readonly observe: Observe;
}

/** The one topic of every trial. */
export const topic = 'SwitchlabTopic';
const topicQueues = 4;
/** Messages acknowledged under the defaults this long before the kill must have been replicated. */
const replicationLagMs = 2_000;

/** One broker group in a running cluster, with traffic through it: what a scenario does to it and looks at. */
export class Trial implements AsyncDisposable {
  readonly cluster: Cluster;
  readonly options: TrialOptions;
  /** Name of the broker group under test. */
  readonly group: string;
  readonly views: GroupViews;
  readonly #watch: GroupWatch;
  #traffic: GroupTraffic | null = null;
  #killed: { readonly server: PlannedServer; readonly atMs: number } | null = null;

  private constructor(cluster: Cluster, options: TrialOptions) {
    this.cluster = cluster;
    this.options = options;
    this.group = options.topology.brokers[0]!.group;
    this.views = new GroupViews(cluster, this.group);
    this.#watch = new GroupWatch(cluster, this.group);
  }

  /** Starts the cluster of a topology with one broker group. */
  static async start(options: TrialOptions): Promise<Trial> {
    return new Trial(await Cluster.start(options.topology, options), options);
  }

  /** Every NameServer lists the master and every other replica; under a controller, all are in the SyncStateSet. */
  async isOnline(): Promise<void> {
    const startedMs = Date.now();
    const replicas = this.cluster.replicas(this.group);
    const complete = ({ master, slaves }: GroupView) => master !== null && slaves.length === replicas.length - 1;
    try {
      const look = () => this.views.clusterInfo();
      await until('the group is online', look, (views) => views.every(complete), this.within('online'));
      if (this.#isElected) await this.#everyReplicaInSync(replicas.length);
    } catch (thrown) {
      if (thrown instanceof ConditionFailure) this.options.observe('online', false, thrown.message);
      throw thrown;
    }
    this.options.observe('online', true, `online with ${replicas.length} replicas after ${Date.now() - startedMs} ms`);
  }

  /** No NameServer ever lists a broker of the group, for as long as the profile looks. */
  async staysOffline(): Promise<void> {
    const nobody = (views: readonly GroupView[]) =>
      views.every(({ master, slaves }) => master === null && slaves.length === 0);
    try {
      await throughout('no broker comes online', () => this.views.clusterInfo(), nobody, this.within('quiet'));
    } catch (thrown) {
      if (thrown instanceof ConditionFailure) this.options.observe('online', true, thrown.message);
      throw thrown;
    }
    this.options.observe('online', false, 'no NameServer lists a broker of the group');
  }

  async startTraffic(producers?: readonly Release[], pace?: Pace): Promise<void> {
    const { observe: _, ...options } = this.options;
    const { seed, evidenceFolder, profile } = options;
    const [{ master }] = (await this.views.clusterInfo()) as [GroupView];
    if (master !== null) await this.#createTopic(master);
    const deadlineMs = profile.deadlines.switch;
    this.#traffic = await GroupTraffic.start({
      cluster: this.cluster,
      topic,
      seed,
      evidenceFolder,
      producers,
      deadlineMs,
      pace,
    });
  }

  /** Producers get acknowledgements, and what was acknowledged is delivered. Starts the traffic when there is none. */
  async trafficFlows(): Promise<void> {
    if (this.#traffic === null) await this.startTraffic();
    try {
      await this.traffic.flows();
    } catch (thrown) {
      this.options.observe('traffic', false, String(thrown));
      throw thrown;
    }
    this.options.observe('traffic', true, `produce and consume work: ${this.traffic.acknowledged} acknowledged so far`);
  }

  /** Traffic flows, and some of it is older than what the defaults may lose at a switch. */
  async trafficOutlivesTheTail(): Promise<void> {
    await this.trafficFlows();
    const ageMs = () => Date.now() - Math.min(...this.#acknowledgedMs());
    await until('some messages are older', ageMs, (age) => age > 2 * replicationLagMs, this.within('switch'));
  }

  #acknowledgedMs(): number[] {
    return this.traffic.ledger.attempts.flatMap(({ outcome, answeredMs }) => (outcome === 'SEND_OK' ? answeredMs : []));
  }

  /** No NameServer knows a route of the topic, and no send is acknowledged. */
  async findsNoRoute(): Promise<void> {
    const views = await this.views.route(topic);
    const routed = views.find(({ master, slaves }) => master !== null || slaves.length > 0);
    if (routed) throw new ConditionFailure(`${routed.namesrv} has a route of ${topic}: ${JSON.stringify(routed)}`);
    await this.startTraffic();
    const look = () => this.traffic.ledger.attempts.length;
    await until('a producer tried to send', look, (tried) => tried > 0, this.within('switch'));
    await this.traffic.stop();
    const { acknowledged } = this.traffic;
    this.options.observe(
      'traffic',
      acknowledged > 0,
      `${acknowledged} of ${look()} sends acknowledged without a route`,
    );
    if (acknowledged > 0) throw new ConditionFailure(`${acknowledged} sends were acknowledged without a route.`);
  }

  /** Freezes the links of every broker of the group to the NameServers or controllers, proved by a probe, and heals them. */
  async cutShortly(peer: 'namesrv' | 'controller'): Promise<void> {
    const links = this.#linksTo(peer);
    await Promise.all(links.map((link) => link.freeze()));
    await Promise.all(links.map((link) => link.heal()));
    this.options.observe('cut', links.length, `${links.length} links to the ${peer} were cut and healed`);
  }

  /** @param server the master that NameServers list, unless given */
  async killMaster(server?: PlannedServer): Promise<void> {
    server ??= await this.#listedMaster();
    await this.cluster.process(server.name).kill();
    this.#killed = { server, atMs: Date.now() };
    this.options.observe(
      'killed',
      server.name,
      `${server.name}, the master, killed after ${this.traffic.acknowledged} acknowledgements`,
    );
  }

  /** Another replica is master for every NameServer and takes writes. */
  async anotherReplicaTakesOver(): Promise<void> {
    const { server, atMs } = this.killed;
    const isOther = ({ master }: GroupView) => master !== null && master !== addressOf(server);
    try {
      const look = () => this.views.route(topic);
      await until('another replica is master', look, (views) => views.every(isOther), this.within('switch'));
      const routeMs = Date.now() - atMs;
      await this.traffic.acknowledges();
      const first = this.traffic.ledger.attempts.find((row) => row.sentMs > atMs && row.outcome === 'SEND_OK')!;
      const text = `route switched ${routeMs} ms after the kill, first send acknowledged after ${first.answeredMs - atMs} ms`;
      this.options.observe('switches', true, text);
    } catch (thrown) {
      this.options.observe('switches', false, String(thrown));
      throw thrown;
    }
  }

  /** No NameServer lists another master, and no send is acknowledged, for as long as the profile looks. */
  async noReplicaTakesOver(): Promise<void> {
    const { server, atMs } = this.killed;
    const look = async () => ({
      masters: (await this.views.clusterInfo()).map(({ master }) => master),
      acknowledged: this.traffic.ledger.attempts.find((row) => row.sentMs > atMs && row.outcome === 'SEND_OK') ?? null,
    });
    const nobody = ({ masters, acknowledged }: Awaited<ReturnType<typeof look>>) =>
      acknowledged === null && masters.every((master) => master === null || master === addressOf(server));
    try {
      await throughout('no replica takes over', look, nobody, this.within('quiet'));
    } catch (thrown) {
      if (thrown instanceof ConditionFailure) this.options.observe('switches', true, thrown.message);
      throw thrown;
    }
    this.options.observe('switches', false, 'no other master was listed, and no send acknowledged');
  }

  async restartKilled(): Promise<void> {
    const { server } = this.killed;
    const { profile } = this.options;
    const process = this.cluster.process(server.name);
    await process.start();
    await process.waitReady(profile.deadlines.ready);
    const isBack = ({ master }: GroupView) => master === addressOf(server);
    const look = () => this.views.route(topic);
    await until('the restarted master is in the route', look, (views) => views.every(isBack), this.within('online'));
  }

  /** Every acknowledged message was delivered and is readable from the master, once, in its place and in order. */
  async keepsEveryAcknowledgedMessage(): Promise<void> {
    await this.traffic.stopProducing();
    const undelivered = await this.traffic.delivers().catch((thrown: unknown) => thrown);
    const log = await this.#readableNow();
    this.options.observe('ledger', this.traffic.acknowledged, this.traffic.summary(log));
    // What is lost is not delivered either, and that it is lost is the worse news.
    const violations = this.traffic.violations(log);
    if (violations.length === 0) violations.push(...(await this.#missingInSync()));
    assertNone(violations, this.options.evidenceFolder);
    if (undelivered !== undefined) throw undelivered;
  }

  /** Counts what is lost; anything acknowledged earlier than just before the kill, or after it, must be readable. */
  async losesAtMostTheTail(): Promise<void> {
    const { atMs } = this.killed;
    const log = await this.#readableNow();
    const readable = new Set(log.map(({ key }) => key));
    const { attempts } = this.traffic.ledger;
    const lost = attempts.filter(({ outcome, key }) => outcome === 'SEND_OK' && !readable.has(key));
    this.options.observe(
      'lost',
      lost.length,
      `${lost.length} acknowledged messages lost as documented. ${this.traffic.summary(log)}`,
    );
    if (Math.min(...this.#acknowledgedMs()) > atMs - replicationLagMs)
      throw new Inconclusive('Nothing was acknowledged early enough before the kill that it had to be there.');
    const isTail = (answeredMs: number) => answeredMs > atMs - replicationLagMs && answeredMs <= atMs;
    const beyond = noAcknowledgedLoss(
      attempts.filter(({ answeredMs }) => !isTail(answeredMs)),
      log,
    );
    assertNone(beyond, this.options.evidenceFolder);
  }

  async startController(): Promise<void> {
    for (const server of this.controllers) {
      const process = this.cluster.process(server.name);
      await process.start();
      await process.waitReady(this.options.profile.deadlines.ready);
    }
  }

  async sameRoutesEverywhere(): Promise<void> {
    const same = (routes: readonly string[]) => routes.every((route) => route === routes[0]);
    await until('NameServers answer the same routes', () => this.views.routeTexts(topic), same, this.within('switch'));
  }

  async controllerKnowsNobody(): Promise<void> {
    const look = async () => {
      const info = await this.replicasInfo();
      return [...(info?.inSyncReplicas ?? []), ...(info?.notInSyncReplicas ?? [])];
    };
    const known = await until('a controller tells what it knows', look, () => true, this.within('switch'));
    if (known.length > 0)
      throw new ConditionFailure(`The controller knows brokers of the group: ${JSON.stringify(known)}`);
  }

  /** The first broker of the group is master, the others are slaves, as their files say. */
  async rolesAreConfigured(): Promise<void> {
    const [first, ...others] = this.cluster.replicas(this.group).map(addressOf);
    for (const { namesrv, master, slaves } of await this.views.clusterInfo()) {
      if (master === first && JSON.stringify(slaves) === JSON.stringify(others.sort())) continue;
      throw new ConditionFailure(`${namesrv} lists ${master} as master and ${slaves.join(', ')} as slaves.`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using left = new AsyncDisposableStack();
    left.use(this.cluster);
    left.use(this.#watch);
    left.use(this.views);
    left.use(this.#traffic);
  }

  get #isElected(): boolean {
    return this.options.topology.brokers[0]!.roles === 'elected';
  }

  get hasTraffic(): boolean {
    return this.#traffic !== null;
  }

  /** Throws when the scenario started none. */
  get traffic(): GroupTraffic {
    if (this.#traffic === null) throw new Error('The scenario has no traffic: start it before this step.');
    return this.#traffic;
  }

  /** The master that the scenario killed last. Throws when it killed none. */
  get killed() {
    if (this.#killed === null) throw new Error('The scenario killed no master before this step.');
    return this.#killed;
  }

  get controllers(): PlannedServer[] {
    return this.cluster.plan.servers.filter(({ role }) => role === 'controller');
  }

  /** Deadline of that name in the profile, for `until` and `throughout`. */
  within(deadline: 'online' | 'switch' | 'quiet') {
    return { deadlineMs: this.options.profile.deadlines[deadline] };
  }

  #linksTo(role: 'namesrv' | 'controller'): Link[] {
    const peers = this.cluster.plan.servers.filter((server) => server.role === role);
    const replicas = this.cluster.replicas(this.group);
    return replicas.flatMap((broker) => peers.map((peer) => this.cluster.link(broker.name, peer.name)));
  }

  async #createTopic(master: string): Promise<void> {
    await this.views.operator.createTopic(master, {
      topicName: topic,
      readQueueNums: topicQueues,
      writeQueueNums: topicQueues,
      perm: 6,
    });
    const look = () => this.views.route(topic);
    await until(
      'the topic has a route',
      look,
      (views) => views.every((view) => view.master === master),
      this.within('online'),
    );
  }

  /** What the controllers' leader says of the group; undefined when it knows none. */
  async replicasInfo(): Promise<ReplicasInfo | undefined> {
    const running = this.controllers.find(({ name }) => this.cluster.process(name).state === 'running');
    if (running === undefined) throw new Error('No controller runs that could be asked.');
    return (await this.views.operator.syncStateSet(addressOf(running), [this.group])).get(this.group);
  }

  async #listedMaster(): Promise<PlannedServer> {
    const [{ master }] = (await this.views.clusterInfo()) as [GroupView];
    const server = this.cluster.replicas(this.group).find((replica) => addressOf(replica) === master);
    if (!server) throw new ConditionFailure(`No replica of the group is the master: the NameServer lists ${master}.`);
    return server;
  }

  /** Under allAckInSyncStateSet every member of the SyncStateSet has on its disk what was acknowledged, dead or alive. */
  async #missingInSync(): Promise<Violation[]> {
    const { cluster, group } = this;
    const configOf = ({ process }: PlannedServer) =>
      cluster.plan.processes.find(({ name }) => name === process)!.config;
    const servers = cluster.replicas(group).filter((server) => isOn(configOf(server).allAckInSyncStateSet));
    if (!this.#isElected || servers.length === 0) return [];
    const logs = (await this.#membersInSync()).flatMap(({ brokerId, brokerAddress }): ReplicaLog[] => {
      const server = servers.find((one) => addressOf(one) === brokerAddress);
      const folder = server && String(configOf(server).storePathCommitLog);
      // One that moved is at an address of its own; a target may keep its log in another form.
      if (folder === undefined || !existsSync(folder)) return [];
      return [{ brokerName: group, brokerId, address: brokerAddress, keys: keysInCommitLog(folder, topic) }];
    });
    const ids = new Set(logs.map(({ brokerId }) => brokerId));
    return acknowledgedInEverySyncReplica(this.traffic.ledger.attempts, group, ids, logs);
  }

  /** What the controllers say; nobody, when they can have no leader, or tell of none. */
  async #membersInSync(): Promise<readonly ReplicaIdentity[]> {
    const running = this.controllers.filter(({ name }) => this.cluster.process(name).state === 'running').length;
    if (running * 2 <= this.controllers.length) return [];
    try {
      const look = () => this.replicasInfo();
      const info = await until('a controller tells the set', look, () => true, this.within('switch'));
      return info?.inSyncReplicas ?? [];
    } catch (thrown) {
      if (!(thrown instanceof ConditionFailure)) throw thrown;
      this.options.observe('in sync', false, `logs of members were not read: ${thrown.message}`);
      return [];
    }
  }

  async #everyReplicaInSync(replicas: number): Promise<void> {
    const look = async () =>
      (await this.replicasInfo())?.inSyncReplicas.map(({ brokerAddress }) => brokerAddress) ?? [];
    await until(
      'every replica is in the SyncStateSet',
      look,
      (members) => members.length === replicas,
      this.within('online'),
    );
  }

  /** Stops the traffic and reads everything that the master gives out, once all of it is visible. */
  async #readableNow() {
    await this.traffic.stop();
    const [{ master }] = (await this.views.route(topic)) as [GroupView];
    if (master === null) throw new ConditionFailure('The route names no master to read from.');
    const from = { topic, brokerName: this.group, address: master, consumer: 'verdict' };
    const operator = this.views.operator;
    const written = () => this.traffic.ledger.attempts.filter(({ outcome }) => outcome === 'SEND_OK').length;
    // Consumers see what is confirmed by every replica: the last messages may become visible a moment later.
    const look = async () => {
      const stats = await operator.topicStats(master, topic);
      return stats.reduce((sum, { minOffset, maxOffset }) => sum + maxOffset - minOffset, 0);
    };
    await until(
      'what was acknowledged is visible',
      look,
      (visible) => visible >= written(),
      this.within('switch'),
    ).catch((thrown: unknown) => {
      // Fewer messages than acknowledgements is for the ledger to judge, with the missing ones named.
      if (!(thrown instanceof ConditionFailure)) throw thrown;
    });
    return await drainBroker(operator, from);
  }
}
