import { systemClock } from '../base/clock.ts';
import type { MessageStore } from '../store/types.ts';
import {
  decodeEpochs,
  encodeSlaveHandshake,
  encodeSlaveReport,
  type MasterFrame,
  type MasterHandshake,
  type MasterTransfer,
  masterFrameFormat,
} from './auto-switch-frames.ts';
import { commonEnd, type EpochStart } from './epoch-list.ts';
import type { Epochs } from './epochs.ts';
import { FrameReader } from './frame-reader.ts';
import { LinkSocket } from './link-socket.ts';
import { SlaveDialer } from './slave-dialer.ts';
import type { HaSocket } from './network.ts';
import type { HaOptions, SlaveStatus } from './types.ts';

/** One connection to the master: handshake, cut, then bytes until it closes. */
interface Session {
  readonly link: LinkSocket;
  readonly reader: FrameReader<MasterFrame>;
  state: 'HANDSHAKE' | 'TRANSFER';
  /** Collects the epoch list of a handshake. */
  handshake: { readonly header: MasterHandshake; readonly pieces: Buffer[] } | null;
  nextOffset: number;
  reported: number;
}

/** The slave's side of auto-switch replication (`AutoSwitchHAClient`). */
export class AutoSwitchSlave {
  brokerId = -1;
  readonly #options: HaOptions;
  readonly #store: MessageStore;
  readonly #epochs: Epochs;
  readonly #dialer: SlaveDialer;
  #session: Session | null = null;
  #confirmOffset = 0;
  /** An epoch that a header named before the log reached its start. */
  #coming: EpochStart | null = null;

  constructor(options: HaOptions, store: MessageStore, epochs: Epochs) {
    this.#options = options;
    this.#store = store;
    this.#epochs = epochs;
    this.#dialer = new SlaveDialer(options, (socket) => this.#open(socket));
    store.onProgress(() => this.#progress());
  }

  get status(): SlaveStatus {
    const link = this.#dialer.link;
    return {
      masterHaAddress: this.#dialer.address,
      connected: this.#session?.state === 'TRANSFER',
      lastReadTimestamp: link?.lastReadMs ?? 0,
      lastWriteTimestamp: link?.lastWriteMs ?? 0,
      transferredByteInSecond: link?.meter.rate((this.#options.clock ?? systemClock).nowMs()) ?? 0,
    };
  }

  setMasterHaAddress(address: string | null): void {
    this.#dialer.setAddress(address);
  }

  stop(): void {
    this.#dialer.stop();
  }

  #open(socket: HaSocket): LinkSocket {
    const link: LinkSocket = new LinkSocket(socket, this.#options, {
      data: (chunk) => this.#read(session, chunk),
      heartbeat: () => this.#report(session),
      drained() {},
      closed: () => {
        this.#session = null;
        this.#dialer.lost();
      },
    });
    const reader = new FrameReader(masterFrameFormat);
    const session: Session = { link, reader, state: 'HANDSHAKE', handshake: null, nextOffset: 0, reported: -1 };
    this.#session = session;
    this.#confirmOffset = 0;
    this.#coming = null;
    this.#store.writeNow();
    this.#store.truncateIncompleteTail();
    const { syncFromLastFile, asyncLearner } = this.#options;
    link.write(encodeSlaveHandshake({ syncFromLastFile, asyncLearner, slaveBrokerId: this.brokerId }));
    return link;
  }

  #read(session: Session, chunk: Buffer): void {
    session.reader.feed(chunk, {
      header: (frame) => this.#received(session, frame),
      body: (piece, remaining) => this.#body(session, piece, remaining),
    });
    session.link.meter.add(chunk.length, session.link.lastReadMs);
    this.#confirm();
  }

