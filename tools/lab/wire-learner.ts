// What a replica and its master say to each other under a controller, as the design page has it; big-endian.
//   replica, handshake: state=1 i32 | syncFromLastFile i16 | asyncLearner i16 | brokerId i64
//   replica, report:    state=2 i32 | maxOffset i64
//   master, handshake:  state=1 i32 | bodySize i32 | maxOffset i64 | epoch i32 | body: (epoch i32 | startOffset i64) each
//   master, transfer:   state=2 i32 | bodySize i32 | offset i64 | epoch i32 | epochStartOffset i64 | confirmOffset i64 | log
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { parseAddress } from '../../reference-impl/base/address.ts';
import type { HaStatus } from '../../reference-impl/client/broker-calls.ts';
import { confirmOffsetMonotone } from '../check/replicas.ts';
import { addressOf, type PlannedServer } from './plan-servers.ts';
import { Replicas } from './replicas.ts';
import { segmentsUpTo } from './traffic/commit-log.ts';
import type { Trial } from './trial.ts';
import { ConditionFailure, until } from './until.ts';
import { assertNone } from './violations.ts';

interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

interface Introduction {
  readonly maxOffset: number;
  readonly epoch: number;
  readonly epochs: readonly EpochStart[];
}

interface Frame {
  readonly offset: number;
  readonly size: number;
  readonly epoch: number;
  readonly epochStartOffset: number;
}

const handshakeState = 1;
const transferState = 2;
const handshakeHeaderBytes = 20;
const transferHeaderBytes = 36;
const epochBytes = 12;
/** No replica has it: a learner is never proposed for the set, so nobody asks who that is. */
const brokerId = 99;

