import type { Clock, Timer } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { ResponseCode } from '../remoting/codes.ts';
import type { ControllerConfig } from '../config/controller.ts';
import type { Connection, ResponseInit } from '../remoting/types.ts';
import type { DecisionQueue } from './decision-queue.ts';
import type { ControllerMetrics } from './metrics/metrics.ts';
import type { RoleNotifier } from './role-notifier.ts';
import { controllerTrigger, electMasterOf, type ElectMasterRequest } from './requests/elect-master.ts';
import { brokersMax, type Heartbeat, type LiveBroker, type LiveBrokers } from './state/liveness.ts';
import type { ReplicasInfo } from './state/replicas.ts';

export interface ElectionsOptions {
  readonly config: () => Readonly<ControllerConfig>;
  readonly replicas: ReplicasInfo;
  readonly live: LiveBrokers;
  readonly queue: DecisionQueue;
  readonly notifier: RoleNotifier;
  readonly isServing: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: nothing is counted. */
  readonly metrics?: Pick<ControllerMetrics, 'elected'>;
}

const firstExpiryScanMs = 2000;

/** When masters are elected: on request, when a master falls silent or hangs up, and when a scan finds a set without one. */
export class Elections {
  readonly #options: ElectionsOptions;
  readonly #timers: Timer[] = [];
  readonly #watched = new WeakSet<Connection>();
  /** Sets with an election of our own under way. */
  readonly #electing = new Set<string>();
  /** Brokers that went while another controller led. */
  readonly #goneBefore = new Set<string>();
  #nextExpiry: { readonly timer: Timer; readonly atMs: number } | null = null;
  #serving = false;
  #stopped = false;

