import { parseAddress } from '../../base/address.ts';
import { AssertionFailure } from '../../base/assert.ts';
import { errorText } from '../../base/errors.ts';
import { type Log, silentLog } from '../../base/log.ts';
import { controllerConfig, type ControllerMembers, controllerMembers } from '../../config/controller.ts';
import { controllerKeys } from '../../config/keys/controller.ts';
import { liveConfig } from '../../config/live.ts';
import { decodeSyncStateSet } from '../../remoting/bodies/sync-state-set.ts';
import { RequestCode, ResponseCode } from '../../remoting/codes.ts';
import { controllerAlterSyncStateSet } from '../../remoting/commands/controller-alter-sync-state-set.ts';
import { controllerApplyBrokerId } from '../../remoting/commands/controller-apply-broker-id.ts';
import { controllerElectMaster } from '../../remoting/commands/controller-elect-master.ts';
import { notifyBrokerRoleChanged } from '../../remoting/commands/notify-broker-role-changed.ts';
import { decodeHeader } from '../../remoting/header.ts';
import type { RemotingClient, RemotingCommand, RequestHandler, ResponseInit } from '../../remoting/types.ts';
import type { RaftStatus } from '../../raft/node.ts';
import { assembleController } from '../assemble.ts';
import { DLedgerStore } from '../dledger/dledger-store.ts';
import type { RaftDriver } from '../dledger/driver.ts';
import { raftTimings } from '../dledger/timings.ts';
import { isPlausibleBody } from '../state/events.ts';
import { ReplicasInfo } from '../state/replicas.ts';
import { SimulatedDisk } from './disk.ts';
import type { Endpoint } from './network.ts';
import type { SimulatedProcess } from './virtual-time.ts';
import type { World } from './world.ts';

const timings = raftTimings('200');
/** Small, so that a schedule fills several. */
const segmentBytes = 2048;
const intervals = { scanNotActiveBrokerInterval: 300, scanInactiveMasterInterval: 500 };
const defaults = controllerConfig({ ...intervals, controllerDLegerGroup: 'grp', mappedFileSize: segmentBytes });
/** One flush in so many is the last thing that a controller does. */
const crashAtFlushEvery = 150;

interface Life {
  readonly process: SimulatedProcess;
  readonly endpoint: Endpoint;
  readonly driver: RaftDriver;
  readonly replicas: ReplicasInfo;
}

/** A controller: the real one, on a simulated disk, clock and network. */
export class SimulatedController {
  readonly id: string;
  readonly #world: World;
  readonly #members: ControllerMembers;
  readonly #disk: SimulatedDisk;
  #life: Life | null = null;
  #applied = 0;

