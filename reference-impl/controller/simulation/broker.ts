import { decodeSyncStateSet, encodeSyncStateSet } from '../../remoting/bodies/sync-state-set.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import { brokerHeartbeat } from '../../remoting/commands/broker-heartbeat.ts';
import { controllerAlterSyncStateSet } from '../../remoting/commands/controller-alter-sync-state-set.ts';
import { controllerApplyBrokerId } from '../../remoting/commands/controller-apply-broker-id.ts';
import { controllerElectMaster } from '../../remoting/commands/controller-elect-master.ts';
import { controllerGetNextBrokerId } from '../../remoting/commands/controller-get-next-broker-id.ts';
import { controllerGetReplicaInfo } from '../../remoting/commands/controller-get-replica-info.ts';
import { controllerRegisterBroker } from '../../remoting/commands/controller-register-broker.ts';
import { notifyBrokerRoleChanged } from '../../remoting/commands/notify-broker-role-changed.ts';
import { decodeHeader, encodeHeader } from '../../remoting/header.ts';
import { ControllerCalls } from './calls.ts';
import type { Endpoint } from '../../remoting/simulation/network.ts';
import type { SimulatedProcess } from '../../base/simulation/virtual-time.ts';
import type { World } from './world.ts';

export const clusterName = 'simulated';
const heartbeatMs = 400;
const heartbeatTimeoutMills = 1000;
const actionMs = 100;
/** A broker that knows its master has something to ask once in so many actions. */
const asksEvery = 3;
/** One start in so many, of a broker that has its id, is at another address. */
const movesEvery = 4;

interface Life {
  readonly process: SimulatedProcess;
  readonly endpoint: Endpoint;
  readonly calls: ControllerCalls;
}

/** What a broker has written down before it applies for an id. */
interface Application {
  readonly brokerId: number;
  readonly registerCheckCode: string;
}

/**
 * What controllers see of a broker: it applies for an id and keeps it, registers, sends heartbeats, asks who is master or for
 * an election, and as master changes the SyncStateSet, here at random. It has no log, only an offset.
 */
export class SimulatedBroker {
  readonly name: string;
  readonly #world: World;
  readonly #controllers: readonly string[];
  #port: number;
  readonly #addresses = new Set<string>();
  /** On disk, as are the application and the offset. */
  #brokerId: number | null = null;
  #application: Application | null = null;
  #maxOffset = 0;
  #life: Life | null = null;
  #registered = false;
  #busy = false;
  #masterEpoch = 0;
  #masterBrokerId: number | null = null;
  #syncStateSetEpoch = 0;

  /** @param name brokerName, and the host of its address */
  constructor(world: World, name: string, port: number, controllers: readonly string[]) {
    this.#world = world;
    this.name = name;
    this.#port = port;
    this.#controllers = controllers;
  }

  get address(): string {
    return `${this.name}:${this.#port}`;
  }

  /** Whether this is its address, or was: a registration of an earlier life may be the last that the controllers got. */
  hadAddress(address: string): boolean {
    return this.#addresses.has(address);
  }

  /** Null until a controller granted one. */
  get brokerId(): number | null {
    return this.#brokerId;
  }

  /** Of the newest master that it heard of. */
  get masterEpoch(): number {
    return this.#masterEpoch;
  }

  /** Null while it is down. */
  get process(): SimulatedProcess | null {
    return this.#life?.process ?? null;
  }

