import { scanIntervalMs } from './master-detection.ts';
import type { PlannedServer } from './plan-servers.ts';
import { type ReplicaFault, Replicas } from './replicas.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, throughout, until } from './until.ts';

/** A replica in step may have reported up to this part of the limit before its fault. */
const earliestPart = 0.8;
/** For the processes of a busy machine to notice and tell. */
const slackMs = 2_000;

/** How the SyncStateSet of a trial's group shrinks and grows, in time. */
export class SyncStateView {
  readonly #trial: Trial;
  readonly #replicas: Replicas;
  #rememberedEpoch = 0;

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#replicas = new Replicas(trial);
  }

  /** Limit after which a replica that does not catch up is out: not earlier than the first, not later than the second, ms. */
  get removalMs(): readonly [least: number, most: number] {
    const limitMs = this.#replicas.intervalMs('haMaxTimeSlaveNotCatchup');
    const checkMs = this.#replicas.intervalMs('checkSyncStateSetPeriod');
    return [limitMs * earliestPart, limitMs + 2 * checkMs + slackMs];
  }

  /** The replica leaves the set, when its time is up and not before. */
  async removesInTime({ server, atMs }: ReplicaFault): Promise<void> {
    const [leastMs] = this.removalMs;
    const afterMs = await this.#leaves(server, atMs);
    if (afterMs >= leastMs) return;
    throw new ConditionFailure(`${server.name} left the SyncStateSet after ${afterMs} ms, before ${leastMs} ms.`);
  }

  /** The replica leaves the set, at the latest when its time is up. */
  async removes({ server, atMs }: ReplicaFault): Promise<void> {
    await this.#leaves(server, atMs);
  }

  /** The replica is in the set again. */
  async returns(server: PlannedServer): Promise<void> {
    const startedMs = Date.now();
    const look = () => this.#replicas.inSync();
    const isIn = (names: readonly string[]) => names.includes(server.name);
    await until(`${server.name} is in the SyncStateSet`, look, isIn, this.#trial.within('online'));
    const afterMs = Date.now() - startedMs;
    this.#trial.options.observe('returned', afterMs, `${server.name} is in the SyncStateSet again after ${afterMs} ms`);
  }

  /** Keeps the epoch of the set, which grows with every change. */
  async remember(): Promise<void> {
    this.#rememberedEpoch = (await this.#replicas.info()).syncStateSetEpoch;
  }

  /** Nobody left or joined since. */
  async isAsRemembered(): Promise<void> {
    const { syncStateSetEpoch } = await this.#replicas.info();
    if (syncStateSetEpoch !== this.#rememberedEpoch)
      throw new ConditionFailure(`The set has epoch ${syncStateSetEpoch} after ${this.#rememberedEpoch}: it changed.`);
  }

  /** Somebody left or joined since. */
  async hasChanged(): Promise<void> {
    const look = async () => (await this.#replicas.info()).syncStateSetEpoch;
    const { deadlineMs } = this.#trial.within('switch');
    await until('the set changed', look, (epoch) => epoch > this.#rememberedEpoch, { deadlineMs });
  }

  /** The controller counts the replica as dead, when its heartbeats are overdue, within one scan, and not before. */
  async countsAsDeadInTime({ server, atMs }: ReplicaFault): Promise<void> {
    const [leastMs, limitMs] = this.#replicas.silenceMs;
    const mostMs = limitMs + scanIntervalMs(this.#trial) + slackMs;
    const look = () => this.#replicas.alive();
    const isDead = (names: readonly string[]) => !names.includes(server.name);
    const deadlineMs = Math.max(1, atMs + mostMs - Date.now());
    await until(`${server.name} counts as dead`, look, isDead, { deadlineMs });
    const afterMs = Date.now() - atMs;
    const text = `${server.name} counted as dead after ${afterMs} ms`;
    this.#trial.options.observe('dead', afterMs, text);
    if (afterMs < leastMs) throw new ConditionFailure(`${text}, before ${leastMs} ms.`);
  }

  /** Nobody leaves or joins for so long, or as long as the profile looks. */
  async staysTheSame(durationMs = this.#trial.within('quiet').deadlineMs): Promise<void> {
    const before = (await this.#replicas.info()).syncStateSetEpoch;
    const look = async () => (await this.#replicas.info()).syncStateSetEpoch;
    await throughout('the SyncStateSet stays', look, (epoch) => epoch === before, { deadlineMs: durationMs });
  }

  /** The replica is never a member for as long as the profile looks. */
  async neverHas(server: PlannedServer): Promise<void> {
    const isOut = (names: readonly string[]) => !names.includes(server.name);
    const look = () => this.#replicas.inSync();
    await throughout(`${server.name} is not in the SyncStateSet`, look, isOut, this.#trial.within('quiet'));
  }

  /** ms from `sinceMs` until the set is seen without the replica. */
  async #leaves(server: PlannedServer, sinceMs: number): Promise<number> {
    const look = () => this.#replicas.inSync();
    const isOut = (names: readonly string[]) => !names.includes(server.name);
    const deadlineMs = Math.max(1, sinceMs + this.removalMs[1] - Date.now());
    await until(`${server.name} is out of the SyncStateSet`, look, isOut, { deadlineMs });
    const afterMs = Date.now() - sinceMs;
    this.#trial.options.observe('removed', afterMs, `${server.name} left the SyncStateSet after ${afterMs} ms`);
    return afterMs;
  }
}
