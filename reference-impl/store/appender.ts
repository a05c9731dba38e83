import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import { blankSize, propertiesSizeMax, recordMagic, recordSizeBound } from '../message/record.ts';
import { isInQueue, type MessageToStore } from '../message/types.ts';
import { entryHeaderBytes } from '../raft/entry.ts';
import { propertiesTooLong, recordTooLong } from './commit-log.ts';
import type { DiskGuard } from './disk-guard.ts';
import type { DLedgerLog } from './dledger-log.ts';
import { looksTorn, type StoreParts } from './recovery.ts';
import type { AppendRefusal, AppendResult, StoreOptions } from './types.ts';

/** DLedger's entry buffers: a larger entry stops its other members. */
const entryBytesMax = 4194304;
/** What the records of one batch may take beyond maxMessageSize: the rest of RocketMQ's encoding buffer. */
const batchOverheadMax = 65536;

/** Places messages at the end of the log and gives them their queue offsets, or says why not. */
export class Appender {
  readonly #parts: StoreParts;
  readonly #options: StoreOptions;
  readonly #clock: Clock;
  readonly #disk: DiskGuard;
  readonly #dledger: DLedgerLog | null;
  readonly #placed: () => void;

  /** @param placed is told when there is something to write */
  constructor(
    parts: StoreParts,
    options: StoreOptions,
    clock: Clock,
    disk: DiskGuard,
    dledger: DLedgerLog | null,
    placed: () => void,
  ) {
    this.#parts = parts;
    this.#options = options;
    this.#clock = clock;
    this.#disk = disk;
    this.#dledger = dledger;
    this.#placed = placed;
  }

  append(message: MessageToStore): AppendResult | AppendRefusal {
    const refusal = this.#refusalOf(message);
    if (refusal !== null) return refusal;
    const { log, queues } = this.#parts;
    const topic = queues.topic(message.topic);
    const magic = recordMagic(message.topic, topic.bytes, this.#options.release);
    if (magic === null || !topic.isStorable) return 'MESSAGE_ILLEGAL';
    const busy = this.#dledger === null ? null : this.#entryRefusal(this.#dledger, message, topic.bytes, 1);
    if (busy !== null) return busy;
    const queue = queues.queue(topic, message.queueId);
    const takesQueueOffset = isInQueue(message.sysFlag);
    const queueOffset = takesQueueOffset ? queue.nextOffset : 0;
    const storeTimestamp = this.#clock.nowMs();
    let size: number;
    try {
      size = log.append(message, topic.bytes, magic, queueOffset, storeTimestamp);
    } catch (thrown) {
      // A new segment could not be created, or a full chunk not be written.
      this.#disk.fail(thrown);
      return 'SERVICE_NOT_AVAILABLE';
    }
    if (size < 0) return refusalOfSize(size);
    if (takesQueueOffset) queue.nextOffset++;
    this.#dledger?.appended(size);
    this.#placed();
    const endOffset = log.maxOffset;
    return { physicalOffset: endOffset - size, size, queueOffset, storeTimestamp, endOffset };
  }

  appendBatch(messages: readonly MessageToStore[]): readonly AppendResult[] | AppendRefusal {
    const first = messages[0];
    assert(first !== undefined, 'an empty batch');
    for (const message of messages) {
      const refusal = this.#refusalOf(message);
      if (refusal !== null) return refusal;
      assert(message.topic === first.topic && message.queueId === first.queueId, 'a batch goes to one queue');
      if (!isInQueue(message.sysFlag)) return 'MESSAGE_ILLEGAL';
    }
    const { log, queues } = this.#parts;
    const topic = queues.topic(first.topic);
    const magic = recordMagic(first.topic, topic.bytes, this.#options.release);
    if (magic === null || !topic.isStorable) return 'MESSAGE_ILLEGAL';
    const bytesMax = this.#options.maxMessageSize + batchOverheadMax;
    if (isBeyond(bytesMax, messages, topic.bytes)) return 'MESSAGE_ILLEGAL';
    if (this.#dledger !== null) return this.#appendEach(this.#dledger, messages, topic.bytes);
    const queue = queues.queue(topic, first.queueId);
    const storeTimestamp = this.#clock.nowMs();
    let sizes: readonly number[] | number = [];
    const isPlaced = this.#disk.run(() => {
      sizes = log.appendAll(messages, topic.bytes, magic, queue.nextOffset, storeTimestamp);
    });
    if (!isPlaced) return 'SERVICE_NOT_AVAILABLE';
    if (typeof sizes === 'number') return refusalOfSize(sizes);
    let endOffset = log.maxOffset;
    for (const size of sizes) endOffset -= size;
    this.#placed();
    return sizes.map((size) => {
      endOffset += size;
      return { physicalOffset: endOffset - size, size, queueOffset: queue.nextOffset++, storeTimestamp, endOffset };
    });
  }

  /** DLedger: each message of a batch is an entry of its own. Nothing is placed unless all may be. */
  #appendEach(
    dledger: DLedgerLog,
    messages: readonly MessageToStore[],
    topic: Uint8Array,
  ): readonly AppendResult[] | AppendRefusal {
    for (const message of messages) {
      const refusal = this.#entryRefusal(dledger, message, topic, messages.length);
      if (refusal !== null) return refusal;
    }
    const results: AppendResult[] = [];
    for (const message of messages) {
      const result = this.append(message);
      if (typeof result === 'string') return result;
      results.push(result);
    }
    return results;
  }

  #entryRefusal(dledger: DLedgerLog, message: MessageToStore, topic: Uint8Array, count: number): AppendRefusal | null {
    const sizeMax = Math.min(entryBytesMax, this.#parts.log.segmentSize - blankSize);
    if (isBeyond(sizeMax - entryHeaderBytes, [message], topic)) return 'UNKNOWN_ERROR';
    return dledger.next(count) === null ? null : 'OS_PAGE_CACHE_BUSY';
  }

  #refusalOf(message: MessageToStore): AppendRefusal | null {
    if (message.properties.length > propertiesSizeMax) return 'PROPERTIES_SIZE_EXCEEDED';
    if (looksTorn(message.properties)) return 'MESSAGE_ILLEGAL';
    return message.body.length > this.#options.maxMessageSize || message.queueId < 0 ? 'MESSAGE_ILLEGAL' : null;
  }
}

/** Whether the records of these messages together take more than `bytesMax`. Few texts have to be measured for it. */
function isBeyond(bytesMax: number, messages: readonly MessageToStore[], topic: Uint8Array): boolean {
  let bound = 0;
  for (const message of messages) bound += recordSizeBound(message, topic);
  if (bound <= bytesMax) return false;
  for (const { properties } of messages) bound -= 3 * properties.length - Buffer.byteLength(properties);
  return bound > bytesMax;
}

function refusalOfSize(size: number): AppendRefusal {
  assert(size === propertiesTooLong || size === recordTooLong, `no refusal: ${size}`);
  return size === propertiesTooLong ? 'PROPERTIES_SIZE_EXCEEDED' : 'MESSAGE_ILLEGAL';
}
