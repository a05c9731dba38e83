import { javaHashCode, readInt64 } from '../base/bytes.ts';
import type { Log } from '../base/log.ts';
import { PropertyName, propertyOf, propertyPattern, tagsCodeOf } from '../message/properties.ts';
import {
  bodyLengthPosition,
  magicV2,
  physicalOffsetOf,
  propertiesLengthPosition,
  recordPosition,
  storeTimestampOf,
} from '../message/record.ts';
import { isInQueue, SysFlag } from '../message/types.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CommitLog } from './commit-log.ts';
import { dueTimeOf } from './delay-levels.ts';
import type { KeyIndex } from './key-index.ts';
import type { QueueTable, TopicQueues } from './queue-table.ts';
import { scanRecords } from './scan.ts';
import type { DispatchEvent } from './types.ts';

const tagsProperty = propertyPattern(PropertyName.TAGS);
const keysProperty = propertyPattern(PropertyName.KEYS);
const uniqKeyProperty = propertyPattern(PropertyName.UNIQ_KEY);

export interface DispatcherOptions {
  readonly log: Log;
  readonly messageIndexEnable: boolean;
  readonly delayLevels: readonly number[];
}

/** Puts each record of the commit log into its consume queue and the key index, in log order. */
export class Dispatcher {
  /** Everything before is dispatched. Always the start of a record, or of what will become one. */
  offset = 0;
  /** Store time of the last record dispatched, ms; 0 before the first. */
  storeTimestamp = 0;
  /** What recovery would trust; null while recovery runs. */
  checkpoint: Checkpoint | null = null;
  readonly #commitLog: CommitLog;
  readonly #queues: QueueTable;
  readonly #index: KeyIndex;
  readonly #options: DispatcherOptions;
  readonly #listeners: ((event: DispatchEvent) => void)[] = [];
  #reportedOffset = -1;

  constructor(commitLog: CommitLog, queues: QueueTable, index: KeyIndex, options: DispatcherOptions) {
    this.#commitLog = commitLog;
    this.#queues = queues;
    this.#index = index;
    this.#options = options;
  }

  onDispatch(listener: (event: DispatchEvent) => void): void {
    this.#listeners.push(listener);
  }

  /** Dispatches the whole records that end at or before `limit`. */
  run(limit: number): void {
    if (this.offset >= limit) return;
    const { offset, end } = scanRecords(this.#commitLog, this.offset, limit, this.record);
    this.offset = offset;
    if (end === 'not a record' && this.#reportedOffset !== offset) {
      this.#reportedOffset = offset;
      this.#options.log.error({ offset }, 'no record where one should start: nothing behind it reaches the queues');
    }
  }

  /**
   * Walks the whole records that are not dispatched yet and moves the next offset of their queues behind them.
   * @returns end of the last whole record
   */
  countUndispatched(limit: number): number {
    const { offset } = scanRecords(this.#commitLog, this.offset, limit, (bytes, view, at, size) => {
      const propertiesLengthAt = propertiesLengthPosition(view, at, size);
      if (propertiesLengthAt === -1) return false;
      const queueId = view.getInt32(at + recordPosition.queueId);
      const topic = this.#topicAt(bytes, view, at, propertiesLengthAt);
      if (!isInQueue(view.getInt32(at + recordPosition.sysFlag)) || !isQueueStorable(topic, queueId)) return true;
      if (physicalOffsetOf(view, at) < topic.bornAt) return true;
      const queue = this.#queues.queue(topic, queueId);
      const queueOffset = readInt64(view, at + recordPosition.queueOffset);
      queue.nextOffset = queueOffset === 0 ? 1 : Math.max(queue.nextOffset, queueOffset + 1);
      return true;
    });
    return offset;
  }

