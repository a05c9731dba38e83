import { systemClock } from '../base/clock.ts';
import type { MessageStore } from '../store/types.ts';
import { classicReportFormat, encodeClassicTransfer } from './classic-frames.ts';
import { FrameReader } from './frame-reader.ts';
import { LinkSocket } from './link-socket.ts';
import { LogSender, type TransferFrames } from './log-sender.ts';
import type { HaSocket } from './network.ts';
import type { HaOptions, ReplicaStatus } from './types.ts';

const frames: TransferFrames = { endAt: () => Infinity, header: encodeClassicTransfer };

/** The master's side of one classic connection: the first report says where to begin, each later one acknowledges. */
export class ClassicMasterLink {
  ackOffset = -1;
  readonly #options: HaOptions;
  readonly #store: MessageStore;
  readonly #link: LinkSocket;
  #sender: LogSender | null = null;

  /** @param changed runs after an acknowledgement and after the end */
  constructor(socket: HaSocket, options: HaOptions, store: MessageStore, changed: (link: ClassicMasterLink) => void) {
    this.#options = options;
    this.#store = store;
    const reader = new FrameReader(classicReportFormat);
    this.#link = new LinkSocket(socket, options, {
      data: (chunk) => {
        // Only the last report of a chunk counts, as in RocketMQ.
        reader.feed(chunk, { header: ({ maxOffset }) => void (this.ackOffset = maxOffset), body() {} });
        if (this.ackOffset >= 0) this.#acknowledged();
        changed(this);
      },
      heartbeat: () => this.#sender?.heartbeat(),
      drained: () => this.pump(),
      closed: () => changed(this),
    });
  }

  get closed(): boolean {
    return this.#link.closed;
  }

  get status(): ReplicaStatus {
    return {
      brokerId: -1,
      address: this.#link.remoteAddress,
      ackOffset: this.ackOffset,
      transferFromWhere: this.#sender?.nextOffset ?? -1,
      transferredByteInSecond: this.#link.meter.rate((this.#options.clock ?? systemClock).nowMs()),
    };
  }

  pump(): void {
    this.#sender?.pump();
  }

  close(): void {
    this.#link.close('the broker stops or changes its role');
  }

  #acknowledged(): void {
    if (this.#sender !== null) return;
    this.#sender = new LogSender(this.#store, this.#link, this.#options, frames, this.#start());
    this.#sender.pump();
  }

  /** An empty slave gets the last segment only; older records are never copied. */
  #start(): number {
    const end = this.#store.writtenOffset;
    return this.ackOffset === 0
      ? Math.max(end - (end % this.#store.segmentSize), this.#store.minPhyOffset)
      : this.ackOffset;
  }
}
