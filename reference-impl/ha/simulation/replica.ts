import { directDial } from '../../base/address.ts';
import { AssertionFailure } from '../../base/assert.ts';
import { errorText } from '../../base/errors.ts';
import { type Log, silentLog } from '../../base/log.ts';
import { type Power, SimulatedDisk } from '../../base/simulation/disk.ts';
import type { SimulatedProcess } from '../../base/simulation/virtual-time.ts';
import { ControlledRole } from '../../broker/role/controlled.ts';
import { Acknowledgements } from '../../broker/send/acknowledgements.ts';
import type { WaitingAnswer } from '../../broker/send/waiting-answers.ts';
import { type BrokerConfig, brokerConfig } from '../../config/broker.ts';
import type { MessageToStore } from '../../message/types.ts';
import { ResponseCode } from '../../remoting/codes.ts';
import { notifyBrokerRoleChanged } from '../../remoting/commands/notify-broker-role-changed.ts';
import { registerBroker } from '../../remoting/commands/register-broker.ts';
import { decodeHeader, encodeHeader } from '../../remoting/header.ts';
import type { Endpoint } from '../../remoting/simulation/network.ts';
import type { Connection, RemotingClient, RemotingCommand } from '../../remoting/types.ts';
import { openStore } from '../../store/open.ts';
import type { AppendResult, MessageStore } from '../../store/types.ts';
import { brokerName, clusterName, controllerAddress, namesrvAddress, type World } from './world.ts';

/** Much faster than the documented ones, and in the same proportions. */
const timings: Partial<BrokerConfig> = {
  haSendHeartbeatInterval: 300,
  haHousekeepingInterval: 900,
  haMaxTimeSlaveNotCatchup: 1500,
  haTransferBatchSize: 700,
  checkSyncStateSetPeriod: 300,
  slaveTimeout: 400,
  sendThreadPoolQueueCapacity: 64,
  syncFlushTimeout: 400,
  brokerHeartbeatInterval: 150,
  controllerHeartBeatTimeoutMills: 600,
  sendHeartbeatTimeoutMillis: 300,
  syncBrokerMetadataPeriod: 250,
  syncControllerMetadataPeriod: 1000,
  registerBrokerTimeoutMills: 300,
  flushIntervalCommitLog: 200,
  flushIntervalConsumeQueue: 250,
};
/** Small, so that a schedule fills several. */
const segmentBytes = 2048;
const sweepMs = 100;
const registerMs = 1000;
const fatal = /behind the end of its queue|no record where one should start|the disk failed/;

/** What a producer sent at once, the places that it got, and the epoch whose master put it there. */
export interface Sent {
  readonly key: string;
  readonly results: readonly AppendResult[];
  readonly queueId: number;
  readonly masterEpoch: number;
}

export type SendAnswer = 'ACKNOWLEDGED' | 'REFUSED' | 'UNKNOWN';

interface Life {
  readonly process: SimulatedProcess;
  readonly endpoint: Endpoint;
  readonly waiting: Map<string, { readonly sent: Sent; readonly answer: (answer: SendAnswer) => void }>;
  store: MessageStore | null;
  role: ControlledRole | null;
  acknowledgements: Acknowledgements | null;
  stopping: boolean;
}

/** A broker of the set: the real store, replication, role and acknowledgements on a simulated disk, clock and network. */
export class SimulatedReplica {
  readonly number: number;
  readonly learner: boolean;
  readonly address: string;
  readonly #world: World;
  readonly #disk: SimulatedDisk;
  readonly #config: Readonly<BrokerConfig>;
  #life: Life | null = null;

