import { assert } from '../../base/assert.ts';
import { systemClock } from '../../base/clock.ts';
import { followerBrokerId } from '../../config/broker.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import { DLedgerMember } from './dledger-member.ts';
import { roleIntervals } from './intervals.ts';
import { MasterSearch } from './master-search.ts';
import type { BrokerRole, BrokerRoleName, MajorityAnswers, RoleDependencies, RoleHost } from './types.ts';

/** Registrations after which the master of before is believed to be master still. */
const oldMasterAnswersMax = 8;

/**
 * The role that the DLedger group gives (`DLedgerRoleChangeHandler`, 4.9.7): the leader serves as master once everything in
 * its log is committed and dispatched, everybody else is a slave. A broker that knows no role yet is a slave too; 4.9.7
 * registers it as broker -1.
 */
export class DLedgerRole implements BrokerRole {
  readonly controllerBrokerId = null;
  readonly masterEpoch = 0;
  readonly fenced = false;
  readonly ha = null;
  readonly replicas = [];
  /** DLedger's own limit for a majority, whatever `slaveTimeout` says. */
  readonly majority: MajorityAnswers = {
    timeoutMs: 2500,
    // FLUSH_SLAVE_TIMEOUT would be a success to clients.
    late: { code: ResponseCode.SYSTEM_ERROR, remark: '[PC_SYNCHRONIZED]broker busy, start flow control for a while' },
    roleChanged: { code: ResponseCode.SYSTEM_ERROR, remark: 'UNKNOWN_ERROR' },
  };
  readonly #dependencies: RoleDependencies;
  readonly #member: DLedgerMember;
  readonly #followerId: number;
  readonly #changed: (() => void)[] = [];
  #name: BrokerRoleName = 'SLAVE';
  /** Term that this broker is master in. */
  #term = -1;
  #leaderId: string | null = null;
  #masterAddress: string | null = null;
  #host: RoleHost | null = null;
  #search: MasterSearch | null = null;

  /** Throws DLEDGER_PEERS_ILLEGAL or DLEDGER_SELF_ID_ILLEGAL. */
  constructor(dependencies: RoleDependencies) {
    const { store, config } = dependencies;
    assert(store.dledger !== null, 'a DLedger role needs a DLedger log');
    this.#dependencies = dependencies;
    this.#followerId = followerBrokerId(config());
    this.#member = new DLedgerMember(dependencies, store.dledger);
    this.#member.onStatus(() => this.#statusChanged());
  }

  get name(): BrokerRoleName {
    return this.#name;
  }

  get brokerId(): number {
    return this.#name === 'SLAVE' ? this.#followerId : 0;
  }

  get masterAddress(): string | null {
    return this.#name === 'SLAVE' ? this.#masterAddress : null;
  }

  /** Announced, although nothing listens there. */
  get haServerAddress(): string {
    const { brokerIP2, haListenPort } = this.#dependencies.config();
    return `${brokerIP2}:${haListenPort}`;
  }

  refusal(): null {
    return null;
  }

  get replicatedOffset(): number {
    return this.#dependencies.store.confirmOffset;
  }

  /** The store's own progress tells: its confirm offset is what a majority has. */
  onProgress(): void {}

  onChange(listener: () => void): void {
    this.#changed.push(listener);
  }

  masterFromNamesrv(masterAddress: string | null): void {
    if (this.#name !== 'SLAVE' || masterAddress === null || masterAddress === this.#masterAddress) return;
    if (masterAddress === this.#host?.brokerAddress) return;
    this.#masterAddress = masterAddress;
    this.#tell();
  }

  async start(host: RoleHost): Promise<void> {
    this.#host = host;
    await this.#member.start();
  }

  async stop(): Promise<void> {
    this.#search?.stop();
    await this.#member.stop();
  }

  #statusChanged(): void {
    const { role, leaderId, currTerm, serving } = this.#member.status;
    const leads = role === 'LEADER' && serving;
    if (this.#name !== 'SLAVE' && !(leads && currTerm === this.#term)) this.#changeTo('SLAVE');
    if (leads && this.#name === 'SLAVE') this.#lead(currTerm);
    if (role === 'FOLLOWER' && leaderId !== this.#leaderId) this.#followAnother();
    this.#leaderId = leaderId;
  }

  /** Everything in the log is committed, so it is in the queues: they tell the next offsets (`recoverTopicQueueTable`). */
  #lead(term: number): void {
    this.#search?.stop();
    this.#dependencies.store.countQueues();
    this.#term = term;
    this.#changeTo('SYNC_MASTER');
  }

  /** The new master is known by its registration, which may come a moment later. */
  #followAnother(): void {
    if (this.#host === null) return;
    this.#search?.stop();
    const before = this.#masterAddress;
    let answers = 0;
    const found = () =>
      this.#masterAddress !== null && (this.#masterAddress !== before || ++answers > oldMasterAnswersMax);
    this.#search = new MasterSearch(this.#host, found, systemClock, roleIntervals(this.#dependencies.config()).retryMs);
    this.#search.start();
  }

  #changeTo(name: BrokerRoleName): void {
    this.#name = name;
    this.#tell();
    void this.#host?.registerToNamesrv();
  }

  #tell(): void {
    for (const listener of this.#changed) listener();
  }
}
