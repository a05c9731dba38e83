import { assert } from '../../base/assert.ts';
import { type Clock, systemClock, type Timer } from '../../base/clock.ts';
import { systemDisk } from '../../base/disk.ts';
import { errorText } from '../../base/errors.ts';
import { createAutoSwitchHa } from '../../ha/auto-switch.ts';
import type { AutoSwitchHaService } from '../../ha/types.ts';
import type { RemotingCommand } from '../../remoting/types.ts';
import { ControllerCalls, notifiedGroup } from './controller-calls.ts';
import { ControllerList } from './controller-list.ts';
import { type RoleDefects, roleDefects } from './defects.ts';
import { IdentityFiles } from './identity.ts';
import { haOptions, type RoleIntervals, roleIntervals } from './intervals.ts';
import { MasterSearch } from './master-search.ts';
import { decideRole, type KnownRole, mustAsk, newerGroup, type ReplicaGroup } from './role-decision.ts';
import { RoleSearch } from './role-search.ts';
import type { BrokerRoleName, ControlledBrokerRole, RoleDependencies, RoleHost } from './types.ts';

/**
 * The role that a controller gives (`ReplicasManager` 5.3.3). Fenced until a controller named a master; then role changes
 * come by notification (1008) and by polling (1004). Without controllers the role stays as it is.
 */
export class ControlledRole implements ControlledBrokerRole {
  readonly majority = null;
  readonly ha: AutoSwitchHaService;
  readonly #dependencies: RoleDependencies;
  readonly #clock: Clock;
  readonly #intervals: RoleIntervals;
  readonly #defects: RoleDefects;
  readonly #controllers: ControllerList;
  readonly #changed: (() => void)[] = [];
  #host: RoleHost | null = null;
  #calls: ControllerCalls | null = null;
  #search: RoleSearch | null = null;
  #masterSearch: MasterSearch | null = null;
  #timers: Timer[] = [];
  #checkTimer: Timer | null = null;
  #name: BrokerRoleName = 'SLAVE';
  #fenced = true;
  #controllerBrokerId: number | null = null;
  #masterAddress: string | null = null;
  #masterEpoch = 0;
  #replicatedOffset = 0;
  /** Newest group that was told and not looked at. */
  #told: ReplicaGroup | null = null;
  #adopting: Promise<void> | null = null;
  #polling = false;
  #stopped = false;
  /** A learner that was elected is silent, so that the controllers elect again. */
  #declined = false;

