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
import { type Command, decodeHeader, encodeHeader, type HeaderInit, type HeaderSchema } from '../../remoting/header.ts';
import type { RemotingClient, RemotingCommand } from '../../remoting/types.ts';
import type { Endpoint } from './network.ts';
import type { SimulatedProcess } from './virtual-time.ts';
import type { World } from './world.ts';

const clusterName = 'simulated';
const heartbeatMs = 200;
const heartbeatTimeoutMills = 900;
const actionMs = 80;
const callTimeoutMs = 400;

interface Life {
  readonly process: SimulatedProcess;
  readonly endpoint: Endpoint;
  readonly client: Pick<RemotingClient, 'invoke' | 'invokeOneway'>;
  readonly brokerIds: readonly number[];
}

/**
 * What controllers see of a broker: it applies for an id and keeps it, registers, sends heartbeats, asks who is master or for
 * an election, and as master changes the SyncStateSet, here at random. It has no log, only an offset.
 */
export class SimulatedBroker {
  readonly name: string;
  readonly address: string;
  readonly #world: World;
  readonly #controllers: readonly string[];
  /** Brokers of the set. */
  readonly #size: number;
  /** On disk, as are the id that it applied for and the offset. */
  #brokerId: number | null = null;
  #appliedBrokerId: number | null = null;
  #maxOffset = 0;
  #life: Life | null = null;
  #registered = false;
  #busy = false;
  #controller: string;
  masterEpoch = 0;
  #masterBrokerId: number | null = null;
  #syncStateSetEpoch = 0;

  /** @param address its host is the broker name */
  constructor(world: World, name: string, address: string, size: number, controllers: readonly string[]) {
    this.#world = world;
    this.name = name;
    this.address = address;
    this.#size = size;
    this.#controllers = controllers;
    this.#controller = controllers[0]!;
  }

  get process(): SimulatedProcess | null {
    return this.#life?.process ?? null;
  }

  boot(): void {
    const { time, network } = this.#world;
    const process: SimulatedProcess = { alive: true, frozenUntilMs: 0 };
    const endpoint = network.listen(this.address, process);
    this.#life = { process, endpoint, client: network.client(endpoint), brokerIds: [] };
    this.#registered = false;
    this.#busy = false;
    this.#masterBrokerId = null;
    this.masterEpoch = 0;
    endpoint.handlers.set(notifyBrokerRoleChanged.code, ({ extFields, body }) => {
      const { masterBrokerId, masterEpoch } = decodeHeader(notifyBrokerRoleChanged.request, extFields);
      this.#adopt(masterBrokerId, masterEpoch, body);
      return undefined;
    });
    const clock = time.clockOf(process);
    clock.every(heartbeatMs, () => this.#beat());
    clock.every(actionMs, () => void this.#act());
  }

  crash(): void {
    if (this.#life === null) return;
    this.#world.note(`${this.address} crashes`);
    this.#life.process.alive = false;
    this.#world.network.hangUp(this.#life.endpoint);
    this.#life = null;
  }

  /** A tool asks for this broker as master, or for nobody. */
  async designate(): Promise<void> {
    if (this.#brokerId === null || this.#life === null) return;
    await this.#call(controllerElectMaster, {
      clusterName,
      brokerName: this.name,
      brokerId: this.#brokerId,
      designateElect: true,
    });
  }

  #beat(): void {
    if (this.#life === null || this.#brokerId === null || !this.#registered) return;
    this.#maxOffset += this.#world.random.int(100);
    const extFields = encodeHeader(brokerHeartbeat.request, {
      clusterName,
      brokerAddr: this.address,
      brokerName: this.name,
      brokerId: this.#brokerId,
      epoch: this.masterEpoch,
      maxOffset: this.#maxOffset,
      confirmOffset: this.#maxOffset,
      heartbeatTimeoutMills,
    });
    for (const to of this.#controllers) {
      void this.#life.client.invokeOneway(to, { code: brokerHeartbeat.code, extFields }, callTimeoutMs);
    }
  }

  async #act(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    if (this.#brokerId === null) await this.#applyForId();
    else if (!this.#registered) await this.#register(this.#brokerId);
    else if (this.#masterBrokerId === null) await this.#elect(this.#brokerId);
    else if (this.#masterBrokerId === this.#brokerId && this.#world.random.int(3) === 0)
      await this.#alter(this.#brokerId);
    else await this.#poll();
    this.#busy = false;
  }

  async #applyForId(): Promise<void> {
    const set = { clusterName, brokerName: this.name };
    if (this.#appliedBrokerId === null) {
      const next = await this.#call(controllerGetNextBrokerId, set);
      if (next?.code !== ResponseCode.SUCCESS) return;
      this.#appliedBrokerId = decodeHeader(controllerGetNextBrokerId.response, next.extFields).nextBrokerId!;
    }
    const appliedBrokerId = this.#appliedBrokerId;
    const header = { ...set, appliedBrokerId, registerCheckCode: `${this.address};1` };
    const applied = await this.#call(controllerApplyBrokerId, header);
    if (applied?.code === ResponseCode.SUCCESS) this.#brokerId = appliedBrokerId;
    if (applied?.code === ResponseCode.CONTROLLER_BROKER_ID_INVALID) this.#appliedBrokerId = null;
  }

  async #register(brokerId: number): Promise<void> {
    const header = { clusterName, brokerName: this.name, brokerId, brokerAddress: this.address };
    const answer = await this.#call(controllerRegisterBroker, header);
    if (answer?.code !== ResponseCode.SUCCESS) return;
    this.#registered = true;
    const { masterBrokerId, masterEpoch } = decodeHeader(controllerRegisterBroker.response, answer.extFields);
    this.#adopt(masterBrokerId, masterEpoch, answer.body);
  }

  async #elect(brokerId: number): Promise<void> {
    const header = { clusterName, brokerName: this.name, brokerId, designateElect: false };
    const answer = await this.#call(controllerElectMaster, header);
    // With SUCCESS the body names other things, too: the next poll brings the set.
    if (answer?.code === ResponseCode.SUCCESS || answer?.code === ResponseCode.CONTROLLER_MASTER_STILL_EXIST)
      await this.#poll();
  }

  async #poll(): Promise<void> {
    const answer = await this.#call(controllerGetReplicaInfo, { brokerName: this.name });
    if (answer?.code !== ResponseCode.SUCCESS) return;
    const { masterBrokerId, masterEpoch } = decodeHeader(controllerGetReplicaInfo.response, answer.extFields);
    this.#adopt(masterBrokerId, masterEpoch, answer.body);
  }

