import { DLedgerCode } from '../../reference-impl/remoting/codes.ts';
import { Answers } from './answers.ts';
import { ask } from './ask.ts';
import { addressOf, dledgerAddressOf, type PlannedServer } from './plan-servers.ts';
import { Replicas } from './replicas.ts';
import { drainBroker } from './traffic/drain.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, throughout, until } from './until.ts';

/** A trial's group whose commit log is a DLedger log. */
export class DLedgerGroup {
  readonly #trial: Trial;
  readonly #replicas: Replicas;
  readonly #answers: Answers;
  #handedOver: readonly string[] = [];

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
    this.#answers = new Answers(trial);
  }

  /** Every member follows the same leader, and the NameServers list it as master: the first terms can be short. */
  async settles(): Promise<void> {
    const members = this.#replicas.all;
    const look = async () => ({
      leaders: await Promise.all(members.map((server, i) => this.#leaderAsSeenBy(server, `n${i}`))),
      masters: (await this.#trial.views.clusterInfo()).map(({ master }) => master),
    });
    const agreed = ({ leaders, masters }: Awaited<ReturnType<typeof look>>) => {
      const leader = members.find((_, i) => `n${i}` === leaders[0]);
      const same = leaders.every((id) => id === leaders[0]);
      return leader !== undefined && same && masters.every((master) => master === addressOf(leader));
    };
    await until('the members have one leader', look, agreed, this.#trial.within('online'));
  }

  /** Id of the leader that this member follows, null while it has none: the answer to METADATA. */
  async #leaderAsSeenBy(server: PlannedServer, remoteId: string): Promise<string | null> {
    const body = Buffer.from(JSON.stringify({ group: this.#trial.group, remoteId }));
    const request = { code: DLedgerCode.METADATA, body };
    const answer = await ask(this.#trial, server, request, dledgerAddressOf(server));
    const { leaderId } = JSON.parse(answer.body?.toString() ?? '{}') as { leaderId?: string };
    return leaderId ?? null;
  }

  /** Kills the master once every replica could take its place: a topic travels apart from the log. */
  async losesItsMaster(): Promise<void> {
    await this.#replicas.knowTheTopic();
    await this.#trial.killMaster();
  }

  /** No send that began after `sinceMs` is acknowledged, for as long as the profile looks; at least one ends. */
  async acknowledgesNothing(sinceMs: number): Promise<void> {
    const acknowledged = () => this.#answers.since(sinceMs).find((row) => row.outcome === 'SEND_OK') ?? null;
    await throughout('no send is acknowledged', acknowledged, (row) => row === null, this.#trial.within('quiet'));
    const tried = () => this.#answers.since(sinceMs).length;
    await until('a send was answered', tried, (count) => count > 0, this.#trial.within('switch'));
  }

  /** The master that was killed comes back, as a slave. */
  async takesItsMasterBack(): Promise<void> {
    await this.#replicas.mend(this.#trial.killed.server);
    await this.#replicas.areListed(this.#replicas.all);
    const master = await this.#replicas.master();
    if (master === this.#trial.killed.server) throw new ConditionFailure(`${master.name} is master again.`);
  }

  /** Once the producers stopped, every replica gives out the same messages in the same places. */
  async becomesEqual(): Promise<void> {
    await this.#trial.traffic.stopProducing();
    const look = async () => await Promise.all(this.#replicas.running.map((server) => this.#placesOf(server)));
    const equal = (logs: readonly string[][]) => logs.every((log) => JSON.stringify(log) === JSON.stringify(logs[0]));
    const logs = await until('replicas give out the same', look, equal, this.#trial.within('switch')).catch(
      (thrown: unknown) => {
        // What was seen last is every message of every replica.
        if (!(thrown instanceof ConditionFailure)) throw thrown;
        throw new ConditionFailure('The replicas do not come to give out the same messages.');
      },
    );
    const count = logs[0]!.length;
    this.#trial.options.observe('equal', count, `${logs.length} replicas give out the same ${count} messages`);
  }

  /** Stops the first broker of the cluster cleanly; the other one, held back until now, starts with its store. */
  async handsItsStoreOver(): Promise<void> {
    const [writer] = this.#replicas.all as [PlannedServer];
    await this.#trial.traffic.stopProducing();
    this.#handedOver = await this.#placesOf(writer);
    await this.#trial.traffic.stop();
    await this.#trial.cluster.process(writer.name).stop(this.#trial.options.profile.deadlines.stop);
    const reader = this.#reader;
    const process = this.#trial.cluster.process(reader.name);
    await process.start();
    await process.waitReady(this.#trial.options.profile.deadlines.ready);
  }

  /** The broker that took the store over gives out what the first one did. */
  async hasWhatWasHandedOver(): Promise<void> {
    const same = (places: readonly string[]) => JSON.stringify(places) === JSON.stringify(this.#handedOver);
    const look = () => this.#placesOf(this.#reader);
    const { length } = await until('the store is read', look, same, this.#trial.within('online'));
    this.#trial.options.observe('read', length, `${this.#reader.target.name} gives out the same ${length} messages`);
  }

  get #reader(): PlannedServer {
    const { servers } = this.#trial.cluster.plan;
    const reader = servers.find(({ member }) => member !== null && member.group.group !== this.#trial.group);
    if (reader === undefined) throw new Error('The cluster has no second broker to hand the store over to.');
    return reader;
  }

  async #placesOf(server: PlannedServer): Promise<string[]> {
    const { views, group, traffic } = this.#trial;
    const from = { topic: traffic.topic, brokerName: group, address: addressOf(server), consumer: server.name };
    const rows = await drainBroker(views.operator, from);
    // Brokers name their queues in any order.
    return rows.map(({ key, queueId, queueOffset }) => `${queueId}/${queueOffset} ${key}`).sort();
  }
}