  constructor(dependencies: RoleDependencies) {
    const { config, store, client, log, defect, clock = systemClock } = dependencies;
    this.#clock = clock;
    this.#dependencies = dependencies;
    this.#intervals = roleIntervals(config());
    this.#defects = roleDefects(defect);
    this.#controllers = new ControllerList(config, client, clock, log, this.#intervals.controllerTimeoutMs);
    this.ha = createAutoSwitchHa({ options: haOptions(dependencies), store });
    this.ha.proposeThrough((members, agreed) => this.#propose(members, agreed));
  }

  get name(): BrokerRoleName {
    return this.#name;
  }

  get brokerId(): number {
    return this.#name === 'SLAVE' ? (this.#controllerBrokerId ?? -1) : 0;
  }

  get controllerBrokerId(): number | null {
    return this.#controllerBrokerId;
  }

  get fenced(): boolean {
    return this.#fenced;
  }

  get masterAddress(): string | null {
    return this.#name === 'SLAVE' ? this.#masterAddress : null;
  }

  get masterEpoch(): number {
    return this.#masterEpoch;
  }

  get haServerAddress(): string {
    return `${this.#dependencies.config().brokerIP2}:${this.ha.port}`;
  }

  get replicas() {
    return this.ha.replicas;
  }

  /** Counts what the controller agreed to; RocketMQ counts the larger of that and what it was asked for. */
  refusal(): 'IN_SYNC_REPLICAS_NOT_ENOUGH' | null {
    if (this.#name === 'SLAVE') return null;
    const enough = this.ha.syncStateSet.members.size >= this.#dependencies.config().minInSyncReplicas;
    return enough ? null : 'IN_SYNC_REPLICAS_NOT_ENOUGH';
  }

  get replicatedOffset(): number {
    if (this.#name === 'SLAVE') return 0;
    const { allAckInSyncStateSet, inSyncReplicas } = this.#dependencies.config();
    if (allAckInSyncStateSet) return this.ha.allAckOffset;
    if (inSyncReplicas <= 1) return Infinity;
    this.#replicatedOffset = Math.max(this.#replicatedOffset, this.ha.offsetAckedBy(inSyncReplicas - 1));
    return this.#replicatedOffset;
  }

  onProgress(listener: () => void): void {
    this.ha.onProgress(listener);
  }

  onChange(listener: () => void): void {
    this.#changed.push(listener);
  }

  /** Only the master that the controller named counts: a NameServer may still know an older one. */
  masterFromNamesrv(masterAddress: string | null, haServerAddress: string | null): void {
    if (this.#fenced || this.#name !== 'SLAVE' || haServerAddress === null) return;
    if (masterAddress !== this.#masterAddress) return;
    try {
      this.ha.setMasterHaAddress(haServerAddress);
    } catch (thrown) {
      this.#dependencies.log.warn(
        { haServerAddress, error: errorText(thrown) },
        'The master announces no usable HA address',
      );
    }
  }

  roleChanged(notification: RemotingCommand): void {
    const group = notifiedGroup(notification);
    if (this.#controllerBrokerId === null || group.masterBrokerId === null) return;
    if (mustAsk(this.#known(this.#controllerBrokerId), this.ha.lastEpoch, group)) {
      // Without a role yet, the search for one asks anyway.
      if (this.#timers.length > 0) void this.#poll().catch(() => {});
      return;
    }
    this.#learn(group).catch((thrown: unknown) => {
      this.#dependencies.log.error({ error: errorText(thrown) }, 'The role change failed');
    });
  }

  async start(host: RoleHost): Promise<void> {
    const { config, log, disk = systemDisk } = this.#dependencies;
    const { brokerClusterName: clusterName, brokerName, storePathBrokerIdentity } = config();
    await this.ha.start();
    this.#host = host;
    if (this.#defects.registersWithoutController) this.#serveWithoutRole(host);
    this.#calls = new ControllerCalls(this.#controllers, {
      clusterName,
      brokerName,
      brokerAddress: host.brokerAddress,
    });
    const found = () => this.ha.slave.masterHaAddress !== null;
    this.#masterSearch = new MasterSearch(host, found, this.#clock, this.#intervals.retryMs);
    this.#search = new RoleSearch({
      log,
      clock: this.#clock,
      calls: this.#calls,
      controllers: this.#controllers,
      files: new IdentityFiles(disk, storePathBrokerIdentity, clusterName, brokerName),
      brokerAddress: host.brokerAddress,
      asyncLearner: config().asyncLearner,
      retryMs: this.#intervals.retryMs,
      identified: (brokerId) => void (this.#controllerBrokerId = brokerId),
      heartbeat: () => this.#heartbeat(),
      learn: (group) => this.#learn(group),
      found: () => this.#timers.length > 0,
    });
    await this.#search.run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#search?.stop();
    this.#masterSearch?.stop();
    this.#checkTimer?.cancel();
    for (const timer of this.#timers) timer.cancel();
    await this.#adopting;
    await this.ha.stop();
  }

  /** Takes what follows from `group`; resolves when that is done. What is told meanwhile is taken next, the newest only. */
  async #learn(group: ReplicaGroup): Promise<void> {
    if (this.#stopped) return;
    if (this.#told === null || newerGroup(group, this.#told)) this.#told = group;
    this.#adopting ??= this.#adoptAll().finally(() => (this.#adopting = null));
    await this.#adopting;
  }

  async #adoptAll(): Promise<void> {
    for (let group = this.#told; group !== null; group = this.#told) {
      this.#told = null;
      await this.#adopt(group);
    }
  }

  async #adopt(group: ReplicaGroup): Promise<void> {
    const brokerId = this.#controllerBrokerId;
    assert(brokerId !== null, 'a role before an id');
    const decision = decideRole(this.#known(brokerId), group);
    this.#declined = decision.take === 'DECLINE';
    if (decision.take === 'SET') this.ha.installSyncStateSet(group.syncStateSet);
    else if (decision.take === 'MASTER') await this.#becomeMaster(brokerId, group);
    else if (decision.take === 'SLAVE') await this.#becomeSlave(brokerId, decision.masterBrokerId, group);
  }

  #known(brokerId: number): KnownRole {
    const { asyncLearner } = this.#dependencies.config();
    return { brokerId, masterEpoch: this.#masterEpoch, isMaster: this.#name !== 'SLAVE', asyncLearner };
  }

  async #becomeMaster(brokerId: number, group: ReplicaGroup): Promise<void> {
    const { log, store } = this.#dependencies;
    const { masterEpoch, syncStateSet } = group;
    if (this.#name === 'SLAVE') this.#defects.beforeMaster(store);
    this.#masterSearch!.stop();
    if (!(await this.ha.changeToMaster(brokerId, masterEpoch, syncStateSet))) {
      return log.error({ masterEpoch, lastEpoch: this.ha.lastEpoch }, 'The epoch of this master role is too old');
    }
    // Somebody newer was elected while the queues were filled: never serve for the older epoch.
    if (this.#told !== null && this.#told.masterEpoch > masterEpoch) return;
    log.info({ masterEpoch, set: [...syncStateSet.members] }, 'This broker is master');
    this.#replicatedOffset = 0;
    this.#take('SYNC_MASTER', masterEpoch, group.masterAddress);
    const { checkSyncStateSetPeriod } = this.#dependencies.config();
    this.#checkTimer ??= this.#clock.every(
      checkSyncStateSetPeriod,
      () => this.ha.checkSyncStateSet(),
      this.#intervals.firstCheckMs,
    );
    this.#announce();
  }

  async #becomeSlave(brokerId: number, masterBrokerId: number, group: ReplicaGroup): Promise<void> {
    const { log } = this.#dependencies;
    const { masterEpoch, masterAddress } = group;
    if (masterEpoch < this.ha.lastEpoch) {
      return log.error({ masterEpoch, lastEpoch: this.ha.lastEpoch }, 'The epoch of this slave role is too old');
    }
    log.info({ masterEpoch, masterBrokerId, masterAddress }, 'This broker is slave');
    this.#checkTimer?.cancel();
    this.#checkTimer = null;
    // The role first, the log after it: sends that wait for replicas must not be answered by offsets of another log.
    this.#take('SLAVE', masterEpoch, masterAddress);
    await this.ha.changeToSlave(brokerId, masterEpoch, masterBrokerId);
    this.#announce();
    this.#masterSearch!.start();
  }

  #take(name: BrokerRoleName, masterEpoch: number, masterAddress: string | null): void {
    this.#name = name;
    this.#masterEpoch = masterEpoch;
    this.#masterAddress = masterAddress;
    this.#fenced = false;
    for (const listener of this.#changed) listener();
  }

  #announce(): void {
    if (this.#timers.length === 0) this.#startTimers();
    this.#host!.roleTaken(this.#masterEpoch);
    this.#register();
  }

  #register(): void {
    const { log } = this.#dependencies;
    this.#host!.registerToNamesrv().catch((thrown) => log.warn({ error: errorText(thrown) }, 'Not registered'));
  }

  #startTimers(): void {
    const { brokerHeartbeatInterval, syncBrokerMetadataPeriod, syncControllerMetadataPeriod } =
      this.#dependencies.config();
    const inBackground = (work: () => Promise<unknown>) => () => {
      work().catch((thrown) =>
        this.#dependencies.log.warn({ error: errorText(thrown) }, 'A controller did not answer'),
      );
    };
    this.#timers = [
      this.#clock.every(
        brokerHeartbeatInterval,
        inBackground(() => this.#heartbeat()),
      ),
      this.#clock.every(
        syncBrokerMetadataPeriod,
        inBackground(() => this.#poll()),
      ),
      this.#clock.every(
        syncControllerMetadataPeriod,
        inBackground(() => this.#controllers.findLeader()),
      ),
    ];
  }

