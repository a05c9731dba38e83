import { crc32 } from 'node:zlib';
import { splitAddresses } from '../../base/address.ts';
import { systemClock, type Timer } from '../../base/clock.ts';
import { errorText } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Release } from '../../base/release.ts';
import type { BrokerConfig } from '../../config/broker.ts';
import { decodeKvTable } from '../../remoting/bodies/kv-table.ts';
import type { TopicConfig } from '../../remoting/bodies/topic-config.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import { brokerHeartbeat } from '../../remoting/commands/broker-heartbeat.ts';
import { queryDataVersion } from '../../remoting/commands/query-data-version.ts';
import {
  encodeRegisterBroker,
  type RegisterBrokerBody,
  registerBroker,
} from '../../remoting/commands/register-broker.ts';
import { encodeCompressedRegisterBroker } from '../../remoting/commands/register-broker-compressed.ts';
import { unregisterBroker } from '../../remoting/commands/unregister-broker.ts';
import { writeFastjson } from '../../remoting/fastjson-writer.ts';
import { decodeHeader, encodeHeader } from '../../remoting/header.ts';
import type { RemotingClient, RequestInit } from '../../remoting/types.ts';
import type { BrokerRole } from '../role/types.ts';
import { ReadWrite } from '../topics/topic-config.ts';
import type { TopicTable } from '../topics/topic-table.ts';

const firstPeriodicMs = 10_000;
const unregisterTimeoutMs = 1000;

export interface RegistrationOptions {
  readonly release: Release;
  readonly log: Log;
  readonly config: () => BrokerConfig;
  /** As announced to clients. */
  readonly brokerAddress: string;
  readonly topics: TopicTable;
  readonly role: BrokerRole;
  readonly remotingClient: RemotingClient;
}

/** Keeps this broker known to every NameServer. While its role is unknown it registers nowhere. */
export class Registration {
  readonly #options: RegistrationOptions;
  #timers: Timer[] = [];
  #registered = false;
  #stopped = false;

  constructor(options: RegistrationOptions) {
    this.#options = options;
  }