  constructor(world: World, id: string) {
    this.id = id;
    this.#world = world;
    this.#members = controllerMembers({
      ...defaults,
      controllerDLegerPeers: world.peers,
      controllerDLegerSelfId: id,
    });
    this.#disk = new SimulatedDisk(world.time, world.random, world.defect.disk ?? {});
  }

  get address(): string {
    return this.#members.selfAddress;
  }

  /** Null while it is down. */
  get process(): SimulatedProcess | null {
    return this.#life?.process ?? null;
  }

  get status(): RaftStatus | null {
    return this.#life?.driver.status ?? null;
  }

  /** Events applied since it started. */
  get applied(): number {
    return this.#applied;
  }

  get replicas(): ReplicasInfo | null {
    return this.#life?.replicas ?? null;
  }

  boot(): void {
    const { time, network, random, defect } = this.#world;
    const process: SimulatedProcess = { alive: true, frozenUntilMs: 0 };
    const endpoint = network.listen(this.address, process);
    const store = this.#openStore(process);
    const replicas = this.#watchedReplicas();
    const { driver, elections } = assembleController({
      members: this.#members,
      timings,
      config: liveConfig(controllerKeys, 'new', { ...defaults, ...defect.config }, '', silentLog),
      store,
      replicas,
      clock: time.clockOf(process),
      random,
      client: this.#watchedClient(network.client(endpoint)),
      server: { handle: (code, handler) => endpoint.handle(code, this.#watchedHandler(handler, replicas)) },
      log: this.#log(),
    });
    defect.driver?.(driver);
    driver.onStatus(() => {
      const { role, currTerm } = driver.status;
      if (role !== 'LEADER') return;
      this.#world.note(`${this.id} leads term ${currTerm}`);
      this.#world.safety.leads(this.id, currTerm);
    });
    this.#life = { process, endpoint, driver, replicas };
    driver.start();
    elections.start();
  }

  crash(power: 'KEPT' | 'LOST'): void {
    if (this.#life === null) return;
    this.#world.note(`${this.id} crashes, power ${power}`);
    this.#life.process.alive = false;
    this.#disk.crash(power);
    this.#world.network.hangUp(this.#life.endpoint);
    this.#life = null;
  }

  #openStore(process: SimulatedProcess): DLedgerStore {
    const { random, safety, time, network } = this.#world;
    const onFlush = () => {
      if (network.lossRate === 0 || random.int(crashAtFlushEvery) > 0) return;
      time.after(random.int(30), process, () => this.crash('LOST'));
    };
    const disk = this.#disk.openedBy(process, this.id, onFlush);
    const store = new DLedgerStore({ disk, segmentBytes, plausible: isPlausibleBody });
    const note = (index: number) => {
      const entry = store.entry(index);
      if (entry !== undefined) safety.stored(this.id, entry, store.entry(index - 1)?.term ?? -1);
    };
    for (let index = 0; index <= store.endIndex; index++) note(index);
    const persist = store.persist.bind(store);
    // Nobody hears of an entry before it is on disk, and a leader that lost one may put another one in its place.
    store.persist = async (ready) => {
      await persist(ready);
      for (const { index } of ready.entries) note(index);
    };
    return store;
  }

  #watchedReplicas(): ReplicasInfo {
    const { safety, defect, note } = this.#world;
    const replicas = defect.replicas?.() ?? new ReplicasInfo();
    const apply = replicas.apply.bind(replicas);
    this.#applied = 0;
    replicas.apply = (event) => {
      const before = replicas.set(event.brokerName);
      apply(event);
      const position = this.#applied++;
      if (position === safety.agreedCount) note(`${this.id} applies ${position} ${JSON.stringify(event)}`);
      safety.applied(this.id, position, event, before, replicas.set(event.brokerName));
    };
    return replicas;
  }

  #watchedClient(client: Pick<RemotingClient, 'invoke' | 'invokeOneway'>): typeof client {
    return {
      ...client,
      invokeOneway: (address, request, timeoutMs) => {
        if (request.code === notifyBrokerRoleChanged.code) {
          const brokerName = parseAddress(address).host;
          this.#told(brokerName, decodeHeader(notifyBrokerRoleChanged.request, request.extFields ?? null));
        }
        return client.invokeOneway(address, request, timeoutMs);
      },
    };
  }

  #watchedHandler(handler: RequestHandler, replicas: ReplicasInfo): RequestHandler {
    const { defect } = this.#world;
    return async (request, connection) => {
      const seen = defect.request?.(request, replicas) ?? request;
      const response = (await handler(seen, connection))!;
      this.#answered(request, response);
      return response;
    };
  }

  #answered({ code, extFields, body }: RemotingCommand, response: ResponseInit): void {
    if (response.code !== ResponseCode.SUCCESS) return;
    const { safety } = this.#world;
    const brokerName = extFields?.brokerName ?? '';
    if (code === RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET) {
      const { masterBrokerId, masterEpoch } = decodeHeader(controllerAlterSyncStateSet.request, extFields);
      const { newSyncStateSetEpoch } = decodeHeader(controllerAlterSyncStateSet.response, response.extFields ?? null);
      const wanted = decodeSyncStateSet(body);
      safety.granted(this.id, { brokerName, masterBrokerId, masterEpoch, ...wanted, newSyncStateSetEpoch });
    }
    if (code === RequestCode.CONTROLLER_APPLY_BROKER_ID) {
      const { appliedBrokerId, registerCheckCode } = decodeHeader(controllerApplyBrokerId.request, extFields);
      safety.identified(brokerName, appliedBrokerId!, registerCheckCode!);
    }
    // The answers of 1002, 1003 and 1004 name the master in the same way.
    if (tellsMaster.has(code))
      this.#told(brokerName, decodeHeader(controllerElectMaster.response, response.extFields ?? null));
  }

  #told(brokerName: string, header: { masterBrokerId: number | null; masterEpoch: number | null }): void {
    const { masterBrokerId, masterEpoch } = header;
    if (masterBrokerId !== null && masterEpoch !== null) {
      this.#world.safety.told(this.id, brokerName, masterEpoch, masterBrokerId);
    }
  }

  /** A bug that the controller caught and lived through is still one. */
  #log(): Log {
    const failed = (fields: { err?: unknown }, text: string) => {
      this.#world.safety.require(false, `${this.id}: ${text}: ${errorText(fields.err)}`);
    };
    return {
      ...silentLog,
      warn: (fields: { err?: unknown }, text) => fields.err instanceof AssertionFailure && failed(fields, text),
      error: failed,
    };
  }
}

const tellsMaster = new Set<number>([
  RequestCode.CONTROLLER_ELECT_MASTER,
  RequestCode.CONTROLLER_REGISTER_BROKER,
  RequestCode.CONTROLLER_GET_REPLICA_INFO,
]);