  boot(): void {
    const { time, network, random, count } = this.#world;
    count('brokerStarts');
    if (this.#brokerId !== null && random.int(movesEvery) === 0) {
      count('brokersMoved');
      this.#port += 10;
    }
    const process: SimulatedProcess = { alive: true, frozenUntilMs: 0 };
    this.#addresses.add(this.address);
    const endpoint = network.listen(this.address, process);
    const calls = new ControllerCalls(this.#world, this.#controllers, network.client(endpoint));
    this.#life = { process, endpoint, calls };
    this.#registered = false;
    this.#busy = false;
    this.#masterBrokerId = null;
    this.#masterEpoch = 0;
    this.#syncStateSetEpoch = 0;
    endpoint.handlers.set(notifyBrokerRoleChanged.code, ({ extFields, body }) => {
      const { masterBrokerId, masterEpoch } = decodeHeader(notifyBrokerRoleChanged.request, extFields);
      this.#adopt(masterBrokerId, masterEpoch, body);
      return undefined;
    });
    const clock = time.clockOf(process);
    clock.every(heartbeatMs, () => this.#beat(calls));
    clock.every(actionMs, () => void this.#act(calls));
  }

  crash(): void {
    if (this.#life === null) return;
    this.#world.note(`${this.address} crashes`);
    this.#world.count('brokerCrashes');
    this.#life.process.alive = false;
    this.#world.network.hangUp(this.#life.endpoint);
    this.#life = null;
  }

  #beat({ client, controllers }: ControllerCalls): void {
    if (this.#brokerId === null || !this.#registered) return;
    this.#maxOffset += this.#world.random.int(100);
    const extFields = encodeHeader(brokerHeartbeat.request, {
      clusterName,
      brokerAddr: this.address,
      brokerName: this.name,
      brokerId: this.#brokerId,
      epoch: this.#masterEpoch,
      maxOffset: this.#maxOffset,
      confirmOffset: this.#maxOffset,
      heartbeatTimeoutMills,
    });
    for (const to of controllers) void client.invokeOneway(to, { code: brokerHeartbeat.code, extFields }, 0);
  }

  async #act(calls: ControllerCalls): Promise<void> {
    const { random } = this.#world;
    if (this.#busy || (this.#masterBrokerId !== null && random.int(asksEvery) > 0)) return;
    this.#busy = true;
    if (this.#brokerId === null) await this.#applyForId(calls);
    else if (!this.#registered) await this.#register(calls, this.#brokerId);
    else if (this.#masterBrokerId === null) await this.#elect(calls, this.#brokerId);
    else if (this.#masterBrokerId === this.#brokerId) await this.#alter(calls, this.#brokerId);
    else await this.#poll(calls);
    this.#busy = false;
  }

  async #applyForId(calls: ControllerCalls): Promise<void> {
    const set = { clusterName, brokerName: this.name };
    if (this.#application === null) {
      const next = await calls.call(controllerGetNextBrokerId, set);
      if (next?.code !== ResponseCode.SUCCESS) return;
      const { nextBrokerId } = decodeHeader(controllerGetNextBrokerId.response, next.extFields);
      this.#application = { brokerId: nextBrokerId!, registerCheckCode: `${this.address};1` };
    }
    const { brokerId, registerCheckCode } = this.#application;
    const header = { ...set, appliedBrokerId: brokerId, registerCheckCode };
    const applied = await calls.call(controllerApplyBrokerId, header);
    if (applied?.code === ResponseCode.SUCCESS) this.#brokerId = brokerId;
    if (applied?.code === ResponseCode.CONTROLLER_BROKER_ID_INVALID) this.#application = null;
  }

  async #register(calls: ControllerCalls, brokerId: number): Promise<void> {
    const header = { clusterName, brokerName: this.name, brokerId, brokerAddress: this.address };
    const answer = await calls.call(controllerRegisterBroker, header);
    if (answer?.code !== ResponseCode.SUCCESS) return;
    this.#registered = true;
    const { masterBrokerId, masterEpoch } = decodeHeader(controllerRegisterBroker.response, answer.extFields);
    this.#adopt(masterBrokerId, masterEpoch, answer.body);
  }

  async #elect(calls: ControllerCalls, brokerId: number): Promise<void> {
    const header = { clusterName, brokerName: this.name, brokerId, designateElect: false };
    const answer = await calls.call(controllerElectMaster, header);
    // With SUCCESS the body names other things, too: the next poll brings the set.
    if (answer?.code === ResponseCode.SUCCESS || answer?.code === ResponseCode.CONTROLLER_MASTER_STILL_EXIST)
      await this.#poll(calls);
  }

  async #poll(calls: ControllerCalls): Promise<void> {
    const answer = await calls.call(controllerGetReplicaInfo, { brokerName: this.name });
    if (answer?.code !== ResponseCode.SUCCESS) return;
    const { masterBrokerId, masterEpoch } = decodeHeader(controllerGetReplicaInfo.response, answer.extFields);
    this.#adopt(masterBrokerId, masterEpoch, answer.body);
  }

  async #alter(calls: ControllerCalls, masterBrokerId: number): Promise<void> {
    const { random, network } = this.#world;
    const calm = network.lossRate === 0;
    const everyone = this.#world.brokerIds(this.name);
    const syncStateSet = everyone.filter((id) => id === masterBrokerId || calm || random.int(2) === 0);
    const body = encodeSyncStateSet({ syncStateSet, syncStateSetEpoch: this.#syncStateSetEpoch });
    const header = { brokerName: this.name, masterBrokerId, masterEpoch: this.#masterEpoch };
    const answer = await calls.call(controllerAlterSyncStateSet, header, body);
    if (answer?.code === ResponseCode.SUCCESS) this.#adopt(masterBrokerId, header.masterEpoch, answer.body);
    else await this.#poll(calls);
  }

  #adopt(masterBrokerId: number | null, masterEpoch: number | null, body: Uint8Array | null): void {
    if (masterEpoch === null || masterEpoch < this.#masterEpoch) return;
    const { syncStateSetEpoch } = decodeSyncStateSet(body);
    if (masterEpoch === this.#masterEpoch && syncStateSetEpoch < this.#syncStateSetEpoch) return;
    this.#masterEpoch = masterEpoch;
    this.#masterBrokerId = masterBrokerId;
    this.#syncStateSetEpoch = syncStateSetEpoch;
  }
}
