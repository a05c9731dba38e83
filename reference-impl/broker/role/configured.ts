import { createClassicHa } from '../../ha/classic.ts';
import type { ClassicHaService } from '../../ha/types.ts';
import type { Timer } from '../../base/clock.ts';
import { roleDefects, watchMaster } from './defects.ts';
import { haOptions, roleIntervals } from './intervals.ts';
import { acksNeeded, inSyncCount, slaveAvailable } from './replication-rules.ts';
import type { BrokerRole, BrokerRoleName, RoleDependencies, RoleHost } from './types.ts';

/** Shorter values of haMasterAddress count as unset (`DefaultMessageStore`). */
const haMasterAddressMin = 6;

/** The role that `brokerRole` and `brokerId` give, for as long as the broker runs. Classic replication. */
export class ConfiguredRole implements BrokerRole {
  readonly controllerBrokerId = null;
  readonly fenced = false;
  readonly majority = null;
  readonly masterEpoch = 0;
  readonly ha: ClassicHaService;
  readonly #dependencies: RoleDependencies;
  readonly #changed: (() => void)[] = [];
  #name: BrokerRoleName;
  #brokerId: number;
  #masterAddress: string | null = null;
  #replicatedOffset = 0;
  #watch: Timer | null = null;

  constructor(dependencies: RoleDependencies) {
    const { brokerRole, brokerId } = dependencies.config();
    this.#dependencies = dependencies;
    this.#name = brokerRole;
    this.#brokerId = brokerId;
    this.ha = createClassicHa({ options: haOptions(dependencies), store: dependencies.store });
  }

  get name(): BrokerRoleName {
    return this.#name;
  }

  get brokerId(): number {
    return this.#brokerId;
  }

  get masterAddress(): string | null {
    return this.#name === 'SLAVE' ? this.#masterAddress : null;
  }

  get haServerAddress(): string {
    return `${this.#dependencies.config().brokerIP2}:${this.ha.port}`;
  }

  get replicas() {
    return this.ha.replicas;
  }

  refusal(): 'IN_SYNC_REPLICAS_NOT_ENOUGH' | 'SLAVE_NOT_AVAILABLE' | null {
    const { release, config, store } = this.#dependencies;
    if (this.#name !== 'SYNC_MASTER') return null;
    const rules = config();
    if (release === 'new' && !rules.enableSlaveActingMaster) return null;
    const { push2SlaveMaxOffset, replicas } = this.ha;
    const end = store.maxPhyOffset;
    if (release === 'old') {
      const isThere = slaveAvailable(end, replicas.length, push2SlaveMaxOffset, rules.haSlaveFallbehindMax);
      return isThere ? null : 'SLAVE_NOT_AVAILABLE';
    }
    const acks = replicas.map((replica) => replica.ackOffset);
    return acksNeeded(rules, inSyncCount(rules, end, acks)) === null ? 'IN_SYNC_REPLICAS_NOT_ENOUGH' : null;
  }

  get replicatedOffset(): number {
    const { release, config } = this.#dependencies;
    if (this.#name !== 'SYNC_MASTER') return Infinity;
    if (release === 'old') return this.ha.push2SlaveMaxOffset;
    const needed = this.#acksNeeded(config());
    if (needed <= 1) return Infinity;
    this.#replicatedOffset = Math.max(this.#replicatedOffset, this.ha.offsetAckedBy(needed - 1));
    return this.#replicatedOffset;
  }

  onProgress(listener: () => void): void {
    this.ha.onProgress(listener);
  }

  onChange(listener: () => void): void {
    this.#changed.push(listener);
  }

  masterFromNamesrv(masterAddress: string | null, haServerAddress: string | null): void {
    if (this.#name !== 'SLAVE') return;
    if (masterAddress !== null && masterAddress !== this.#masterAddress) {
      this.#masterAddress = masterAddress;
      for (const listener of this.#changed) listener();
    }
    if (haServerAddress !== null && this.#fixedHaAddress() === null) this.ha.setMasterHaAddress(haServerAddress);
  }

  async start(host: RoleHost): Promise<void> {
    await this.ha.start();
    if (this.#name !== 'SLAVE') return;
    this.ha.setMasterHaAddress(this.#fixedHaAddress());
    const { config, defect } = this.#dependencies;
    if (!roleDefects(defect).promotesItself) return;
    const goneMs = roleIntervals(config()).reconnectMs;
    this.#watch = watchMaster(
      () => this.ha.slave.connected,
      goneMs,
      () => this.#promote(host),
    );
  }

  async stop(): Promise<void> {
    this.#watch?.cancel();
    await this.ha.stop();
  }

  #fixedHaAddress(): string | null {
    const { haMasterAddress } = this.#dependencies.config();
    return haMasterAddress.length >= haMasterAddressMin ? haMasterAddress : null;
  }

  /** A put that finds too few in sync is refused, so a waiting one waits for what it needed. */
  #acksNeeded(rules: ReturnType<RoleDependencies['config']>): number {
    if (!rules.enableSlaveActingMaster) return rules.inSyncReplicas;
    const acks = this.ha.replicas.map((replica) => replica.ackOffset);
    const inSync = inSyncCount(rules, this.#dependencies.store.maxPhyOffset, acks);
    return acksNeeded(rules, inSync) ?? rules.inSyncReplicas;
  }

  /** Lab defect OLD_BROKER_SWITCHES only. */
  #promote(host: RoleHost): void {
    this.ha.setMasterHaAddress(null);
    this.#name = 'ASYNC_MASTER';
    this.#brokerId = 0;
    for (const listener of this.#changed) listener();
    void host.registerToNamesrv();
  }
}