  async #alter(masterBrokerId: number): Promise<void> {
    const { random, network } = this.#world;
    const everyone = Array.from({ length: this.#size }, (_, i) => i + 1);
    const calm = network.lossRate === 0;
    const syncStateSet = everyone.filter((id) => id === masterBrokerId || calm || random.int(2) === 0);
    const body = encodeSyncStateSet({ syncStateSet, syncStateSetEpoch: this.#syncStateSetEpoch });
    const header = { brokerName: this.name, masterBrokerId, masterEpoch: this.masterEpoch };
    const answer = await this.#call(controllerAlterSyncStateSet, header, body);
    if (answer?.code === ResponseCode.SUCCESS) this.#adopt(masterBrokerId, header.masterEpoch, answer.body);
    else await this.#poll();
  }

  #adopt(masterBrokerId: number | null, masterEpoch: number | null, body: Uint8Array | null): void {
    if (masterEpoch === null || masterEpoch < this.masterEpoch) return;
    const { syncStateSetEpoch } = decodeSyncStateSet(body);
    if (masterEpoch === this.masterEpoch && syncStateSetEpoch < this.#syncStateSetEpoch) return;
    this.masterEpoch = masterEpoch;
    this.#masterBrokerId = masterBrokerId;
    this.#syncStateSetEpoch = syncStateSetEpoch;
  }

  /** The answer of one controller, null for none; after a refusal the next one is asked the next time. */
  async #call<Q extends HeaderSchema>(
    command: Command<Q, HeaderSchema>,
    header: HeaderInit<Q>,
    body: Uint8Array | null = null,
  ): Promise<RemotingCommand | null> {
    const request = { code: command.code, extFields: encodeHeader(command.request, header), body };
    const { random } = this.#world;
    const other = () => (this.#controller = this.#controllers[random.int(this.#controllers.length)]!);
    try {
      const answer = await this.#life!.client.invoke(this.#controller, request, callTimeoutMs);
      if (answer.code === ResponseCode.CONTROLLER_NOT_LEADER) other();
      return answer;
    } catch {
      other(); // Lost on its way: for the broker the same as a controller that is down.
      return null;
    }
  }
}