  constructor(options: ElectionsOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, config } = this.#options;
    const { scanNotActiveBrokerInterval, scanInactiveMasterInterval } = config();
    this.#timers.push(
      clock.every(
        scanNotActiveBrokerInterval,
        () => this.#expire(),
        Math.min(firstExpiryScanMs, scanNotActiveBrokerInterval),
      ),
      clock.every(scanInactiveMasterInterval, () => this.#scanInactiveMasters()),
    );
  }

  /** From now on no broker counts as gone: a controller that stops hangs up on all of them. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#nextExpiry?.timer.cancel();
  }

  /**
   * This controller may have begun to lead. A master that it saw going before is replaced at once; the scan is left with
   * those that nobody saw, because a controller that has just started has not heard the living yet either.
   */
  leadershipChanged(): void {
    const { isServing, replicas } = this.#options;
    const began = isServing() && !this.#serving;
    this.#serving = isServing();
    if (!began) return;
    for (const brokerName of replicas.brokerNames) {
      const masterBrokerId = replicas.set(brokerName)?.masterBrokerId ?? null;
      if (masterBrokerId === null || !this.#goneBefore.has(goneKey(brokerName, masterBrokerId))) continue;
      if (this.#living(brokerName, masterBrokerId) === undefined) void this.#electForSet(brokerName);
    }
    this.#goneBefore.clear();
  }

  /** 904. Returns false when the table is full. */
  heard(heartbeat: Heartbeat, connection: Connection): boolean {
    const { live, clock, log } = this.#options;
    const result = live.heard(heartbeat, connection, clock.nowMs());
    if (result === 'FIRST') {
      const { brokerName, brokerId, brokerAddress } = heartbeat;
      log.info({ brokerName, brokerId, brokerAddress }, 'broker is alive');
      this.#goneBefore.delete(goneKey(brokerName, brokerId));
      this.#watch(connection);
      this.#expireInTime();
    }
    return result !== 'FULL';
  }

  #watch(connection: Connection): void {
    if (this.#watched.has(connection)) return;
    this.#watched.add(connection);
    connection.onClose(() => {
      if (this.#stopped) return;
      for (const broker of this.#options.live.closed(connection)) this.#gone(broker, 'its connection closed');
    });
  }

  /** 1002, by a broker or a tool. */
  async elect(request: ElectMasterRequest): Promise<ResponseInit> {
    const response = await this.#options.queue.submit((context) => electMasterOf(context, request));
    const { brokerName } = request;
    if (brokerName === null) return response;
    const clusterName = this.#options.replicas.set(brokerName)?.clusterName ?? '';
    this.#options.metrics?.elected(clusterName, brokerName, response.code);
    if (response.code === ResponseCode.SUCCESS) this.#tell(brokerName);
    return response;
  }

  #expire(): void {
    for (const broker of this.#options.live.expire(this.#options.clock.nowMs())) {
      broker.connection.close();
      this.#gone(broker, 'its heartbeat is too old');
    }
    this.#expireInTime();
  }

  /** Looks again when the first broker would be silent for too long. The periodic scan alone is late by up to its period. */
  #expireInTime(): void {
    const { live, clock } = this.#options;
    const atMs = live.nextExpiryMs;
    if (this.#stopped || atMs === null) return;
    if (this.#nextExpiry !== null && this.#nextExpiry.atMs <= atMs) return;
    this.#nextExpiry?.timer.cancel();
    const timer = clock.after(Math.max(1, atMs - clock.nowMs()), () => {
      this.#nextExpiry = null;
      this.#expire();
    });
    this.#nextExpiry = { timer, atMs };
  }

  #gone({ brokerName, brokerId }: LiveBroker, why: string): void {
    this.#options.log.info({ brokerName, brokerId, why }, 'broker is gone');
    if (!this.#options.isServing()) {
      if (this.#goneBefore.size < brokersMax) this.#goneBefore.add(goneKey(brokerName, brokerId));
      return;
    }
    const isMaster = this.#options.replicas.set(brokerName)?.masterBrokerId === brokerId;
    if (isMaster) void this.#electForSet(brokerName);
  }

  /** A master that died while no controller watched, with another broker of its set alive. */
  #scanInactiveMasters(): void {
    const { replicas, isServing } = this.#options;
    if (!isServing()) return;
    for (const brokerName of replicas.brokerNames) {
      const set = replicas.set(brokerName);
      if (set === undefined || set.masterBrokerId === null) continue;
      const living = [...set.brokers.keys()].filter((id) => this.#living(brokerName, id) !== undefined);
      if (living.length > 0 && !living.includes(set.masterBrokerId)) void this.#electForSet(brokerName);
    }
  }

  /** Up to `electMasterMaxRetryCount` tries; each that finds nobody raises the epoch by its event, as in RocketMQ. */
  async #electForSet(brokerName: string): Promise<void> {
    const { config, log } = this.#options;
    if (this.#electing.has(brokerName)) return;
    this.#electing.add(brokerName);
    for (let tries = config().electMasterMaxRetryCount; tries > 0; tries--) {
      const { code, remark } = await this.elect({ brokerName, brokerId: controllerTrigger, designateElect: false });
      log.info({ brokerName, code, remark }, 'election by the controller');
      if (code !== ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE && code !== ResponseCode.SYSTEM_ERROR) break;
    }
    this.#electing.delete(brokerName);
  }

  #tell(brokerName: string): void {
    const { config, replicas, notifier } = this.#options;
    const set = replicas.set(brokerName);
    if (set === undefined || !config().notifyBrokerRoleChanged) return;
    const living = [...set.brokers].filter(([id]) => this.#living(brokerName, id) !== undefined);
    notifier.notify(
      set,
      living.map(([, { address }]) => address),
    );
  }

  #living(brokerName: string, brokerId: number): LiveBroker | undefined {
    const { live, replicas, clock } = this.#options;
    const clusterName = replicas.set(brokerName)?.clusterName ?? '';
    return live.living(clusterName, brokerName, brokerId, clock.nowMs());
  }
}

function goneKey(brokerName: string, brokerId: number): string {
  return `${brokerId} ${brokerName}`;
}
