import { rm } from 'node:fs/promises';
import { assert } from '../../reference-impl/base/assert.ts';
import type { ControllerMetadata } from '../../reference-impl/client/controller-calls.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import type { LabProcess } from './processes.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, throughout, until } from './until.ts';

interface Answer {
  readonly member: string;
  readonly metadata: ControllerMetadata;
}

/** The controllers of a trial as one Raft group: who leads it, and what happens to its members. */
export class ControllerGroup {
  readonly #trial: Trial;
  #killed: PlannedServer[] = [];

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  get running(): PlannedServer[] {
    return this.#trial.controllers.filter(({ name }) => this.#process(name).state === 'running');
  }

  /** What every running member says of the group. */
  async metadata(): Promise<Answer[]> {
    const ask = async (server: PlannedServer) => ({
      member: server.name,
      metadata: await this.#trial.views.operator.controllerMetadata(addressOf(server)),
    });
    return await Promise.all(this.running.map(ask));
  }

  /** Every running member names the same group and the same leader, which runs, and lists every member as a peer. */
  async isOneGroup(): Promise<void> {
    const size = this.#trial.controllers.length;
    const alive = new Set(this.running.map(addressOf));
    const agrees = (answers: readonly Answer[]) => {
      const { group, controllerLeaderId, controllerLeaderAddress } = answers[0]!.metadata;
      return answers.every(
        ({ metadata }) =>
          controllerLeaderAddress !== null &&
          alive.has(controllerLeaderAddress) &&
          metadata.group === group &&
          metadata.controllerLeaderId === controllerLeaderId &&
          metadata.controllerLeaderAddress === controllerLeaderAddress &&
          metadata.peers.length === size &&
          metadata.peers.includes(`${controllerLeaderId}:${controllerLeaderAddress}`),
      );
    };
    const look = () => this.metadata();
    const answers = await until('every controller names one leader', look, agrees, this.#trial.within('switch'));
    const { group, controllerLeaderId, peers } = answers[0]!.metadata;
    const text = `${answers.length} of ${peers.length} members of ${group} name ${controllerLeaderId} their leader`;
    this.#trial.options.observe('controllers', answers.length, text);
  }

  /** No running member names a leader, for as long as the profile looks. */
  async hasNoLeader(): Promise<void> {
    // A follower notices the loss only after its election time-out.
    const look = () => this.metadata();
    const leaderless = (answers: readonly Answer[]) =>
      answers.every(({ metadata }) => metadata.controllerLeaderAddress === null);
    await until('the controllers have lost their leader', look, leaderless, this.#trial.within('switch'));
    await throughout('the controllers have no leader', look, leaderless, this.#trial.within('quiet'));
  }

  async leader(): Promise<PlannedServer> {
    const look = async () => (await this.metadata())[0]!.metadata.controllerLeaderAddress;
    const isAlive = (address: string | null) => this.running.some((server) => addressOf(server) === address);
    const address = await until('the controllers have a leader', look, isAlive, this.#trial.within('switch'));
    return this.running.find((server) => addressOf(server) === address)!;
  }

  /** Running members that do not lead, in order. */
  async followers(): Promise<PlannedServer[]> {
    const leader = await this.leader();
    return this.running.filter((server) => server !== leader);
  }

  async killLeader(): Promise<void> {
    await this.kill([await this.leader()]);
  }

  async killFollower(): Promise<void> {
    await this.kill((await this.followers()).slice(0, 1));
  }

  /** Leaves one member of the group: less than a majority. */
  async killMajority(): Promise<void> {
    await this.kill(this.running.slice(1));
  }

  async killAll(): Promise<void> {
    await this.kill(this.running);
  }

  async kill(servers: readonly PlannedServer[]): Promise<void> {
    await Promise.all(servers.map(({ name }) => this.#process(name).kill()));
    this.#killed.push(...servers);
    const names = servers.map(({ name }) => name).join(', ');
    this.#trial.options.observe('controllers killed', names, `killed: ${names}`);
  }

  /** What was killed is away for as long as the profile looks: longer than heartbeats may be overdue and scans take. */
  async staysWithoutThem(): Promise<void> {
    const look = () => this.#killed.filter(({ name }) => this.#process(name).state !== 'ended');
    const none = (back: readonly PlannedServer[]) => back.length === 0;
    await throughout('the killed controllers are away', look, none, this.#trial.within('quiet'));
  }

  /** Starts again what was killed and waits until it serves. */
  async startKilled(): Promise<void> {
    const { ready } = this.#trial.options.profile.deadlines;
    await Promise.all(
      this.#killed.map(async ({ name }) => {
        await this.#process(name).start();
        await this.#process(name).waitReady(ready);
      }),
    );
    this.#killed = [];
  }

  /** The last controller of the topology, held back until now, must end by itself when it starts. */
  async lastRefusesToStart(): Promise<void> {
    const { name } = this.#trial.controllers.at(-1)!;
    await this.#process(name).start();
    const lastLines = await this.#process(name).endsByItself(this.#trial.options.profile.deadlines.ready);
    this.#trial.options.observe('refuses to start', name, lastLines.split('\n').at(-1)!);
  }

  /** The last controller of the topology names no leader and is named by nobody, for as long as the profile looks. */
  async lastStaysAlone(): Promise<void> {
    const last = this.#trial.controllers.at(-1)!;
    const look = () => this.metadata();
    const alone = (answers: readonly Answer[]) =>
      answers.every(
        ({ member, metadata }) =>
          metadata.controllerLeaderAddress !== addressOf(last) &&
          (member === last.name) === (metadata.controllerLeaderAddress === null),
      );
    await throughout(`${last.name} stays alone`, look, alone, this.#trial.within('quiet'));
  }

  /** Holds back everything that controllers send to the brokers of the group: they hear no notification. */
  async cutOffBrokers(): Promise<void> {
    const { cluster, group, controllers } = this.#trial;
    const links = controllers.flatMap(({ name }) =>
      cluster.replicas(group).map((broker) => cluster.link(name, broker.name)),
    );
    await Promise.all(links.map((link) => link.freeze()));
    this.#trial.options.observe('cut', links.length, `${links.length} links from controllers to brokers were cut`);
  }

  /** Kills a follower, takes one of the others out of the peers in its configuration, and starts it. */
  async shortenPeersOfFollower(): Promise<void> {
    const { cluster, options } = this.#trial;
    const [follower, other] = await this.followers();
    const prepared = cluster.prepared(follower!.name);
    await prepared.process.kill();
    const peers = String(prepared.config.controllerDLegerPeers).split(';');
    const fewer = peers.filter((peer) => !peer.endsWith(`-${addressOf(other!)}`));
    assert(fewer.length === peers.length - 1, 'a controller names every other one in its peers');
    prepared.reconfigure({ config: { ...prepared.config, controllerDLegerPeers: fewer.join(';') } });
    await prepared.process.start();
    await prepared.process.waitReady(options.profile.deadlines.ready);
  }

  /** One member tells fewer peers than the others. */
  async tellDifferentPeers(): Promise<void> {
    const look = async () => (await this.metadata()).map(({ metadata }) => metadata.peers.length);
    const size = this.#trial.controllers.length;
    const differ = (counts: readonly number[]) =>
      counts.filter((count) => count === size - 1).length === 1 &&
      counts.filter((count) => count === size).length === size - 1;
    await until('one controller tells a peer less', look, differ, this.#trial.within('switch'));
  }

  /** Removes the log of every killed member. */
  async loseKilledData(): Promise<void> {
    for (const { name, process } of this.#killed) {
      const planned = this.#trial.cluster.plan.processes.find((candidate) => candidate.name === process);
      const folder = planned?.config.controllerStorePath;
      if (typeof folder !== 'string') throw new ConditionFailure(`${name} has no controllerStorePath.`);
      await rm(folder, { recursive: true });
    }
  }

  #process(name: string): LabProcess {
    return this.#trial.cluster.process(name);
  }
}