  /** Dispatches one whole record; false when its parts do not add up. */
  readonly record = (bytes: Buffer, view: DataView, at: number, size: number, physicalOffset: number): boolean => {
    const propertiesLengthAt = propertiesLengthPosition(view, at, size);
    if (propertiesLengthAt === -1) return false;
    const sysFlag = view.getInt32(at + recordPosition.sysFlag);
    const topic = this.#topicAt(bytes, view, at, propertiesLengthAt);
    const properties = bytes.toString('utf8', propertiesLengthAt + 2, at + size);
    const storeTimestamp = storeTimestampOf(view, at);
    if (isInQueue(sysFlag)) {
      const queueId = view.getInt32(at + recordPosition.queueId);
      const queueOffset = readInt64(view, at + recordPosition.queueOffset);
      this.#putUnit(topic, queueId, queueOffset, physicalOffset, size, properties, storeTimestamp);
    }
    const isRollback = (sysFlag & SysFlag.TRANSACTION_ROLLBACK) === SysFlag.TRANSACTION_ROLLBACK;
    if (this.#options.messageIndexEnable && !isRollback) {
      this.#putKeys(topic, properties, physicalOffset, storeTimestamp);
    }
    this.storeTimestamp = storeTimestamp;
    const { checkpoint } = this;
    if (checkpoint !== null && storeTimestamp <= checkpoint.minTimestamp) checkpoint.lowerTo(storeTimestamp);
    return true;
  };

  #topicAt(bytes: Buffer, view: DataView, at: number, propertiesLengthAt: number): TopicQueues {
    const bodyLengthAt = at + bodyLengthPosition(view.getInt32(at + recordPosition.sysFlag));
    const topicLengthAt = bodyLengthAt + 4 + view.getInt32(bodyLengthAt);
    const topicAt = topicLengthAt + (view.getInt32(at + recordPosition.magic) === magicV2 ? 2 : 1);
    return this.#queues.topicOfBytes(bytes, topicAt, propertiesLengthAt);
  }

  #putUnit(
    topic: TopicQueues,
    queueId: number,
    queueOffset: number,
    physicalOffset: number,
    size: number,
    properties: string,
    storeTimestamp: number,
  ): void {
    if (!isQueueStorable(topic, queueId)) {
      this.#options.log.error({ topic: topic.topic, queueId, physicalOffset }, 'no queue can have this name');
      return;
    }
    const dueTime = topic.isSchedule ? dueTimeOf(properties, storeTimestamp, this.#options.delayLevels) : null;
    const tagsCode = dueTime ?? tagsCodeOf(propertyOf(properties, tagsProperty));
    if (physicalOffset < topic.bornAt) return;
    const queue = this.#queues.queue(topic, queueId);
    const before = queue.maxOffset;
    const result = queue.put(queueOffset, physicalOffset, size, tagsCode);
    if (result === 'known') return;
    this.#queues.markUnwritten(queue);
    if (result === 'gap') {
      this.#options.log.error(
        { topic: topic.topic, queueId, queueOffset, maxOffset: queue.maxOffset },
        'queue offset of a record is behind the end of its queue',
      );
    }
    if (result === 'again') {
      this.#options.log.warn(
        { topic: topic.topic, queueId, dropped: before },
        'a queue begins again: its topic was made anew, or its master knew no earlier message',
      );
    }
    if (this.#listeners.length === 0) return;
    const event = { topic: topic.topic, queueId, nextQueueOffset: queue.maxOffset, tagsCode };
    for (const listener of this.#listeners) listener(event);
  }

  #putKeys(topic: TopicQueues, properties: string, physicalOffset: number, storeTimestamp: number): void {
    if (physicalOffset <= this.#index.endPhyOffset) return;
    const uniqKey = propertyOf(properties, uniqKeyProperty);
    if (uniqKey !== undefined)
      this.#index.put(javaHashCode(uniqKey, topic.keyHashStart), physicalOffset, storeTimestamp);
    const keys = propertyOf(properties, keysProperty);
    if (keys === undefined) return;
    let start = 0;
    while (start < keys.length) {
      const space = keys.indexOf(' ', start);
      const end = space === -1 ? keys.length : space;
      if (end > start) {
        this.#index.put(javaHashCode(keys.slice(start, end), topic.keyHashStart), physicalOffset, storeTimestamp);
      }
      start = end + 1;
    }
  }
}

function isQueueStorable(topic: TopicQueues, queueId: number): boolean {
  return queueId >= 0 && topic.isStorable;
}