  #received(session: Session, frame: MasterFrame): void {
    if (frame.kind === 'handshake') {
      session.state = 'HANDSHAKE';
      session.handshake = { header: frame, pieces: [] };
      if (frame.bodySize === 0) this.#agree(session);
      return;
    }
    if (session.state !== 'TRANSFER') throw new Error('the master sends bytes before the handshake');
    this.#expect(session, frame);
  }

  #expect(session: Session, frame: MasterTransfer): void {
    const end = this.#store.maxPhyOffset;
    if (end !== 0 && end !== frame.offset)
      throw new Error(`the master sends offset ${frame.offset}, this log ends at ${end}`);
    session.nextOffset = frame.offset;
    this.#confirmOffset = frame.confirmOffset;
    if (frame.epoch === this.#epochs.lastEpoch) return;
    this.#coming = { epoch: frame.epoch, startOffset: frame.epochStartOffset };
    this.#enterEpoch(end);
  }

  /** Notes a coming epoch once the log reaches its start, before the first byte of it: on disk too, that order must hold. */
  #enterEpoch(end: number): void {
    const coming = this.#coming;
    if (coming === null || coming.startOffset > end) return;
    this.#coming = null;
    if (coming.epoch > this.#epochs.lastEpoch && !this.#epochs.append(coming)) {
      this.#options.log.warn(
        { coming, epochs: this.#epochs.list },
        'The epoch of the master does not continue this list',
      );
    }
  }

  #body(session: Session, piece: Buffer, remaining: number): void {
    if (session.handshake !== null) {
      session.handshake.pieces.push(Buffer.from(piece));
      if (remaining === 0) this.#agree(session);
      return;
    }
    // Bytes from before controller mode may reach into the first epoch within one frame of a Java master.
    if (this.#coming !== null && this.#coming.startOffset < session.nextOffset + piece.length) {
      this.#enterEpoch(session.nextOffset + piece.length);
    }
    this.#store.appendRaw(session.nextOffset, piece);
    session.nextOffset += piece.length;
  }

  /** Cuts what the master does not have, then reports: the first report starts the transfer. */
  #agree(session: Session): void {
    const { header, pieces } = session.handshake!;
    session.handshake = null;
    const epochs = decodeEpochs(Buffer.concat(pieces));
    const maxOffset = this.#store.maxPhyOffset;
    const own = { epochs: maxOffset === 0 ? [] : this.#epochs.list, maxOffset };
    const cut = commonEnd(own, { epochs, maxOffset: header.masterMaxOffset });
    if (cut === null) {
      this.#options.log.error(
        { own: own.epochs, master: epochs },
        'No epoch in common with the master: repair by hand',
      );
      return session.link.close('no epoch in common');
    }
    const { minPhyOffset } = this.#store;
    if (cut < minPhyOffset) {
      this.#options.log.error(
        { cut, minPhyOffset },
        'The log began behind what it has in common with the master: empty this store',
      );
      return session.link.close('the log begins too late');
    }
    if (cut < own.maxOffset) {
      this.#options.log.warn({ from: cut, to: own.maxOffset }, 'The log is cut to what the master has');
      this.#store.truncateTo(cut);
    }
    this.#epochs.truncateTo(cut);
    session.state = 'TRANSFER';
    this.#report(session);
  }

  /**
   * Only what this replica is sure to keep is reported: the master may acknowledge it to a producer on the strength of this
   * report. RocketMQ reports what is written, with SYNC_FLUSH too: one replica without power can then lose the message.
   */
  #report(session: Session): void {
    if (session.state !== 'TRANSFER') return;
    // The first report says where the transfer begins: the end of this log, once all of it is safe.
    if (session.reported === -1 && this.#store.safeOffset < this.#store.maxPhyOffset) {
      void this.#store.flush();
      return;
    }
    session.reported = this.#store.safeOffset;
    session.link.write(encodeSlaveReport(session.reported));
  }

  #progress(): void {
    const session = this.#session;
    if (session === null) return;
    this.#confirm();
    if (this.#store.safeOffset > session.reported) this.#report(session);
  }

  #confirm(): void {
    const confirmOffset = Math.min(this.#confirmOffset, this.#store.safeOffset);
    if (confirmOffset > this.#store.confirmOffset) this.#store.setConfirmOffset(confirmOffset);
  }
}