  /** Begins to register periodically, besides what is asked for, and to send the heartbeats that a registration promises. */
  start(): void {
    const { registerNameServerPeriod, brokerHeartbeatInterval } = this.#options.config();
    const periodMs = Math.max(10_000, Math.min(registerNameServerPeriod, 60_000));
    this.#timers = [systemClock.every(periodMs, () => void this.registerAll(), firstPeriodicMs)];
    if (this.#actsAsMaster) this.#timers.push(systemClock.every(brokerHeartbeatInterval, () => this.#heartbeat()));
  }

  /** Registers the whole topic table everywhere; resolves when each NameServer answered or failed. */
  registerAll(): Promise<void> {
    return this.#register([...this.#options.topics.all()], 'answered');
  }

  /**
   * Tells every NameServer of changed topics. New sends these alone and resolves when each answered or failed; old sends
   * its whole table oneway.
   */
  announce(topics: readonly TopicConfig[]): Promise<void> {
    if (this.#options.release === 'new') return this.#register(topics, 'answered');
    return this.#register([...this.#options.topics.all()], 'oneway');
  }

  /**
   * Leaves every NameServer; resolves soon, whoever answers. A broker that never registered must not: its address may be
   * that of another one, whose port it found in use.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    if (!this.#registered) return;
    const { config, brokerAddress, role, remotingClient } = this.#options;
    const { brokerName, brokerClusterName: clusterName } = config();
    const header = { brokerName, brokerAddr: brokerAddress, clusterName, brokerId: role.brokerId };
    const request = { code: unregisterBroker.code, extFields: encodeHeader(unregisterBroker.request, header) };
    await Promise.allSettled(
      this.#namesrvs().map((address) => remotingClient.invoke(address, request, unregisterTimeoutMs)),
    );
  }

  #namesrvs(): string[] {
    return splitAddresses(this.#options.config().namesrvAddr);
  }

  /** Its registrations tell NameServers to forget it after `brokerNotActiveTimeoutMillis` of silence. */
  get #actsAsMaster(): boolean {
    return this.#options.release === 'new' && this.#options.config().enableSlaveActingMaster;
  }

  /** Oneway: 322, which every NameServer knows, or 904. */
  #heartbeat(): void {
    const { config, brokerAddress, role, remotingClient, topics } = this.#options;
    if (this.#stopped || !this.#registered || role.fenced) return;
    const {
      brokerName,
      brokerClusterName: clusterName,
      compatibleWithOldNameSrv,
      registerBrokerTimeoutMills,
    } = config();
    const header = { brokerName, brokerAddr: brokerAddress, clusterName, brokerId: role.brokerId };
    const request: RequestInit = compatibleWithOldNameSrv
      ? {
          code: queryDataVersion.code,
          extFields: encodeHeader(queryDataVersion.request, header),
          body: Buffer.from(writeFastjson(topics.version.fields('new'))),
        }
      : { code: brokerHeartbeat.code, extFields: encodeHeader(brokerHeartbeat.request, header) };
    for (const address of this.#namesrvs())
      remotingClient.invokeOneway(address, request, registerBrokerTimeoutMills).catch(() => {});
  }

  async #register(topics: readonly TopicConfig[], mode: 'answered' | 'oneway'): Promise<void> {
    if (this.#stopped || this.#options.role.fenced) return;
    this.#registered = true;
    const request = this.#request(topics);
    await Promise.all(this.#namesrvs().map((address) => this.#registerAt(address, request, mode)));
  }

  async #registerAt(address: string, request: RequestInit, mode: 'answered' | 'oneway'): Promise<void> {
    const { remotingClient, role, log, config } = this.#options;
    const timeoutMs = config().registerBrokerTimeoutMills;
    try {
      if (mode === 'oneway') return await remotingClient.invokeOneway(address, request, timeoutMs);
      const answer = await remotingClient.invoke(address, request, timeoutMs);
      if (answer.code !== ResponseCode.SUCCESS) {
        return log.warn({ namesrv: address, code: answer.code, remark: answer.remark }, 'registration was refused');
      }
      const { masterAddr, haServerAddr } = decodeHeader(registerBroker.response, answer.extFields);
      role.masterFromNamesrv(masterAddr, haServerAddr);
      this.#takeOrder(answer.body);
    } catch (thrown) {
      log.warn({ namesrv: address, reason: errorText(thrown) }, 'registration failed');
    }
  }

  /** Topics that NameServers keep as ordered (`updateOrderConf`) are ordered here too. A slave copies its master's. */
  #takeOrder(body: Uint8Array | null): void {
    const { topics, role } = this.#options;
    if (body === null || role.brokerId !== 0) return;
    const listed = [...decodeKvTable(body).keys()].flatMap((name) => topics.get(name) ?? []);
    const ordered = listed.filter(({ order }) => !order).map((topic) => Object.assign({}, topic, { order: true }));
    if (ordered.length > 0) topics.put(...ordered);
  }

  #request(topics: readonly TopicConfig[]): RequestInit {
    const { release, config, brokerAddress, role } = this.#options;
    const settings = config();
    const body = this.#body(topics);
    const bytes = settings.compressedRegister
      ? encodeCompressedRegisterBroker(body, release)
      : encodeRegisterBroker(body, release);
    const extFields = encodeHeader(registerBroker.request, {
      brokerName: settings.brokerName,
      brokerAddr: brokerAddress,
      clusterName: settings.brokerClusterName,
      haServerAddr: role.haServerAddress,
      brokerId: role.brokerId,
      enableActingMaster: release === 'new' ? this.#actsAsMaster : null,
      heartbeatTimeoutMillis: this.#actsAsMaster ? settings.brokerNotActiveTimeoutMillis : null,
      // Release 5.3.3 compresses and denies it, so that nobody can read the body. That is not worth copying.
      compressed: settings.compressedRegister,
      bodyCrc32: crc32(bytes) & 0x7fffffff,
    });
    return { code: registerBroker.code, extFields, body: bytes };
  }

  #body(topics: readonly TopicConfig[]): RegisterBrokerBody {
    const { brokerPermission } = this.#options.config();
    const masked = (topic: TopicConfig): TopicConfig => ({ ...topic, perm: topic.perm & brokerPermission });
    const readWrite = (brokerPermission & ReadWrite) === ReadWrite;
    const announced = topics.map((topic) => [topic.topicName, readWrite ? topic : masked(topic)] as const);
    return {
      dataVersion: this.#options.topics.version,
      topicConfigTable: new Map(announced),
      filterServerList: [],
      topicQueueMappingInfoMap: new Map(),
    };
  }
}
