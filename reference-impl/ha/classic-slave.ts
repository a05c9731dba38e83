import { systemClock } from '../base/clock.ts';
import type { MessageStore } from '../store/types.ts';
import { type ClassicTransfer, classicTransferFormat, encodeClassicReport } from './classic-frames.ts';
import { FrameReader } from './frame-reader.ts';
import { LinkSocket } from './link-socket.ts';
import { SlaveDialer } from './slave-dialer.ts';
import type { HaSocket } from './network.ts';
import type { HaOptions, SlaveStatus } from './types.ts';

/**
 * The slave's side of classic replication: reports what its log has, appends what comes. Bytes that do not continue the
 * log close the connection: nothing is ever cut, so a diverged slave stays behind (`HAClient`, `DefaultHAClient`).
 */
export class ClassicSlave {
  readonly #options: HaOptions;
  readonly #store: MessageStore;
  readonly #dialer: SlaveDialer;
  #reported = -1;
  #nextOffset = 0;

  constructor(options: HaOptions, store: MessageStore) {
    this.#options = options;
    this.#store = store;
    this.#dialer = new SlaveDialer(options, (socket) => this.#open(socket));
    // Only what is written is reported: the master may acknowledge it to a producer on the strength of this report.
    store.onProgress(() => {
      if (store.writtenOffset > this.#reported) this.#report();
    });
  }

  get status(): SlaveStatus {
    const link = this.#dialer.link;
    return {
      masterHaAddress: this.#dialer.address,
      connected: link !== null,
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

  #report(): void {
    const link = this.#dialer.link;
    if (link === null) return;
    this.#reported = this.#store.writtenOffset;
    link.write(encodeClassicReport(this.#reported));
  }

  #open(socket: HaSocket): LinkSocket {
    const reader = new FrameReader(classicTransferFormat);
    const link: LinkSocket = new LinkSocket(socket, this.#options, {
      data: (chunk) => {
        reader.feed(chunk, {
          header: (header) => this.#expect(header),
          body: (piece) => this.#append(piece),
        });
        link.meter.add(chunk.length, link.lastReadMs);
      },
      heartbeat: () => this.#report(),
      drained() {},
      closed: () => this.#dialer.lost(),
    });
    // RocketMQ waits for its heartbeat timer here; the first report at once lets the transfer begin at once.
    this.#reported = this.#store.writtenOffset;
    link.write(encodeClassicReport(this.#reported));
    return link;
  }

  #expect({ offset }: ClassicTransfer): void {
    const end = this.#store.maxPhyOffset;
    if (end !== 0 && end !== offset) throw new Error(`the master sends offset ${offset}, this log ends at ${end}`);
    this.#nextOffset = offset;
  }

  #append(piece: Buffer): void {
    this.#store.appendRaw(this.#nextOffset, piece);
    this.#nextOffset += piece.length;
  }
}