/** A learner of the lab's own that follows a trial's master and knows the documented frames and nothing else. */
export class WireLearner implements AsyncDisposable {
  readonly #trial: Trial;
  #master: PlannedServer | null = null;
  #endBefore = 0;
  #socket: Socket | null = null;
  #received: Buffer = Buffer.alloc(0);
  #introduction: Introduction | null = null;
  readonly #frames: Frame[] = [];
  /** What each frame confirmed, those without a byte of the log among them. */
  readonly #confirmed: number[] = [];
  readonly #log: Buffer[] = [];
  #failure: Error | null = null;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** Connects to the HA port of the master and says who it is; resolves with the master's answer. */
  async introduce(): Promise<void> {
    this.#master = await new Replicas(this.#trial).master();
    this.#endBefore = (await this.#trial.views.operator.brokerEpoch(addressOf(this.#master))).maxOffset;
    const { host, port } = parseAddress(this.#master.ports[1]!.listens);
    const socket = connect({ host, port });
    this.#socket = socket;
    socket.on('error', (error) => (this.#failure = error));
    socket.on('data', (chunk) => this.#read(chunk));
    await once(socket, 'connect');
    const hello = Buffer.alloc(16);
    hello.writeInt32BE(handshakeState, 0);
    hello.writeInt16BE(1, 6);
    hello.writeBigInt64BE(BigInt(brokerId), 8);
    socket.write(hello);
    await this.#until('the master answers the learner', () => this.#introduction !== null);
  }

  /** The master told the end of its log, its epoch, and every epoch with a byte of the log, as it lists them itself. */
  async wasTold(): Promise<void> {
    const { maxOffset, epoch, epochs } = this.#introduction!;
    const listed = await this.#trial.views.operator.brokerEpoch(addressOf(this.#master!));
    const starts = withBytes(listed.epochList);
    const text = `told: end ${maxOffset}, epoch ${epoch}, epochs ${JSON.stringify(epochs)}`;
    this.#trial.options.observe('handshake', maxOffset, text);
    const isEnd = maxOffset > 0 && maxOffset >= this.#endBefore && maxOffset <= listed.maxOffset;
    if (!isEnd || epoch !== starts.at(-1)?.epoch || JSON.stringify(withBytes(epochs)) !== JSON.stringify(starts))
      throw new ConditionFailure(`${text}; the master lists ${JSON.stringify(starts)} up to ${listed.maxOffset}.`);
  }

  /** Asks for the whole log and takes everything up to its end, without a report between; while more comes, at first. */
  async copy(): Promise<void> {
    const { traffic, views } = this.#trial;
    this.#report(0);
    await traffic.acknowledges();
    await traffic.stopProducing();
    const { maxOffset } = await views.operator.brokerEpoch(addressOf(this.#master!));
    const isAll = () => this.#end >= maxOffset && this.#confirmed.at(-1) === maxOffset;
    await this.#until(`the learner has ${maxOffset} bytes, all of them confirmed`, isAll);
  }

  /** Frames follow each other without a gap, and together they are the log of the master. */
  isTheLogOfTheMaster(): void {
    const gap = this.#frames.find((frame, i) => i > 0 && frame.offset !== endOf(this.#frames[i - 1]!));
    if (gap !== undefined) throw new ConditionFailure(`A frame begins at ${gap.offset}, not at the end of the last.`);
    const copied = createHash('sha256');
    for (const bytes of this.#log) copied.update(bytes);
    const digest = copied.digest('hex');
    const text = `${this.#frames.length} frames from ${this.#frames[0]!.offset} to ${this.#end}`;
    this.#trial.options.observe('copied', this.#end, text);
    const wanted = this.#digestOfMaster();
    if (digest !== wanted) throw new ConditionFailure(`${text}: they are not the log of the master.`);
  }

  /** Every frame lies within one epoch of the master and names an epoch with its start as the master lists it. */
  staysWithinEpochs(): void {
    const { epochs } = this.#introduction!;
    const starts = epochs.map(({ startOffset }) => startOffset);
    const listed = new Set(epochs.map(({ epoch, startOffset }) => `${epoch} from ${startOffset}`));
    for (const frame of this.#frames) {
      const cut = starts.find((start) => start > frame.offset && start < endOf(frame));
      if (cut !== undefined)
        throw new ConditionFailure(`${describe(frame)} goes on behind ${cut}, where an epoch begins.`);
      if (!listed.has(`${frame.epoch} from ${frame.epochStartOffset}`))
        throw new ConditionFailure(`${describe(frame)} names an epoch that the master does not list.`);
    }
    const crossed = starts.filter((start) => start > this.#frames[0]!.offset && start < this.#end);
    if (crossed.length === 0) throw new ConditionFailure('The copied log lies within one epoch: nothing was shown.');
  }

  /** No frame confirms more than there was, nor less than the one before it. */
  confirmsNothingUnwritten(): void {
    const beyond = this.#confirmed.find((confirmOffset) => confirmOffset < 0 || confirmOffset > this.#end);
    if (beyond !== undefined) throw new ConditionFailure(`A frame confirms ${beyond} of ${this.#end}.`);
    const { epoch: masterEpoch } = this.#introduction!;
    const address = addressOf(this.#master!);
    const samples = this.#confirmed.map((confirmOffset) => ({ address, masterEpoch, confirmOffset }));
    assertNone(confirmOffsetMonotone(samples), this.#trial.options.evidenceFolder);
  }

  /** The last frame confirms everything: every replica has it. */
  confirmsTheEnd(): void {
    const last = this.#confirmed.at(-1);
    if (last !== this.#end) throw new ConditionFailure(`The last frame confirms ${last} of ${this.#end}.`);
  }

  /** Reports its end; the master counts this connection with it. */
  async acknowledges(): Promise<void> {
    const end = this.#end;
    this.#report(end);
    const port = this.#socket!.localPort;
    const own = ({ haConnectionInfo }: HaStatus) => haConnectionInfo.find(({ addr }) => addr.endsWith(`:${port}`));
    const look = () => this.#trial.views.operator.haStatus(addressOf(this.#master!));
    const counted = (status: HaStatus) => own(status)?.slaveAckOffset === end;
    const status = await until('the master counts it', look, counted, this.#trial.within('switch'));
    this.#trial.options.observe('acknowledged', end, `the master counts ${JSON.stringify(own(status))}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy();
  }

  get #end(): number {
    const last = this.#frames.at(-1);
    return last === undefined ? 0 : endOf(last);
  }

  #report(maxOffset: number): void {
    const report = Buffer.alloc(12);
    report.writeInt32BE(transferState, 0);
    report.writeBigInt64BE(BigInt(maxOffset), 4);
    this.#socket!.write(report);
  }

  #digestOfMaster(): string {
    const { config } = this.#trial.cluster.plan.processes.find(({ name }) => name === this.#master!.process)!;
    const hash = createHash('sha256');
    for (const { bytes } of segmentsUpTo(String(config.storePathCommitLog), this.#end)) hash.update(bytes);
    return hash.digest('hex');
  }

  #read(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    try {
      for (let size = this.#frameSize(); size !== null && this.#received.length >= size; size = this.#frameSize()) {
        this.#take(this.#received.subarray(0, size));
        this.#received = this.#received.subarray(size);
      }
    } catch (thrown) {
      this.#failure = thrown as Error;
      this.#socket!.destroy();
    }
  }

  /** Null while too little of it is there. */
  #frameSize(): number | null {
    if (this.#received.length < 8) return null;
    const state = this.#received.readInt32BE(0);
    const bodySize = this.#received.readInt32BE(4);
    if (state === handshakeState) return handshakeHeaderBytes + bodySize;
    if (state === transferState) return transferHeaderBytes + bodySize;
    throw new ConditionFailure(`The master sent a frame of state ${state}.`);
  }

  #take(bytes: Buffer): void {
    const offset = Number(bytes.readBigInt64BE(8));
    if (bytes.readInt32BE(0) === handshakeState) {
      const body = bytes.subarray(handshakeHeaderBytes);
      const epochs = Array.from({ length: body.length / epochBytes }, (_, i) => ({
        epoch: body.readInt32BE(i * epochBytes),
        startOffset: Number(body.readBigInt64BE(i * epochBytes + 4)),
      }));
      this.#introduction = { maxOffset: offset, epoch: bytes.readInt32BE(16), epochs };
      return;
    }
    const size = bytes.length - transferHeaderBytes;
    this.#confirmed.push(Number(bytes.readBigInt64BE(28)));
    // A header alone only shows that the master lives.
    if (size === 0) return;
    this.#frames.push({
      offset,
      size,
      epoch: bytes.readInt32BE(16),
      epochStartOffset: Number(bytes.readBigInt64BE(20)),
    });
    this.#log.push(Buffer.from(bytes.subarray(transferHeaderBytes)));
  }

  async #until(what: string, condition: () => boolean): Promise<void> {
    const look = () => {
      if (this.#failure !== null) throw new ConditionFailure(`${what}: ${this.#failure.message}`);
      return { frames: this.#frames.length, end: this.#end, open: this.#socket!.readyState };
    };
    await until(what, look, condition, this.#trial.within('switch'));
  }
}

/** Without the epochs in which nothing was written: the next one starts where they do. */
function withBytes(epochs: readonly EpochStart[]): EpochStart[] {
  return epochs
    .filter(({ startOffset }, i) => startOffset !== epochs[i + 1]?.startOffset)
    .map(({ epoch, startOffset }) => ({ epoch, startOffset }));
}

function endOf({ offset, size }: Frame): number {
  return offset + size;
}

function describe({ offset, size, epoch, epochStartOffset }: Frame): string {
  return `The frame of ${size} bytes at ${offset}, epoch ${epoch} from ${epochStartOffset},`;
}