  async #heartbeat(): Promise<void> {
    const { config, store } = this.#dependencies;
    // Whoever cannot store is no use as master, and says nothing of a disk that failed: the controllers elect another one.
    if (this.#declined || !store.writeable) return;
    const state = {
      brokerId: this.#controllerBrokerId!,
      epoch: this.ha.lastEpoch,
      maxOffset: store.writtenOffset,
      confirmOffset: store.confirmOffset,
      heartbeatTimeoutMills: config().controllerHeartBeatTimeoutMills,
      electionPriority: config().brokerElectionPriority,
    };
    await this.#calls!.heartbeat(state, config().sendHeartbeatTimeoutMillis);
  }

  async #poll(): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    try {
      await this.#askForRole(this.#calls!, this.#controllerBrokerId!);
    } finally {
      this.#polling = false;
    }
  }

  async #askForRole(calls: ControllerCalls, brokerId: number): Promise<void> {
    const answer = await calls.replicaGroup();
    const group = answer === 'NOT_REGISTERED' ? await calls.register(brokerId) : answer;
    if (group === null) return;
    const elects = group.masterBrokerId === null && !this.#dependencies.config().asyncLearner;
    const elected = elects ? await calls.elect(brokerId) : group;
    if (elected !== null) await this.#learn(elected);
  }

  async #propose(...[members, agreed]: Parameters<Parameters<AutoSwitchHaService['proposeThrough']>[0]>) {
    const { log } = this.#dependencies;
    const answer = await this.#calls!.alterSyncStateSet(this.#controllerBrokerId!, this.#masterEpoch, members, agreed);
    const outcome = typeof answer === 'string' ? answer : 'AGREED';
    log.info({ members: [...members], epoch: agreed.epoch, outcome }, 'SyncStateSet proposed');
    // Refused or unanswered, this broker may not know the newest set, or be no master any more.
    if (outcome !== 'AGREED') void this.#poll().catch(() => {});
    return answer;
  }

  /** Lab defect REGISTERS_WITHOUT_CONTROLLER only. */
  #serveWithoutRole(host: RoleHost): void {
    this.#take('SYNC_MASTER', 0, host.brokerAddress);
    this.#register();
  }
}
