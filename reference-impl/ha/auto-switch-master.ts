import type { MessageStore } from '../store/types.ts';
import {
  encodeMasterHandshake,
  encodeMasterTransfer,
  type SlaveFrame,
  slaveFrameFormat,
} from './auto-switch-frames.ts';
import { epochAt, toldEpochs } from './epoch-list.ts';
import type { Epochs } from './epochs.ts';
import { FrameReader } from './frame-reader.ts';
import { LinkSocket } from './link-socket.ts';
import { LogSender, type TransferFrames } from './log-sender.ts';
import type { HaSocket } from './network.ts';
import type { HaOptions } from './types.ts';

/** What a link of the master tells the service. */
export interface MasterLinkEvents {
  /** The replica said who it is. */
  joined(link: AutoSwitchMasterLink): void;
  /** It has written its log up to `ackOffset`. */
  acknowledged(link: AutoSwitchMasterLink): void;
  closed(link: AutoSwitchMasterLink): void;
}

/** The master's side of one auto-switch connection: answers the handshake, then sends from the first report on. */
export class AutoSwitchMasterLink {
  brokerId = -1;
  asyncLearner = false;
  ackOffset = -1;
  readonly socket: LinkSocket;
  readonly #options: HaOptions;
  readonly #store: MessageStore;
  readonly #epochs: Epochs;
  readonly #events: MasterLinkEvents;
  #syncFromLastFile = false;
  #sender: LogSender | null = null;
  #confirmSent = -1;

  constructor(socket: HaSocket, options: HaOptions, store: MessageStore, epochs: Epochs, events: MasterLinkEvents) {
    this.#options = options;
    this.#store = store;
    this.#epochs = epochs;
    this.#events = events;
    const reader = new FrameReader(slaveFrameFormat);
    this.socket = new LinkSocket(socket, options, {
      data: (chunk) => reader.feed(chunk, { header: (frame) => this.#received(frame), body() {} }),
      heartbeat: () => this.#sender?.heartbeat(),
      drained: () => this.pump(),
      closed: () => events.closed(this),
    });
  }

  get transferFromWhere(): number {
    return this.#sender?.nextOffset ?? -1;
  }

  pump(): void {
    this.#sender?.pump();
  }

  /** Tells the replica epoch and confirm offset without waiting for data or the timer. */
  announce(): void {
    if (!this.socket.congested) this.#sender?.heartbeat();
  }

  /** The same when the confirm offset moved since it was told. */
  announceConfirmed(): void {
    if (this.#confirmSent < this.#store.confirmOffset) this.announce();
  }

  #received(frame: SlaveFrame): void {
    if (frame.kind === 'report') return this.#reported(frame.maxOffset);
    this.brokerId = frame.slaveBrokerId;
    this.asyncLearner = frame.asyncLearner;
    this.#syncFromLastFile = frame.syncFromLastFile;
    this.#sender = null;
    this.ackOffset = -1;
    this.#events.joined(this);
    const { lastEpoch, list } = this.#epochs;
    this.socket.write(encodeMasterHandshake(this.#store.safeOffset, lastEpoch, toldEpochs(list)));
  }

  #reported(maxOffset: number): void {
    if (this.brokerId === -1) return this.socket.close('a report before the handshake');
    // Not a prefix of this log: counted as acknowledged, its bytes would be taken for ours.
    if (maxOffset > this.#store.writtenOffset) {
      return this.socket.close(`replica ${this.brokerId} is ahead: ${maxOffset} > ${this.#store.writtenOffset}`);
    }
    this.ackOffset = maxOffset;
    if (this.#sender === null) this.#begin(maxOffset);
    this.#events.acknowledged(this);
  }

  #begin(reported: number): void {
    const from = reported === 0 ? this.#startOfEmpty() : reported;
    this.#sender = new LogSender(this.#store, this.socket, this.#options, this.#frames, from);
    // Names the epoch at once, also when there is nothing to send: the replica then knows whose log it follows.
    this.#sender.heartbeat();
    this.#sender.pump();
  }

  #startOfEmpty(): number {
    const end = this.#store.writtenOffset;
    const lastFile = end - (end % this.#store.segmentSize);
    return this.#syncFromLastFile ? Math.max(lastFile, this.#store.minPhyOffset) : this.#store.minPhyOffset;
  }

  /**
   * Each frame lies within one epoch and names that one: the header of its first byte. With SYNC_FLUSH only flushed bytes
   * travel: a master that lost its power and others in the same epoch would write other bytes where a replica has these.
   */
  readonly #frames: TransferFrames = {
    endAt: (offset) => Math.min(epochAt(this.#epochs.list, offset)?.endOffset ?? Infinity, this.#store.safeOffset),
    header: (offset, bodySize) => {
      const entry = epochAt(this.#epochs.list, offset);
      this.#confirmSent = this.#store.confirmOffset;
      return encodeMasterTransfer({
        bodySize,
        offset,
        epoch: entry?.epoch ?? -1,
        epochStartOffset: entry?.startOffset ?? -1,
        confirmOffset: this.#confirmSent,
      });
    },
  };
}
