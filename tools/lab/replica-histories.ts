import type { BrokerEpochs, EpochEntry } from '../../reference-impl/client/broker-calls.ts';
import type { Violation } from '../check/ledger.ts';
import { epochsEqual } from '../check/replicas.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import { Inconclusive } from './inconclusive.ts';
import { Replicas } from './replicas.ts';
import { segmentsUpTo, tearEnd, wholeRecordsEnd } from './traffic/commit-log.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, until } from './until.ts';

interface ReplicaHistory extends BrokerEpochs {
  readonly server: PlannedServer;
}

/** What the replicas of a trial's group have in their logs and epoch lists. */
export class ReplicaHistories {
  readonly #trial: Trial;
  readonly #replicas: Replicas;
  #remembered: readonly EpochEntry[] = [];
  #aloneTo = 0;
  #aloneEpoch = 0;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
  }

  async of(servers: readonly PlannedServer[]): Promise<ReplicaHistory[]> {
    const ask = async (server: PlannedServer) => {
      return { server, ...(await this.#trial.views.operator.brokerEpoch(addressOf(server))) };
    };
    return await Promise.all(servers.map(ask));
  }

  /** Once the producers stopped, all running replicas come to the same epochs and the same log, byte for byte. */
  async becomeEqual(): Promise<void> {
    await this.#trial.traffic.stopProducing();
    let histories: readonly ReplicaHistory[] = [];
    const violations = async () => {
      histories = await this.of(this.#replicas.running);
      return epochsEqual(
        histories.map(({ server, epochList, maxOffset }) => ({ address: server.name, epochs: epochList, maxOffset })),
      );
    };
    const none = (found: readonly Violation[]) => found.length === 0;
    await until('replicas tell the same history', violations, none, this.#trial.within('switch'));
    const [{ server: first, maxOffset, epochList }, ...others] = histories as [ReplicaHistory, ...ReplicaHistory[]];
    this.#trial.options.observe(
      'history',
      maxOffset,
      `logs of ${maxOffset} bytes, epochs ${JSON.stringify(epochList)}`,
    );
    for (const { server } of others) {
      const at = this.#firstDifference(first, server, maxOffset);
      if (at !== null)
        throw new ConditionFailure(
          `The logs of ${first.name} and ${server.name} differ from ${at} on, although both end at ${maxOffset}.`,
        );
    }
  }

  /** The epochs that the list of the master begins with now are kept: `stillBegin` compares. */
  async remember(): Promise<void> {
    const [master] = await this.of([await this.#replicas.master()]);
    this.#remembered = master!.epochList;
  }

  /** The list of every replica still begins with what was remembered; its last epoch may have ended meanwhile. */
  async stillBegin(): Promise<void> {
    const starts = (epochs: readonly EpochEntry[]) =>
      JSON.stringify(epochs.map(({ epoch, startOffset }) => [epoch, startOffset]));
    for (const { server, epochList } of await this.of(this.#replicas.all)) {
      if (starts(epochList.slice(0, this.#remembered.length)) === starts(this.#remembered)) continue;
      throw new ConditionFailure(`${server.name} lost epochs: ${starts(epochList)} after ${starts(this.#remembered)}`);
    }
  }

  /** The log of the master grows by so many bytes while its slave does not follow. */
  async growsAlone(bytes: number): Promise<void> {
    const master = await this.#replicas.master();
    const end = async () => (await this.of([master]))[0]!.maxOffset;
    const from = await end();
    this.#aloneEpoch = (await this.of([master]))[0]!.epochList.at(-1)!.epoch;
    this.#aloneTo = await until(
      `the log of ${master.name} grows`,
      end,
      (to) => to >= from + bytes,
      this.#trial.within('switch'),
    );
    this.#trial.options.observe(
      'alone',
      this.#aloneTo,
      `${master.name} alone has the log from ${from} to ${this.#aloneTo}`,
    );
  }

  /** The master, of two replicas, comes to have something that its slave lacks. */
  async differ(): Promise<void> {
    const servers = [await this.#replicas.master(), ...(await this.#replicas.slaves())];
    const isAhead = ([master, slave]: readonly ReplicaHistory[]) => master!.maxOffset > slave!.maxOffset;
    const look = () => this.of(servers);
    const [master] = await until('the master is ahead', look, isAhead, this.#trial.within('switch'));
    this.#aloneEpoch = master!.epochList.at(-1)!.epoch;
    this.#aloneTo = master!.maxOffset;
    this.#trial.options.observe(
      'alone',
      this.#aloneTo,
      `${master!.server.name} alone has the log up to ${this.#aloneTo}`,
    );
  }

  /** The old master comes to follow in the epoch that began while it was away: what it had alone is gone then. */
  async cutsItsLog(server: PlannedServer): Promise<void> {
    const next = await this.#cutAt();
    const follows = ([history]: readonly ReplicaHistory[]) =>
      history!.epochList.some(({ epoch }) => epoch === next.epoch);
    const deadline = { ...this.#trial.within('online'), pollMs: 10 };
    await until(`${server.name} follows in epoch ${next.epoch}`, () => this.of([server]), follows, deadline);
    const text = `${server.name} cut its log from ${this.#aloneTo} at ${next.startOffset}`;
    this.#trial.options.observe('cut', this.#aloneTo - next.startOffset, text);
  }

  /** The epoch that followed starts before what the old master had alone: it had to cut its log. */
  async wasCut(): Promise<void> {
    const { startOffset } = await this.#cutAt();
    this.#trial.options.observe(
      'cut',
      this.#aloneTo - startOffset,
      `the old master cut its log from ${this.#aloneTo} at ${startOffset}`,
    );
  }

  /** The epoch after that in which a master had something alone; others may have followed. Throws `Inconclusive`. */
  async #cutAt(): Promise<EpochEntry> {
    const [{ epochList }] = (await this.of([await this.#replicas.master()])) as [ReplicaHistory];
    const next = epochList.find(({ epoch }) => epoch > this.#aloneEpoch);
    if (next === undefined || next.startOffset >= this.#aloneTo)
      throw new Inconclusive(`The next epoch starts at ${next?.startOffset}: the old master had nothing beyond it.`);
    return next;
  }

  /** Half a message stands at the end of the log of a replica that was killed. Throws `Inconclusive` without room for it. */
  tear(server: PlannedServer): void {
    const bytes = tearEnd(this.#logFolder(server));
    if (bytes === 0) throw new Inconclusive(`The last file of ${server.name} has no room for half a message.`);
    this.#trial.options.observe('torn', bytes, `${bytes} bytes of a message stand at the end of ${server.name}`);
  }

  /** Every log ends with its last whole message: no replica holds a part of one. */
  async areWhole(): Promise<void> {
    for (const { server, maxOffset } of await this.of(this.#replicas.running)) {
      const end = wholeRecordsEnd(this.#logFolder(server), maxOffset);
      if (end !== maxOffset)
        throw new ConditionFailure(`The log of ${server.name} ends at ${maxOffset}, its messages at ${end}.`);
    }
  }

  #logFolder(server: PlannedServer): string {
    return String(
      this.#trial.cluster.plan.processes.find(({ name }) => name === server.process)!.config.storePathCommitLog,
    );
  }

  /** Where two commit logs first have another byte, or one of them a segment that the other lacks; null: nowhere. */
  #firstDifference(one: PlannedServer, other: PlannedServer, maxOffset: number): number | null {
    const [segments, others] = [one, other].map((server) =>
      Array.from(segmentsUpTo(this.#logFolder(server), maxOffset)),
    );
    for (const [i, { startOffset, bytes }] of segments!.entries()) {
      const beside = others![i];
      if (beside?.startOffset !== startOffset) return startOffset;
      if (bytes.equals(beside.bytes)) continue;
      return startOffset + bytes.findIndex((byte, at) => byte !== beside.bytes[at]);
    }
    return segments!.length === others!.length ? null : maxOffset;
  }
}