  constructor(world: World, number: number, learner: boolean) {
    this.#world = world;
    this.number = number;
    this.learner = learner;
    this.address = `replica-${number}:10911`;
    this.#disk = new SimulatedDisk(world.time, world.random, world.losesPower, world.defect.disk);
    this.#config = brokerConfig('new', {
      ...timings,
      brokerClusterName: clusterName,
      brokerName,
      brokerIP1: `replica-${number}`,
      brokerIP2: `replica-${number}`,
      listenPort: 10911,
      haListenPort: 10912,
      enableControllerMode: true,
      controllerAddr: controllerAddress,
      namesrvAddr: namesrvAddress,
      storePathRootDir: `/replica-${number}`,
      mappedFileSizeCommitLog: segmentBytes,
      mappedFileSizeConsumeQueue: 400,
      messageIndexEnable: false,
      allAckInSyncStateSet: true,
      asyncLearner: learner,
      flushDiskType: world.losesPower ? 'SYNC_FLUSH' : 'ASYNC_FLUSH',
    });
  }

  /** Null while it is down. */
  get process(): SimulatedProcess | null {
    return this.#life?.process ?? null;
  }

  get store(): MessageStore | null {
    return this.#life?.store ?? null;
  }

  get role(): ControlledRole | null {
    return this.#life?.role ?? null;
  }

  /** It believes so itself. */
  get isMaster(): boolean {
    return this.role !== null && this.role.name !== 'SLAVE' && !this.role.fenced;
  }

  /** It is elected, and replicates as master, perhaps before it serves. */
  get leads(): boolean {
    return (this.role?.ha.syncStateSet.members.size ?? 0) > 0;
  }

  get epochFile(): string | null {
    return this.#disk.text(this.#config.storePathEpochFile);
  }

  async boot(): Promise<void> {
    const { time, network, streams, random } = this.#world;
    const process: SimulatedProcess = { alive: true, frozenUntilMs: 0 };
    const endpoint = network.listen(this.address, process);
    const life: Life = {
      process,
      endpoint,
      waiting: new Map(),
      store: null,
      role: null,
      acknowledgements: null,
      stopping: false,
    };
    this.#life = life;
    const clock = time.clockOf(process);
    const disk = this.#disk.openedBy(process);
    const config = this.#config;
    const store = await openStore({
      ...config,
      release: 'new',
      log: this.#log(process),
      clock,
      disk,
      dledger: null,
      flushDiskType: config.flushDiskType === 'SYNC_FLUSH' ? 'SYNC_FLUSH' : 'ASYNC_FLUSH',
      confirmOffsetLimitsDispatch: true,
      endOfTurn: (run) => time.after(random.int(10), process, run),
    });
    if (!process.alive) return;
    const { defect } = this.#world;
    const client = network.client(endpoint);
    const role = new ControlledRole({
      release: 'new',
      config: () => config,
      store: defect.store?.(store) ?? store,
      client: defect.client?.(client, () => this.#world.safety.fullBrokerIds) ?? client,
      addressBook: directDial,
      log: this.#log(process),
      defect: null,
      clock,
      disk,
      haNetwork: streams.of(config.brokerIP1, this.address, process),
    });
    life.store = store;
    life.role = role;
    life.acknowledgements = this.#acknowledge(life, store, role);
    this.#world.safety.booted(this);
    endpoint.handlers.set(notifyBrokerRoleChanged.code, (request) => {
      role.roleChanged(request);
      return undefined;
    });
    clock.every(registerMs, () => void this.#register(client, role));
    await role.start({
      brokerAddress: this.address,
      registerToNamesrv: () => this.#register(client, role),
      roleTaken() {},
    });
  }

  /** What `start.ts` of the broker connects. */
  #acknowledge(life: Life, store: MessageStore, role: ControlledRole): Acknowledgements {
    const { time, safety, defect, coverage } = this.#world;
    const acknowledgements = new Acknowledgements({
      config: () => this.#config,
      store,
      role: defect.acknowledgedBy?.(role) ?? role,
      answer: (waiting, code) => this.#answer(life, waiting, code),
      refuse: (waiting) => this.#answer(life, waiting, ResponseCode.SERVICE_NOT_AVAILABLE),
    });
    let wasMaster = false;
    store.onProgress(() => acknowledgements.release());
    role.onProgress(() => acknowledgements.release());
    role.onChange(() => {
      acknowledgements.roleChanged();
      const isMaster = role.name !== 'SLAVE' && !role.fenced;
      this.#world.note(`${this.address} is ${isMaster ? 'master' : 'slave'} in epoch ${role.masterEpoch}`);
      if (isMaster) safety.serves(this);
      if (isMaster && !wasMaster) coverage.switches++;
      wasMaster = isMaster;
    });
    store.onProgress(() => life.process.alive && safety.moved(this));
    time.clockOf(life.process).every(sweepMs, () => acknowledgements.sweep(time.nowMs));
    return acknowledgements;
  }

  /** The checks of the broker's send path, then the store, then an answer when it is safe. */
  send(key: string, messages: readonly MessageToStore[], answer: (answer: SendAnswer) => void): void {
    const life = this.#life;
    const { store = null, role = null, acknowledgements = null } = life ?? {};
    if (life === null || store === null || role === null || acknowledgements === null) return answer('UNKNOWN');
    if (life.stopping || !this.isMaster || acknowledgements.full || role.refusal() !== null) return answer('REFUSED');
    const placed = messages.length === 1 ? store.append(messages[0]!) : store.appendBatch(messages);
    if (typeof placed === 'string') return answer('REFUSED');
    const results = 'length' in placed ? placed : [placed];
    const { queueId } = messages[0]!;
    life.waiting.set(key, { sent: { key, results, queueId, masterEpoch: role.ha.lastEpoch }, answer });
    const { endOffset } = results.at(-1)!;
    acknowledgements.wait(waitingAnswer(key, results[0]!, endOffset, queueId, this.#world.time.nowMs), 'replicated');
  }

  #answer(life: Life, { transactionId }: WaitingAnswer, code: number): void {
    const waiting = life.waiting.get(transactionId!);
    life.waiting.delete(transactionId!);
    if (waiting === undefined || !life.process.alive) return;
    if (code === ResponseCode.SUCCESS) this.#world.safety.acknowledged(this, waiting.sent);
    waiting.answer(code === ResponseCode.SUCCESS ? 'ACKNOWLEDGED' : 'UNKNOWN');
  }

  /** What `Registration` of the broker does with one NameServer. */
  async #register(client: Pick<RemotingClient, 'invoke'>, role: ControlledRole): Promise<void> {
    if (role.fenced) return;
    const header = { brokerName, clusterName, brokerAddr: this.address, brokerId: role.brokerId };
    const extFields = encodeHeader(registerBroker.request, { ...header, haServerAddr: role.haServerAddress });
    try {
      const answer = await client.invoke(namesrvAddress, { code: registerBroker.code, extFields }, 300);
      const { masterAddr, haServerAddr } = decodeHeader(registerBroker.response, answer.extFields);
      role.masterFromNamesrv(masterAddr, haServerAddr);
    } catch {
      // Lost on its way: it is asked again.
    }
  }

  /** @param power LOST: only what is flushed stays, and nobody is told that the connections are gone */
  crash(power: Power, how = ''): void {
    if (this.#life === null) return;
    const { network, streams, coverage } = this.#world;
    const { process, endpoint } = this.#life;
    this.#world.note(`${this.address} crashes${how}, power ${power}`);
    coverage.crashes++;
    if (power === 'LOST') coverage.powerLosses++;
    this.#end();
    this.#disk.crash(power);
    if (power === 'KEPT') network.hangUp(endpoint);
    streams.hangUp(process, power);
  }

  /** It dies within one of its next changes of the disk. */
  crashAtChange(count: number): void {
    this.#disk.dieAtChange(count, () => {
      this.#world.coverage.tornWrites++;
      this.crash('KEPT', ' while it writes');
    });
  }

  /** A clean end, which leaves a checkpoint. */
  async stop(): Promise<void> {
    const life = this.#life;
    if (life === null || life.role === null || life.store === null || life.stopping) return;
    life.stopping = true;
    const { network, streams } = this.#world;
    this.#world.note(`${this.address} stops`);
    life.acknowledgements?.abandon();
    await life.role.stop();
    await life.store.close();
    // Whatever else is due in it would run on a closed store.
    if (!life.process.alive) return;
    this.#end();
    this.#disk.crash('KEPT');
    network.hangUp(life.endpoint);
    streams.hangUp(life.process, 'KEPT');
  }

  #end(): void {
    const life = this.#life!;
    life.process.alive = false;
    for (const { answer } of life.waiting.values()) answer('UNKNOWN');
    life.waiting.clear();
    this.#life = null;
  }

  /** Bytes of the log as the disk has them; null when they are not all there. */
  logBytes(from: number, to: number, durable: boolean): Buffer | null {
    const pieces: Buffer[] = [];
    for (let at = from; at < to; ) {
      const start = at - (at % segmentBytes);
      const length = Math.min(to, start + segmentBytes) - at;
      const path = `${this.#config.storePathCommitLog}/${String(start).padStart(20, '0')}`;
      const piece = this.#disk.peek(path, at - start, length, durable);
      if (piece === null) return null;
      pieces.push(piece);
      at += length;
    }
    return Buffer.concat(pieces);
  }

  /** A bug that the broker caught and lived through is still one. */
  #log(process: SimulatedProcess): Log {
    const { safety } = this.#world;
    const seen = (fields: object, text: string) => {
      if (!process.alive) return;
      const { error, err } = fields as { error?: unknown; err?: unknown };
      const bug = err instanceof AssertionFailure || fatal.test(text) || String(error).includes('AssertionFailure');
      this.#world.note(`${this.address}: ${text} ${JSON.stringify(fields)}`);
      if (text.startsWith('The log is cut')) this.#world.coverage.truncations++;
      safety.require(!bug, `${this.address}: ${text}: ${errorText(err ?? error)}`);
    };
    const info = (fields: object, text: string) => {
      if (text.startsWith('HA') || text.startsWith('The HA'))
        this.#world.note(`${this.address}: ${text} ${JSON.stringify(fields)}`);
    };
    const log: Log = { ...silentLog, info, warn: seen, error: seen, child: () => log };
    return log;
  }
}

function waitingAnswer(
  key: string,
  first: AppendResult,
  endOffset: number,
  queueId: number,
  nowMs: number,
): WaitingAnswer {
  return {
    request: null as unknown as RemotingCommand,
    connection: null as unknown as Connection,
    endOffset,
    sinceMs: nowMs,
    code: ResponseCode.SUCCESS,
    queueId,
    queueOffset: first.queueOffset,
    physicalOffset: first.physicalOffset,
    physicalOffsets: null,
    transactionId: key,
    sentBack: false,
  };
}
